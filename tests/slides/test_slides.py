"""Slides: what a file of them may say, when each stands there, and what no file can do."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.board.slide_folder import SlideFolder
from appliance.display.board_view import Hung, SlideView
from appliance.display.picture_file import PictureError, read_picture
from appliance.display.slides import (
    SLIDES_MAX,
    Show,
    Slide,
    SlidesError,
    read_pictures,
    read_slides,
)
from appliance.strings import languages
from tests.slides.pictures import bomb, claiming, png, with_texts

if TYPE_CHECKING:
    from collections.abc import Callable

WEDNESDAY = datetime(2025, 5, 14, 10, 42)  # noqa: DTZ001  (only its day and hour count)
ROOM = (700, 480)
WITHIN_S = 20.0
ROOT = Path(__file__).parents[2]
READ = """
import sys
from pathlib import Path
from PIL import PngImagePlugin
from appliance.display.picture_file import read_picture
def most():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
before = most()
read_picture(Path(sys.argv[1]), (700, 480))
print(most() - before)
"""
"""Prints how many kilobytes more a process took at most, for reading a picture."""


def written(text: str) -> tuple[Slide, ...]:
    return read_slides(text.encode())


def slide(title: str, seconds: float = 10) -> Slide:
    return Slide(SlideView(title=(("de", title),)), seconds)


def test_the_samples_are_in_every_language_of_the_product() -> None:
    sample = resources.files("appliance") / "examples" / "slides" / "slides.toml"
    slides = read_slides(sample.read_bytes())
    assert len(slides) == 4
    for each in slides:
        assert {language for language, _ in each.view.title} == set(languages())
        assert {language for language, _ in each.view.text} == set(languages())


def test_a_slide_says_when_it_is_shown() -> None:
    (found,) = written(
        '[[slide]]\ntitle.de = "Ferien"\nfrom = 2025-05-12\nuntil = 2025-05-16\n'
        'days = ["wednesday"]\nhours = "08:00-12:30"\nseconds = 20\n'
    )
    assert found.seconds == 20
    assert found.counts(WEDNESDAY)
    assert not found.counts(WEDNESDAY + timedelta(days=1))
    assert not found.counts(WEDNESDAY + timedelta(days=7))
    assert not found.counts(WEDNESDAY.replace(hour=12, minute=30))
    assert found.counts(WEDNESDAY.replace(hour=8, minute=0))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[slide]", "is not TOML"),
        ("[[slide]]\n", "neither a picture nor a title"),
        ('[[slide]]\npicture = "../etc/passwd"\n', "not the name of a file"),
        ('[[slide]]\npicture = ".hidden"\n', "not the name of a file"),
        ('[[slide]]\ntitle = "Ferien"\n', "title is not like"),
        ('[[slide]]\ntitle.de = "a"\nseconds = 1\n', "seconds is not a number from 3 to 120"),
        ('[[slide]]\ntitle.de = "a"\nseconds = true\n', "seconds"),
        ('[[slide]]\ntitle.de = "a"\nhours = "12:00-08:00"\n', "hours is not like"),
        ('[[slide]]\ntitle.de = "a"\nhours = 8\n', "hours is not like"),
        ('[[slide]]\ntitle.de = "a"\ndays = ["wed"]\n', "days is not a list"),
        ('[[slide]]\ntitle.de = "a"\nfrom = 2025-05-12T10:00:00Z\n', "from is not a date"),
        ('[[slide]]\ntitle.de = "a"\ntitel.de = "b"\n', "'titel' is not known"),
        ('[[slide]]\ntitle.de = "a"\nqr = "a\\u0000b"\n', "qr is not a text"),
        ("name = 1\n", r"something else than \[\[slide\]\]"),
        ('[[slide]]\ntitle.de = "a"\n' * (SLIDES_MAX + 1), "more than 40 slides"),
        ("#" * 300_000, "more than 262144 bytes"),
    ],
)
def test_a_mistake_is_told_with_the_slide(text: str, said: str) -> None:
    with pytest.raises(SlidesError, match=said):
        written(text)


def test_words_of_any_length_and_kind_become_short_and_plain() -> None:
    (found,) = written(f'[[slide]]\ntitle.de = "{"A" * 100_000}"\ntext.de = "a\\u202eb\\u0007c"\n')
    assert len(found.view.title[0][1]) == 80
    assert found.view.text == (("de", "abc"),)


def test_slides_take_turns_with_the_waits() -> None:
    show = Show((slide("A", 10), slide("B", 12)), between_s=20)
    seen = [show.at(WEDNESDAY, second)[0] for second in (0, 19, 20, 29, 30, 49, 50, 61, 62)]
    assert [view.title[0][1] if view else None for view in seen] == [
        *(None, None, "A", "A", None, None, "B", "B", None),
    ]


@given(st.integers(0, 10**10), st.integers(1, 5))
def test_nothing_changes_before_it_was_said(eighths: int, count: int) -> None:
    second = eighths / 8
    show = Show(tuple(slide(str(n), 3 + n) for n in range(count)), between_s=7)
    view, lasts_s = show.at(WEDNESDAY, second)
    assert lasts_s > 0
    assert show.at(WEDNESDAY, second + lasts_s * 0.99)[0] == view


def test_without_slides_the_waits_stand() -> None:
    assert Show().at(WEDNESDAY, 5)[0] is None


def test_a_picture_is_made_small_enough_and_keeps_its_shape(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png((2000, 1000)))
    picture = read_picture(tmp_path / "a.png", ROOM)
    assert picture.size == (700, 350)
    assert picture.getpixel((5, 5)) == (0, 92, 138)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (claiming(20_000, 20_000), "20000 × 20000 pixels"),
        (claiming(4_000_000_000, 4_000_000_000), "pixels"),
        (claiming(400_000, 1), "pixels"),
        (b"\x00" * 5_000_000, "more than 4,000,000 bytes"),
        (b"GIF89a" + b"\x00" * 100, "is no PNG"),
        (b"", "is no PNG"),
        (png()[:300], "is broken"),
        (claiming(200, 200, b""), "is broken"),
    ],
    ids=["20,000 pixels", "4 G pixels", "a line", "5 MB", "GIF", "empty", "half", "no pixels"],
)
def test_a_picture_that_would_break_the_board_is_refused(
    data: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(PictureError, match=said):
        read_picture(tmp_path / "a.png", ROOM)


@pytest.mark.parametrize("data", [bomb(), with_texts(60)], ids=["pixels", "texts"])
def test_what_unpacks_to_a_thousand_times_its_size_takes_no_memory(
    data: bytes, tmp_path: Path
) -> None:
    assert len(data) < 500_000
    (tmp_path / "a.png").write_bytes(data)
    # In a process of its own: what this one took before would hide it.
    child = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "a.png")],
        check=True,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    # Of 100 MB of pixels, or 60 of texts, nothing was unpacked that the picture does not need.
    assert int(child.stdout) < 15_000


def test_a_slide_whose_picture_cannot_be_shown_is_named(tmp_path: Path) -> None:
    slides = written('[[slide]]\npicture = "a.png"\n[[slide]]\npicture = "gone.png"\n')
    (tmp_path / "a.png").write_bytes(png())
    pictures, problems = read_pictures(tmp_path, slides, ROOM)
    assert set(pictures) == {"a.png"}
    assert problems == ("picture gone.png cannot be read: No such file or directory.",)


def test_more_pictures_than_the_board_has_memory_for_are_left_out(tmp_path: Path) -> None:
    names = [f"{n}.png" for n in range(30)]
    slides = written("".join(f'[[slide]]\npicture = "{name}"\n' for name in names))
    for name in names:
        (tmp_path / name).write_bytes(png((800, 500)))
    pictures, problems = read_pictures(tmp_path, slides, (800, 500))
    assert list(pictures) == names[:20]
    assert problems == ("picture 20.png is one too many. Show fewer, or smaller ones.",)


def until(holds: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        threading.Event().wait(0.01)
    return True


def titles(hung: Hung) -> list[str]:
    return [each.view.title[0][1] for each in hung.show.slides if each.view.title]


def test_a_folder_is_read_at_once_and_again_when_it_changes(tmp_path: Path) -> None:
    got: list[Hung] = []
    (tmp_path / "slides.toml").write_text('[[slide]]\ntitle.de = "A"\n', "utf-8")
    with SlideFolder(tmp_path, ROOM, 20, got.append, look_s=0.01):
        assert until(lambda: len(got) == 1)
        (tmp_path / "slides.toml").write_text('[[slide]]\ntitle.de = "AB"\n', "utf-8")
        assert until(lambda: titles(got[-1]) == ["AB"])
    assert not any(thread.name == "slides" for thread in threading.enumerate())


def test_a_broken_list_leaves_the_last_good_one_in_place(tmp_path: Path) -> None:
    got: list[Hung] = []
    folder = SlideFolder(tmp_path, ROOM, 20, got.append)
    (tmp_path / "slides.toml").write_text('[[slide]]\ntitle.de = "A"\n', "utf-8")
    folder.look()
    (tmp_path / "slides.toml").write_text("[[slide", "utf-8")
    folder.look()
    assert [titles(each) for each in got] == [["A"]]


def test_what_nobody_has_thought_of_is_said_once_until_it_is_something_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[Hung] = []
    why = ["no room"]

    def take(hung: Hung) -> None:
        taken.append(hung)
        if why:
            raise RuntimeError(why[0])

    def changes() -> None:
        so_far = len(taken)
        (tmp_path / "slides.toml").write_text(f'[[slide]]\ntitle.de = "{"A" * so_far}B"\n', "utf-8")
        assert until(lambda: len(taken) > so_far)

    with SlideFolder(tmp_path, ROOM, 20, take, look_s=0.01):
        for _ in range(3):
            changes()
        why[:] = ["no time"]
        changes()
        why.clear()
        changes()
        why[:] = ["no time"]
        changes()
        changes()
    said = [record for record in caplog.records if "stay as they were" in record.message]
    assert [record.message.rpartition(": ")[2] for record in said] == [
        "no room",
        "no time",
        "no time",
    ]
    assert all(record.exc_info is None for record in said)


def test_an_empty_folder_has_no_slides_and_a_missing_one_neither(tmp_path: Path) -> None:
    got: list[Hung] = []
    SlideFolder(tmp_path, ROOM, 20, got.append).look()
    SlideFolder(tmp_path / "missing", ROOM, 20, got.append).look()
    assert [each.show.slides for each in got] == [(), ()]


def test_a_slide_without_its_picture_is_left_out(tmp_path: Path) -> None:
    got: list[Hung] = []
    (tmp_path / "slides.toml").write_text(
        '[[slide]]\npicture = "bad.png"\n[[slide]]\ntitle.de = "A"\n', "utf-8"
    )
    (tmp_path / "bad.png").write_bytes(claiming(20_000, 20_000))
    SlideFolder(tmp_path, ROOM, 20, got.append).look()
    assert titles(got[0]) == ["A"]
    assert len(got[0].show.slides) == 1
