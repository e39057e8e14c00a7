"""The sheet for the day without a machine: what stands on it, and what can never be on it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from appliance import cli, config
from appliance.display.fallback_sheet import PER_PAGE, Group, Instructions, draw
from appliance.line import commands
from appliance.line.model import Mode
from appliance.strings import languages, texts
from appliance.tools.fallback import FallbackError, paper_numbers, write_sheet
from appliance.wiring import lobby
from tests.paper.slips import BERLIN, FONTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

NOW = datetime(2026, 3, 17, 10, 21, tzinfo=BERLIN)
ENTRANCE = Path(__file__).parents[2] / "appliance" / "examples" / "entrance.toml"
SAYS = Instructions("Titel", "Ort", ("Absatz. " * 30,), ("Schritt. " * 30,) * 5, (("A", "x"),) * 8)
GROUP = Group(
    "A: Unterlagen abgeben",
    paper_numbers("A", PER_PAGE + 1),
    "Jobcenter mit einem sehr langen Namen, der nicht auf den Zettel passt · Eingangszone",
    ("Datum", "Uhrzeit", "Termin um"),
    "Bitte warten Sie. Wir rufen Ihre Nummer auf.",
)


@pytest.fixture
def settings() -> config.Settings:
    return config.load(ENTRANCE, languages=languages())


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_no_number_on_paper_is_one_that_the_machine_can_give(settings: config.Settings) -> None:
    """Whatever the letter and however many there are: the forms differ."""
    on_paper = re.compile(r"[A-Z]P\d{2,}")
    for letter in "ABCDEFGHJKLMNPRTUVWXY":
        assert all(on_paper.fullmatch(number) for number in paper_numbers(letter, 1200))
    line = lobby.line(settings)
    for event in line.decide(commands.SetMode(Mode.OPEN), NOW).events:
        line = line.apply(event)
    for code in line.services:
        for event in line.decide(commands.Issue(code), NOW).events:
            line = line.apply(event)
    assert line.tickets
    assert not any(on_paper.fullmatch(number) for number in line.tickets)


def test_numbers_have_as_many_digits_as_the_last_one() -> None:
    assert paper_numbers("A", 3) == ("AP01", "AP02", "AP03")
    assert paper_numbers("A", 100)[0::99] == ("AP001", "AP100")


def test_each_letter_that_is_served_has_its_pages(
    settings: config.Settings, tmp_path: Path
) -> None:
    file = tmp_path / "sheet.pdf"
    letters = {service.letter for service in settings.services}
    count = PER_PAGE + 1
    pages = write_sheet(settings, texts("de"), FONTS, NOW, count=count, file=file)
    assert pages == 1 + 2 * len(letters) == pages_of(file.read_bytes())


def test_a_device_where_nobody_is_served_gets_a_sentence(
    settings: config.Settings, tmp_path: Path
) -> None:
    bare = msgspec.structs.replace(settings, counters=())
    with pytest.raises(FallbackError, match="use that of the desk"):
        write_sheet(bare, texts("de"), FONTS, NOW, count=3, file=tmp_path / "sheet.pdf")


def test_pages_are_a4_and_black_and_white() -> None:
    for page in draw(SAYS, [GROUP], FONTS):
        assert page.mode == "1"
        assert [round(dots / 300 * 25.4) for dots in page.size] == [210, 297]


def test_nothing_stands_in_the_margin_that_printers_cannot_print() -> None:
    for page in draw(SAYS, [GROUP], FONTS):
        box = page.convert("L").point([255] + [0] * 255).getbbox()
        assert box is not None
        edges = (box[0], box[1], page.width - box[2], page.height - box[3])
        assert min(edges) / 300 * 25.4 >= 8


def test_nothing_is_cut_through_with_the_scissors() -> None:
    """Along the cuts there is white on both sides."""
    *_, numbers, _ = draw(SAYS, [GROUP], FONTS)
    for line in cuts(numbers):
        assert line.histogram()[0] == 0


def cuts(page: Image.Image) -> Iterator[Image.Image]:
    """Give a strip half a millimetre to each side of every upright cut."""
    width = (210 - 28) / 3
    for column in range(4):
        x = round((14 + column * width) / 25.4 * 300)
        for beside in (x - 8, x + 6):
            rows = [22 + row * (297 - 22 - 14) / 8 for row in range(9)]
            for top in rows[:-1]:
                upper = round((top + 1) / 25.4 * 300)
                yield page.crop((beside, upper, beside + 2, upper + 300))


def test_the_command_writes_the_sheet_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sheet.pdf"
    asked = ["fallback-sheet", "--config", str(ENTRANCE), "--out", str(file), "--count", "2"]
    assert cli.main(asked) == 0
    assert capsys.readouterr().out.startswith(f"{file}: ")
    assert file.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--out", "/nowhere/at/all/sheet.pdf"], 1, "cannot be written"),
        (["--language", "tlh"], 2, "there are ar, de, de-simple, en"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    more: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["fallback-sheet", "--config", str(ENTRANCE), "--count", "1", *more]
    assert cli.main(asked) == code
    assert said in capsys.readouterr().err
