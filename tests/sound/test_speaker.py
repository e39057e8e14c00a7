"""Loudspeakers: one contract; and a real player, captured by SDL as it would be heard."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from appliance.drivers import sound_sdl
from appliance.drivers.sound import KEPT, FolderSpeaker, SoundError, Speaker
from appliance.drivers.sound_clips import length_s
from appliance.drivers.sound_levels import as_bytes, read_wav
from appliance.drivers.sound_sdl import SdlSpeaker
from tests.sound.hearing import places, samples, tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEADLINE_S = 20.0
LOW: Final = as_bytes(tone(300, 0.4))
HIGH: Final = as_bytes(tone(900, 0.3))


@pytest.fixture
def capture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What SDL's `disk` driver writes and does not play: every sample, silence too, in its time."""
    file = tmp_path / "capture.raw"
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(file))
    return file


@pytest.fixture
def sdl(capture: Path) -> Iterator[SdlSpeaker]:
    assert capture
    speaker = SdlSpeaker()
    yield speaker
    speaker.close()


@pytest.fixture(params=["sdl", "folder"])
def speaker(request: pytest.FixtureRequest, tmp_path: Path) -> Speaker:
    if request.param == "folder":
        return FolderSpeaker(tmp_path / "sound")
    sdl: SdlSpeaker = request.getfixturevalue("sdl")
    return sdl


def until(fact: Callable[[], object]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def player_of(speaker: SdlSpeaker) -> int:
    player = speaker._player  # noqa: SLF001  (a test kills what nobody else may know)
    assert player is not None
    return player.pid


def test_it_plays_one_after_the_other_and_closes_twice(speaker: Speaker) -> None:
    speaker.play(LOW, 1.0)
    speaker.play(HIGH, 0.5)
    speaker.close()
    speaker.close()


def test_what_is_heard_is_each_sound_whole_in_order_and_never_two_at_once(
    sdl: SdlSpeaker, capture: Path
) -> None:
    for sound in (LOW, HIGH, LOW):
        sdl.play(sound, 1.0)
    sdl.close()
    heard = samples(capture.read_bytes())
    first, last = places(heard, samples(LOW))
    (between,) = places(heard, samples(HIGH))
    assert first + length_s(LOW) <= between
    assert between + length_s(HIGH) <= last


def test_what_was_played_is_out_to_its_end_when_it_says_so(sdl: SdlSpeaker, capture: Path) -> None:
    sdl.play(LOW, 1.0)
    os.kill(player_of(sdl), signal.SIGKILL)
    assert places(samples(capture.read_bytes()), samples(LOW))


def test_volume_is_the_amplitude(sdl: SdlSpeaker, capture: Path, tmp_path: Path) -> None:
    sdl.play(LOW, 0.5)
    sdl.close()
    written = FolderSpeaker(tmp_path / "folder")
    written.play(LOW, 0.5)
    for heard in (samples(capture.read_bytes()), read_wav(tmp_path / "folder/sound-0001.wav")):
        assert np.abs(heard).max() == pytest.approx(0.25, abs=0.01)


def test_the_device_stays_open_between_two_sounds(sdl: SdlSpeaker, capture: Path) -> None:
    sdl.play(HIGH, 1.0)
    player, heard = player_of(sdl), capture.stat().st_size
    until(lambda: capture.stat().st_size > heard + 8000)
    sdl.play(HIGH, 1.0)
    assert player_of(sdl) == player


def test_without_a_device_it_is_told_and_works_as_soon_as_there_is_one(
    monkeypatch: pytest.MonkeyPatch, capture: Path
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "alsa")
    speaker = SdlSpeaker("plughw:CARD=nothing")
    for _ in range(2):
        with pytest.raises(
            SoundError, match=r"plughw:CARD=nothing cannot be used: ALSA.* group audio"
        ):
            speaker.play(LOW, 1.0)
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    plugged_in = SdlSpeaker()
    plugged_in.play(LOW, 1.0)
    plugged_in.close()
    assert places(samples(capture.read_bytes()), samples(LOW))


def test_alsa_plays_to_the_device_that_is_configured(tmp_path: Path) -> None:
    # ALSA's own plugin that writes down what goes to its null device: the real library, no card.
    file = tmp_path / "heard.wav"
    speaker = SdlSpeaker(f"file:FILE={file},FORMAT=wav")
    speaker.play(LOW, 1.0)
    speaker.close()
    assert file.stat().st_size > len(LOW)


def test_player_that_died_is_told_and_the_next_sound_has_a_new_one(sdl: SdlSpeaker) -> None:
    sdl.play(HIGH, 1.0)
    os.kill(player_of(sdl), signal.SIGKILL)
    with pytest.raises(SoundError, match="player died"):
        sdl.play(HIGH, 1.0)
    sdl.play(HIGH, 1.0)


def test_device_that_hangs_is_given_up_and_the_next_sound_is_heard(
    sdl: SdlSpeaker, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than a pipe holds, and less: it hangs while it is told, and while it plays.
    for sound in (as_bytes(tone(500, 3.0)), HIGH):
        sdl.play(LOW, 1.0)
        os.kill(player_of(sdl), signal.SIGSTOP)
        with monkeypatch.context() as soon:
            soon.setattr(sound_sdl, "MARGIN_S", 0.2)
            with pytest.raises(SoundError, match="hangs"):
                sdl.play(sound, 1.0)
    sdl.play(LOW, 1.0)
    sdl.close()
    assert places(samples(capture.read_bytes()), samples(LOW))


def test_close_ends_what_is_played_from_another_thread(sdl: SdlSpeaker, capture: Path) -> None:
    told: list[SoundError] = []

    def play() -> None:
        try:
            sdl.play(as_bytes(tone(300, 60.0)), 1.0)
        except SoundError as error:
            told.append(error)

    thread = threading.Thread(target=play, name="plays")
    thread.start()
    until(lambda: capture.exists() and np.any(samples(capture.read_bytes()[:400_000])))
    sdl.close()
    thread.join(DEADLINE_S)
    assert len(told) == 1


def test_program_that_is_missing_is_told() -> None:
    with pytest.raises(SoundError, match="cannot be started"):
        SdlSpeaker(command=("/no/such/player",)).play(LOW, 1.0)


def test_player_that_says_something_else_is_not_believed() -> None:
    talks = (sys.executable, "-c", "print('error no \\ufffd sound', flush=True)")
    with pytest.raises(SoundError, match=r"no \ufffd sound"):
        SdlSpeaker(command=talks).play(LOW, 1.0)


def test_folder_keeps_the_last_fifty(tmp_path: Path) -> None:
    speaker = FolderSpeaker(tmp_path)
    for _ in range(KEPT + 3):
        speaker.play(bytes(2), 1.0)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert (len(names), names[0]) == (KEPT, "sound-0004.wav")


def test_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SoundError, match="cannot be written to"):
        FolderSpeaker(tmp_path / "file").play(LOW, 1.0)
