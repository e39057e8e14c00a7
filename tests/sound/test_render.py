"""The clips as they are rendered, measured as they would be heard; recorded ones win over them."""

from __future__ import annotations

import shutil
import subprocess
from itertools import product
from typing import TYPE_CHECKING

import pytest

from appliance.board.announcing import Announcement, Call
from appliance.board.voice import Voice
from appliance.drivers.sound import SoundError, write_wav
from appliance.drivers.sound_clips import ClipError, clip, length_s
from appliance.drivers.sound_levels import (
    GONG_DB,
    LOUDNESS_DB,
    as_bytes,
    frames,
    loudness,
    read_wav,
)
from appliance.drivers.sound_render import Renderer, sentence
from tests.sound.conftest import COUNTERS, LETTERS, NUMBERS
from tests.sound.hearing import longest_gap_s, samples, tone

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.board.spoken import Script

TOLERANCE_DB = 0.5
LONGEST_GAP_S = 0.15


def test_all_clips_are_equally_loud(clips: Path) -> None:
    levels = {path: loudness(read_wav(path)) for path in clips.glob("*/*.wav")}
    assert len(levels) == 2 * (2 * len(LETTERS) + len(COUNTERS) + 1 + len(NUMBERS))
    assert all(level == pytest.approx(LOUDNESS_DB, abs=TOLERANCE_DB) for level in levels.values())
    assert loudness(read_wav(clips / "gong.wav")) == pytest.approx(GONG_DB, abs=TOLERANCE_DB)


def test_no_announcement_has_a_gap_or_is_too_long(clips: Path, scripts: list[Script]) -> None:
    voice = Voice(clips, scripts)
    for letter, number, counter in product(LETTERS, sorted(NUMBERS, key=int), COUNTERS):
        call = Call("1", f"{letter}{int(number):03d}", counter, 0.0)
        said, missing = voice.compose(Announcement(call))
        assert not missing
        assert longest_gap_s(samples(said)) <= LONGEST_GAP_S, call
        assert length_s(said) < 11.0
        # In the main language alone: about as long as it stands large on the board.
        assert length_s(voice.compose(Announcement(call, ends=1)).samples) < 6.0


def test_number_without_a_slip_has_no_gap_either(clips: Path, scripts: list[Script]) -> None:
    said, missing = Voice(clips, scripts).compose(Announcement(Call("", "A117", "", 0.0)))
    assert not missing
    assert longest_gap_s(samples(said)) <= LONGEST_GAP_S


def test_joints_do_not_crack(clips: Path) -> None:
    for path in clips.glob("*/*.wav"):
        sound = read_wav(path)
        assert max(abs(sound[0]), abs(sound[-1])) < 0.005, path


def test_gong_dies_away_before_it_ends(clips: Path) -> None:
    levels = frames(read_wav(clips / "gong.wav"))
    assert levels[-3] < levels.max() / 50


