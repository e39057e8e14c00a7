"""What people see of it: on a terminal, in a file, on a page; and that nothing else gets there."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from appliance.line import events
from appliance.line.model import Booking
from bench.made_day import ZONE
from central.cli import main
from central.statistics.printing import csv_text, json_text, text_lines
from central.statistics.report import html, write
from central.statistics.spans import week
from central.statistics.table import shown
from central.statistics.wording import Words
from central.texts import languages

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from central.statistics.table import Table
    from tests.statistics.conftest import Centre

MONDAY = date(2026, 3, 2)
WEEK = week(2026, 10)


def fill(centre: Centre) -> None:
    """Let a week happen: each day some with an appointment, some without, and few no-shows."""
    for offset in range(5):
        day = MONDAY + timedelta(days=offset)
        happened: list[events.Event] = []
        for n in range(1, 21 + offset):
            number = f"A{n:03}"
            taken = datetime(day.year, day.month, day.day, 8 + n % 3, n, tzinfo=ZONE)
            booking = Booking(f"{offset}{n}".rjust(24, "0"), taken, 15, "A1") if n % 2 else None
            service = "A1" if n % 4 else "B2"
            call = taken + timedelta(minutes=n % 7)
            happened += [
                events.TicketIssued(taken, number, n, service, booking),
                events.TicketCalled(call, number, "1", 1),
                events.TicketStarted(call, number),
                (events.TicketSetAside if n < 4 else events.TicketFinished)(call, number),
            ]
        centre.take(centre.device.midnight(day), centre.device.say(*happened))
    centre.now = datetime(2026, 3, 9, 7, tzinfo=ZONE)
    centre.take(centre.device.midnight(date(2026, 3, 9)))


@pytest.fixture
def table(centre: Centre) -> Table:
    fill(centre)
    return shown(centre.read(WEEK))


@pytest.mark.parametrize("language", languages())
def test_every_language_says_all_of_it(table: Table, language: str) -> None:
    words = Words(language)
    said = "\n".join(text_lines(table, words))
    page = html(table, table, words)
    for text in (said, page):
        assert not re.search(r"\{\w+\}|statistics\.|report\.", text)
    assert f'<html lang="{language}">' in page


def test_columns_of_the_terminal_stand_below_their_heads(table: Table) -> None:
    lines = list(text_lines(table, Words("en")))
    assert lines[0] == "Site SUED, week 10 (02/03 to 08/03 2026)"
    rows = [line for line in lines if re.match(r"(Mon|Tue|Wed|Thu|Fri|Together) ", line)]
    assert len(rows) == 6
    assert len({line.rindex("%") for line in rows}) == 1
    assert rows[0].split()[:5] == ["Mon", "02/03", "20", "10", "<5"]
    assert rows[-1].split()[:4] == ["Together", "110", "56", "15"]


def test_csv_and_json_say_the_same(table: Table) -> None:
    rows = list(csv.DictReader(csv_text(table).splitlines()))
    told = json.loads(json_text(table))
    for row in rows:
        assert row["site"] == told["site"] == "SUED"
        of_json = told[row["part"]][row["key"]]
        for name, cell in row.items():
            if name in of_json and name != "incomplete":
                value = of_json[name]
                hidden = value["hidden"] if isinstance(value, dict) else None
                expected = {"small": "<5", "further": ""}.get(str(hidden), value)
                assert cell == ("" if expected is None else str(expected))
    assert {row["part"] for row in rows} == {"day", "service", "hour", "total"}
    assert "<5" in {row["no_show"] for row in rows}


def test_alternative_texts_say_what_the_pictures_show(table: Table) -> None:
    page = html(table, table, Words("en"))
    alts = re.findall(r'<img alt="([^"]*)"', page)
    assert len(alts) == 4
    assert "Monday, 2 March 2026: 20." in alts[0]
    assert "Monday, 2 March 2026: 3 min and 6 min." in alts[1]
    assert alts[2].endswith("by service. A1: 91 %.")


def test_page_can_be_read_by_everybody_and_fetches_nothing(
    table: Table, tmp_path: Path, browser: Browser
) -> None:
    path = tmp_path / "report.html"
    list(write(table, table, Words("de"), path))
    context = browser.new_context(viewport={"width": 360, "height": 800})
    asked: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    page.goto(path.as_uri())
    found = Axe().run(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    drawn = page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth)")
    context.close()
    assert found.violations_count == 0, found.generate_report()
    assert wide <= 360
    assert all(drawn)
    assert [url for url in asked if not url.startswith(("data:", path.as_uri()))] == []


def test_page_of_a_week_without_anybody_says_so(centre: Centre, tmp_path: Path) -> None:
    fill(centre)
    table = shown(centre.read(week(2026, 2)))
    page = html(table, table, Words("de"))
    assert Words("de")("report.no_visitors") in page
    assert "<img" not in page
    assert list(write(table, table, Words("de"), tmp_path / "r.html", tmp_path / "p")) == [
        tmp_path / "r.html"
    ]


class TestCommandLine:
    def test_month_is_printed(self, centre: Centre, capsys: pytest.CaptureFixture[str]) -> None:
        fill(centre)
        asked = ["statistics", "--store", str(centre.path), "--site", "SUED", "--month", "2026-03"]
        assert main(asked) == 0
        assert capsys.readouterr().out.startswith("Standort SUED, März 2026\n")
        assert main([*asked, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["total"][""]["visitors"] == 110
        assert main([*asked, "--csv"]) == 0
        assert capsys.readouterr().out.startswith("site,part,key,visitors,")

    def test_report_and_its_pictures_are_written(
        self, centre: Centre, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(centre)
        page, folder = centre.folder / "week.html", centre.folder / "pictures"
        asked = ["report", "--store", str(centre.path), "--site", "SUED", "--week", "2026-W10"]
        assert main([*asked, "--out", str(page), "--pictures", str(folder)]) == 0
        assert capsys.readouterr().out.count("wrote ") == 5
        assert {path.name for path in folder.iterdir()} == {
            f"SUED-2026-W10-{name}.png" for name in ("visitors", "waits", "promise", "hours")
        }
        first = page.read_bytes()
        assert main([*asked, "--out", str(page)]) == 0
        assert page.read_bytes() == first

    @pytest.mark.parametrize(
        ("more", "code", "said"),
        [
            (["--site", "NORD"], 1, "Sites: SUED"),
            (["--site", "SUED", "--month", "2026-13"], 2, "no month such as"),
            (["--site", "SUED", "--month", "March"], 2, "no month such as"),
        ],
    )
    def test_wrong_use_is_one_sentence(
        self,
        centre: Centre,
        capsys: pytest.CaptureFixture[str],
        more: list[str],
        code: int,
        said: str,
    ) -> None:
        fill(centre)
        asked = ["statistics", "--store", str(centre.path), "--language", "en", *more]
        if code == 1:
            assert main(asked) == 1
        else:
            with pytest.raises(SystemExit) as ended:
                main(asked)
            assert ended.value.code == code
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line

    def test_store_that_is_none_is_one_sentence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        missing, other = tmp_path / "missing", tmp_path / "other"
        other.write_bytes(b"no database" * 1000)
        for path in (missing, other):
            assert main(["statistics", "--store", str(path), "--site", "SUED"]) == 1
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 2
        assert "there is no" in said[0]
        assert not missing.exists()
