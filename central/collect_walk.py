"""How far the events of a device hang together.

Within an epoch each event has the number behind that of the one before. Wherever that is not so, at
the beginning of an epoch and where the device has deleted what was between, the event says which
one it follows: a *step*. Epochs have no order but the one in which steps lead from one to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Set as AbstractSet


class _Step(NamedTuple):
    epoch: str
    seq: int
    after_epoch: str | None
    after_seq: int | None


def walk(db: sqlite3.Connection, device: str, epochs: AbstractSet[str]) -> int:
    """Go on from where the events of a device hang together; give how many gaps are passed.

    Args:
        db: With the tables of `collect_store`, in a transaction.
        device: Whose.
        epochs: Those of which events came.
    """
    reached = {
        str(epoch): int(seq)
        for epoch, seq in db.execute("SELECT epoch, seq FROM reached WHERE device = ?", (device,))
    }
    for epoch in epochs & reached.keys():
        _run(db, device, epoch, reached)
    gaps = 0
    while (step := _next_step(db, device, reached)) is not None:
        gaps += _note_gap(db, device, step)
        _reach(db, device, step.epoch, step.seq, reached)
        _run(db, device, step.epoch, reached)
    return gaps


def _run(db: sqlite3.Connection, device: str, epoch: str, reached: dict[str, int]) -> None:
    """Go as far as each event has the number behind that of the one before."""
    last = reached[epoch]
    for (seq,) in db.execute(
        "SELECT seq FROM event WHERE device = ? AND epoch = ? AND seq > ? ORDER BY seq",
        (device, epoch, last),
    ):
        if seq != last + 1:
            break
        last = seq
    if last != reached[epoch]:
        _reach(db, device, epoch, last, reached)


def _reach(
    db: sqlite3.Connection, device: str, epoch: str, seq: int, reached: dict[str, int]
) -> None:
    reached[epoch] = seq
    db.execute(
        "INSERT INTO reached (device, epoch, seq, turn) VALUES (?1, ?2, ?3,"
        " (SELECT coalesce(max(turn), 0) + 1 FROM reached WHERE device = ?1))"
        " ON CONFLICT (device, epoch) DO UPDATE SET seq = excluded.seq, turn = excluded.turn",
        (device, epoch, seq),
    )


def _next_step(db: sqlite3.Connection, device: str, reached: dict[str, int]) -> _Step | None:
    """Give a step that leads on from what is reached; forget those that lead back."""
    rows = db.execute(
        "SELECT epoch, seq, after_epoch, after_seq FROM step WHERE device = ?", (device,)
    )
    for step in [_Step(*row) for row in rows]:
        if reached.get(step.epoch, 0) >= step.seq:
            db.execute(
                "DELETE FROM step WHERE device = ? AND epoch = ? AND seq = ?",
                (device, step.epoch, step.seq),
            )
        elif step.after_epoch is None or reached.get(step.after_epoch, -1) >= (step.after_seq or 0):
            return step
    return None


def _note_gap(db: sqlite3.Connection, device: str, step: _Step) -> bool:
    before = (step.after_seq or 0) if step.after_epoch == step.epoch else 0
    if step.seq == before + 1:
        return False
    db.execute(
        "INSERT OR IGNORE INTO gap (device, epoch, after_seq, seq) VALUES (?, ?, ?, ?)",
        (device, step.epoch, before, step.seq),
    )
    return True