@pytest.mark.parametrize(("letter", "sounds"), [("A", "eI"), ("W", "d'Vb@Lj,u:")])
def test_letter_is_said_by_its_name_and_is_no_english_article(
    scripts: list[Script], letter: str, sounds: str
) -> None:
    (english,) = [each for each in scripts if each.language == "en"]
    (call,) = [each for each in english.clips(letter, []) if each.name == f"call-{letter}"]
    said = subprocess.run(
        ["espeak-ng", "-v", "en-gb", "-q", "-x", "--", sentence(call)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert sounds in said.stdout


def test_recorded_clip_wins_and_is_as_loud_as_the_rest(
    tmp_path: Path, scripts: list[Script]
) -> None:
    recorded, out = tmp_path / "recorded", tmp_path / "out"
    (recorded / "de").mkdir(parents=True)
    write_wav(recorded / "de" / "to-3.wav", as_bytes(tone(1000, 0.5, 0.02)))
    write_wav(recorded / "gong.wav", as_bytes(tone(500, 0.5, 0.9)))
    needed = [each for each in scripts[0].clips("A", ["3"]) if each.name in {"to-3", "7"}]
    renderer = Renderer(recorded)
    assert renderer.gong(out)
    assert renderer.language(out, "de", needed) == 1
    mine = read_wav(out / "de" / "to-3.wav")
    assert loudness(mine) == pytest.approx(LOUDNESS_DB, abs=TOLERANCE_DB)
    assert mine.size == pytest.approx(tone(1000, 0.5).size, rel=0.1)
    assert loudness(read_wav(out / "gong.wav")) == pytest.approx(GONG_DB, abs=TOLERANCE_DB)


def test_where_all_is_recorded_no_espeak_is_needed(tmp_path: Path, scripts: list[Script]) -> None:
    recorded = tmp_path / "recorded"
    (recorded / "de").mkdir(parents=True)
    write_wav(recorded / "de" / "7.wav", as_bytes(tone(300, 0.5)))
    seven = [each for each in scripts[0].clips("A", []) if each.name == "7"]
    assert Renderer(recorded, "no-such-program").language(tmp_path / "out", "de", seven) == 1


def test_without_espeak_it_is_told_what_to_install_and_the_old_clips_stay(
    tmp_path: Path, clips: Path, scripts: list[Script]
) -> None:
    shutil.copytree(clips, tmp_path / "out")
    renderer = Renderer(tmp_path / "recorded", "no-such-program")
    with pytest.raises(SoundError, match="apt-get install espeak-ng"):
        renderer.language(tmp_path / "out", "de", scripts[0].clips("A", []))
    assert clip(tmp_path / "out" / "de" / "7.wav")
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["de", "en", "gong.wav"]


def test_what_is_no_longer_needed_goes(tmp_path: Path, scripts: list[Script]) -> None:
    renderer = Renderer(tmp_path / "recorded")
    for counter in ("3", "4"):
        needed = [e for e in scripts[0].clips("A", [counter]) if e.name.startswith("to-")]
        renderer.language(tmp_path, "de", needed)
    assert [each.name for each in (tmp_path / "de").iterdir()] == ["to-4.wav"]


def test_the_boards_user_may_read_what_root_rendered(clips: Path) -> None:
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in clips.glob("**/*.wav"))


def test_recording_that_is_empty_is_named(tmp_path: Path, scripts: list[Script]) -> None:
    (tmp_path / "de").mkdir()
    write_wav(tmp_path / "de" / "7.wav", bytes(20000))
    seven = [each for each in scripts[0].clips("A", []) if each.name == "7"]
    with pytest.raises(SoundError, match=r"de/7.wav: there is nothing to be heard"):
        Renderer(tmp_path).language(tmp_path / "out", "de", seven)


def test_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SoundError, match="cannot be written to"):
        Renderer(tmp_path).gong(tmp_path / "file" / "out")


def test_clip_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "7.wav").write_bytes(b"RIFF")
    with pytest.raises(ClipError, match="Run: lobby sound render"):
        clip(tmp_path / "7.wav")


def test_language_without_a_clip_is_left_out_and_the_gong_never(
    tmp_path: Path, clips: Path, scripts: list[Script]
) -> None:
    shutil.copytree(clips, tmp_path / "out")
    voice = Voice(tmp_path / "out", scripts)
    announcement = Announcement(Call("1", "A017", "3", 0.0))
    whole = voice.compose(announcement)
    (tmp_path / "out" / "en" / "to-3.wav").unlink()
    german = voice.compose(announcement)
    assert length_s(german.samples) < length_s(whole.samples)
    assert german.samples == whole.samples[: len(german.samples)]
    assert "to-3.wav: is not there. Run: lobby sound render" in german.missing
    (tmp_path / "out" / "de" / "17.wav").unlink()
    assert voice.compose(announcement).samples == clip(clips / "gong.wav")
    (tmp_path / "out" / "gong.wav").unlink()
    nothing = voice.compose(announcement)
    assert nothing.samples == b""
    assert "gong.wav" in nothing.missing
