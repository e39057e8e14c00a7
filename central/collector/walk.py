"""How far the events of devices hang together.

Within an epoch each event has the number behind that of the one before. Wherever that is not so, at
the beginning of an epoch and where the device has deleted what was between, the event says which
one it follows: a *step*. Epochs have no order but the one in which steps lead from one to the next.

A thousand devices speak at once, so a batch may hold an event of each: what is asked of the
database is asked for all of them together, and only who has a hole or a step is looked at by
itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_REACHED = text(
    "SELECT device, epoch, seq FROM reached WHERE device IN :devices ORDER BY turn"
).bindparams(bindparam("devices", expanding=True))
_STEPS = text(
    "SELECT device, epoch, seq, after_epoch, after_seq FROM step WHERE device IN :devices"
).bindparams(bindparam("devices", expanding=True))
# Not whether the very next event is there: SQLite looks through the whole table for a list of keys.
_LAST = text(
    "SELECT device, epoch, max(last_seq) FROM span WHERE device IN :devices GROUP BY device, epoch"
).bindparams(bindparam("devices", expanding=True))
_BEHIND = text(
    "SELECT seq FROM event WHERE device = :device AND epoch = :epoch AND seq > :seq ORDER BY seq"
)
_REACH = text(
    "INSERT INTO reached (device, epoch, seq, turn) VALUES (:device, :epoch, :seq,"
    " (SELECT coalesce(max(turn), 0) + 1 FROM reached WHERE device = :device))"
    " ON CONFLICT (device, epoch) DO UPDATE SET seq = excluded.seq, turn = excluded.turn"
)
_FORGET = text("DELETE FROM step WHERE device = :device AND epoch = :epoch AND seq = :seq")
_GAP = text(
    "INSERT INTO gap (device, epoch, after_seq, seq) VALUES (:device, :epoch, :after, :seq)"
    " ON CONFLICT DO NOTHING"
)


class Place(NamedTuple):
    """Where an event stands."""

    device: str
    epoch: str
    seq: int


class Walked(NamedTuple):
    """How far it goes now.

    Args:
        ends: Device → the last of its events that hangs together with those before; None: none.
        gaps: How many gaps were passed.
    """

    ends: dict[str, Place | None]
    gaps: int


class _Step(NamedTuple):
    device: str
    epoch: str
    seq: int
    after_epoch: str | None
    after_seq: int | None


@dataclass(slots=True)
class _Device:
    """What is known of one. In `reached` the epoch that moved last is at the end."""

    came: dict[str, set[int]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    steps: list[_Step] = field(default_factory=list)


def walk(db: Connection, came: Iterable[Place]) -> Walked:
    """Go on from where the events of devices hang together.

    Args:
        db: With the tables of `collect_tables`, in a transaction.
        came: Events that are stored, new ones or not.
    """
    devices: dict[str, _Device] = {}
    for place in came:
        epochs = devices.setdefault(place.device, _Device()).came
        epochs.setdefault(place.epoch, set()).add(place.seq)
    those = {"devices": list(devices)}
    for device, epoch, seq in db.execute(_REACHED, those):
        devices[device].reached[epoch] = seq
    for row in db.execute(_STEPS, those):
        devices[row.device].steps.append(_Step(*row))
    moved = [
        led
        for name, device in devices.items()
        for epoch, seqs in device.came.items()
        if epoch in device.reached and (led := _through(name, device, epoch, seqs))
    ]
    moved = _past_batch(db, moved)
    gaps = 0
    for place in moved:
        _move(devices[place.device], place)
    for device in devices.values():
        while (step := _next_step(db, device)) is not None:
            gaps += _note_gap(db, step)
            end = _run(db, Place(*step[:3]))
            _move(device, end)
            moved.append(end)
    if moved:
        db.execute(_REACH, [place._asdict() for place in moved])
    return Walked({name: _end(name, device) for name, device in devices.items()}, gaps)


def _through(name: str, device: _Device, epoch: str, seqs: set[int]) -> Place | None:
    """Give how far the events of a batch lead on; None: nowhere."""
    last = device.reached[epoch]
    while last + 1 in seqs:
        last += 1
    return Place(name, epoch, last) if last != device.reached[epoch] else None


def _past_batch(db: Connection, moved: list[Place]) -> list[Place]:
    """Go on where events stand behind those of the batch: a hole was filled."""
    if not moved:
        return []
    devices = [place.device for place in moved]
    lasts = {
        (device, epoch): last for device, epoch, last in db.execute(_LAST, {"devices": devices})
    }
    return [_run(db, place) if lasts.get(place[:2], 0) > place.seq else place for place in moved]


def _run(db: Connection, place: Place) -> Place:
    """Go as far as each event has the number behind that of the one before."""
    last = place.seq
    behind = db.execute(_BEHIND, place._asdict())
    for (seq,) in behind:
        if seq != last + 1:
            break
        last = seq
    behind.close()
    return place._replace(seq=last)


def _move(device: _Device, place: Place) -> None:
    device.reached.pop(place.epoch, None)
    device.reached[place.epoch] = place.seq


def _next_step(db: Connection, device: _Device) -> _Step | None:
    """Give a step that leads on from what is reached; forget those that lead back."""
    reached = device.reached
    for step in list(device.steps):
        if reached.get(step.epoch, 0) >= step.seq:
            device.steps.remove(step)
            db.execute(_FORGET, step._asdict())
        elif step.after_epoch is None or reached.get(step.after_epoch, -1) >= (step.after_seq or 0):
            return step
    return None


def _note_gap(db: Connection, step: _Step) -> bool:
    before = (step.after_seq or 0) if step.after_epoch == step.epoch else 0
    if step.seq == before + 1:
        return False
    db.execute(_GAP, {**step._asdict(), "after": before})
    return True


def _end(name: str, device: _Device) -> Place | None:
    if not device.reached:
        return None
    epoch, seq = next(reversed(device.reached.items()))
    return Place(name, epoch, seq)
