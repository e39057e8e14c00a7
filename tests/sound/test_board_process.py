"""A real board process on a real bus: what it says lies in a folder; killed, it omits nothing."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.link import Link, Login, Tcp
from appliance.bus.messages.alive import Presence
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import Board, Call
from appliance.bus.topics import Topics
from appliance.drivers.sound_levels import read_wav
from tests.sound.hearing import places
from tests.support.device import DEADLINE_S, Device, device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.bus.link import Inbound, Received
    from tests.conftest import MakeMosquitto

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
SOUND: Final = """
[sound]
kind = "{kind}"
clips = "{clips}"
languages = ["de"]
"""


class Lobby:
    """A board, and a desk that says what the test says."""

    def __init__(self, pi: Device, clips: Path, stack: ExitStack, make: MakeMosquitto) -> None:
        self.pi = pi
        self.clips = clips
        broker = make(extra=f"listener 0 {pi.folder}/bus.sock")
        self.heard: list[Inbound] = []
        address = Tcp(broker.host, broker.port)
        login = Login("desk", "desk", "secret")
        hears = (TOPICS.presence("board"),)
        self.link = stack.enter_context(
            Link(address, login, self.heard.append, subscriptions=hears)
        )

    def spoken(self) -> list[str]:
        """Give the numbers that were spoken so far."""
        sounds = [read_wav(path) for path in sorted(self.pi.folder.glob("sound/sound-*.wav"))]
        known = {n: read_wav(self.clips / "de" / f"{n}.wav") for n in ("17", "21", "99")}
        return [n for sound in sounds for n, clip in known.items() if places(sound, clip)]

    def tell(self, *calls: Call) -> None:
        """Publish a board."""
        now = datetime.now(UTC)
        board = Board(
            as_of=now,
            day=now.astimezone().date(),
            session="s",
            valid_s=30,
            calls=list(calls),
            at_counters=list(calls),
            next=[],
            waiting=0,
            open_counters=1,
        )
        self.until(lambda: self.link.publish(TOPICS.board, encode(board), retain=True))

    def says(self) -> list[str]:
        """Give what the board said of itself."""
        received = [each for each in self.heard if hasattr(each, "payload")]
        return [decode(_payload(each), Presence).detail for each in received]

    def until(self, fact: Callable[[], object]) -> None:
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert time.monotonic() < until_s, self.pi.log("board")
            time.sleep(0.02)


def _payload(item: Inbound) -> bytes:
    received: Received = item  # type: ignore[assignment]  # it has one
    return received.payload


@pytest.fixture
def lobby(clips: Path, make_mosquitto: MakeMosquitto) -> Iterator[Lobby]:
    with device() as pi, ExitStack() as stack:
        # The clips that the tests make are those of a few numbers, and of counter 3.
        pi.edit("[bus]\n", '[[counter]]\nid = "3"\nservices = ["A1"]\n\n[bus]\n')
        yield Lobby(pi, clips, stack, make_mosquitto)


def call(ticket: str, age_s: float = 0.0) -> Call:
    return Call(id=ticket, ticket=ticket, counter="3", age_s=age_s)


def configure(lobby: Lobby, kind: str) -> None:
    more = f'folder = "{lobby.pi.folder}/sound"\n' if kind == "folder" else ""
    text = lobby.pi.config.read_text("utf-8")
    lobby.pi.config.write_text(text + SOUND.format(kind=kind, clips=lobby.clips) + more, "utf-8")


def test_calls_are_spoken_each_once_and_after_a_kill_the_young_ones_again(lobby: Lobby) -> None:
    configure(lobby, "folder")
    with lobby.pi.started("board") as running:
        lobby.tell(call("A017"))
        lobby.until(lambda: lobby.spoken() == ["17"])
        lobby.tell(call("A021"), call("A017", 1.0))
        lobby.until(lambda: lobby.spoken() == ["17", "21"])
        running.kill()
    # What the broker kept says that both were called just now.
    with lobby.pi.started("board"):
        lobby.until(lambda: lobby.spoken() == ["17", "21", "17", "21"])
        lobby.tell(call("A099"), call("A021", 25.0), call("A017", 26.0))
        lobby.until(lambda: lobby.spoken() == ["17", "21", "17", "21", "99"])
    assert "Traceback" not in lobby.pi.log("board")


def test_board_without_a_sound_device_shows_all_and_says_what_is_wrong(lobby: Lobby) -> None:
    configure(lobby, "speaker")
    with lobby.pi.started("board"):
        lobby.tell(call("A017"))
        lobby.until(lambda: any("sound: the sound device" in each for each in lobby.says()))
        assert list((lobby.pi.folder / "board").glob("board-*.png"))
    assert "Traceback" not in lobby.pi.log("board")
