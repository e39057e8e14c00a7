"""Recordings of every kind become clips that are equally loud, begin at once and have no holes."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.sound import RATE, SoundError
from appliance.drivers.sound_levels import (
    EDGE_S,
    LOUDNESS_DB,
    PAUSE_S,
    at_rate,
    levelled,
    loudness,
    read_wav,
)
from tests.sound.hearing import longest_gap_s, tone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sound.hearing import Samples


def record(path: Path, sound: Samples, rate: int, channels: int = 1, width: int = 2) -> Path:
    """Save a recording as some program would."""
    whole = np.round(sound * (2 ** (8 * width - 1) - 1)).astype("<i4")
    one = whole.view(np.uint8).reshape(-1, 4)[:, :width]
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(np.repeat(one, channels, axis=0).tobytes())
    return path


def pitch(sound: Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * RATE / sound.size)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000])
@pytest.mark.parametrize(("channels", "width"), [(1, 2), (2, 2), (1, 3), (2, 4)])
def test_recording_of_any_kind_is_heard_as_it_was(
    tmp_path: Path, rate: int, channels: int, width: int
) -> None:
    file = record(tmp_path / "a.wav", tone(440, 1.0, 0.3, rate), rate, channels, width)
    sound = read_wav(file)
    assert sound.size == pytest.approx(RATE, abs=2)
    assert pitch(sound) == pytest.approx(440, abs=1)
    assert np.abs(sound).max() == pytest.approx(0.3, rel=0.02)


def test_what_is_too_high_for_the_format_is_left_out_and_makes_no_false_tone() -> None:
    sound = at_rate(tone(18000, 0.5, 0.5, 48000), 48000)
    assert np.abs(sound[500:-500]).max() < 0.01


@pytest.mark.parametrize("level", [0.003, 0.05, 0.9])
def test_whisper_and_shout_become_equally_loud(level: float) -> None:
    assert loudness(levelled(tone(300, 0.6, level))) == pytest.approx(LOUDNESS_DB, abs=0.3)


def test_silence_at_both_ends_goes_and_long_pauses_become_short() -> None:
    hush = 0.0005 * np.random.default_rng(1).standard_normal(RATE)
    word = tone(300, 0.3)
    clip = levelled(np.concatenate([hush, word, hush[: RATE // 2], word, hush]))
    assert longest_gap_s(clip) <= PAUSE_S + 0.02
    assert clip.size / RATE == pytest.approx(0.6 + PAUSE_S + 2 * EDGE_S, abs=0.05)


def test_it_begins_and_ends_at_nothing() -> None:
    clip = levelled(tone(300, 0.3))
    assert abs(clip[0]) < 0.001
    assert abs(clip[-1]) < 0.001


def test_nothing_is_louder_than_the_device_can_play() -> None:
    crack = tone(300, 0.5, 0.05)
    crack[5000:5010] = 1.0
    assert np.abs(levelled(crack)).max() < 0.9


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(RATE)])
def test_empty_recording_is_told(sound: Samples) -> None:
    with pytest.raises(SoundError, match="nothing to be heard"):
        levelled(sound)


@pytest.mark.parametrize("data", [b"", b"ID3 this is an MP3", b"RIFF\x04\0\0\0WAVE"])
def test_file_that_is_no_wav_is_told_with_what_to_do(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(data)
    with pytest.raises(SoundError, match="Save it as WAV with 16 bits"):
        read_wav(file)


def test_eight_bits_are_refused(tmp_path: Path) -> None:
    file = record(tmp_path / "a.wav", tone(300, 0.1), RATE, width=1)
    with pytest.raises(SoundError, match="8 bits a sample"):
        read_wav(file)
