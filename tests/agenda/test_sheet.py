"""The agenda's sheet: what it says, that it fits every paper, and that it looks as designed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from appliance import paper
from appliance.desk.agenda_sheets import Printed, Sheets, listed
from appliance.display.agenda import Agenda, NoList, agenda_text, set_agenda
from appliance.strings import languages, texts
from tests.agenda.sheets import (
    BEFORE,
    CASES,
    CHANGED,
    DAY,
    GOLDEN,
    NEW,
    SHEETS,
    TUESDAY,
    book,
    listing,
    sheet,
)
from tests.support.lobby import at

DIFFERENT_DOTS = 0.005
"""Share of dots that another version of the drawing library may set differently."""


def lines(says: Agenda | NoList, columns: int = 48, language: str = "de") -> list[str]:
    slip = set_agenda(says, texts(language), columns)
    return [element.text.strip() for element in slip if isinstance(element, paper.Text)]


def bold(says: Agenda | NoList) -> list[str]:
    slip = set_agenda(says, texts("de"), 48)
    return [
        element.text.strip()
        for element in slip
        if isinstance(element, paper.Text) and element.bold and not element.invert
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_sheet_reads_as_it_was_written(name: str) -> None:
    assert CASES[name].printed().text == (GOLDEN / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", CASES)
def test_a_sheet_looks_as_it_was_designed(name: str) -> None:
    slip = CASES[name].printed()
    with Image.open(GOLDEN / f"{name}.png") as golden:
        golden.load()
    assert slip.image.size == golden.size
    if golden.info["font"] != slip.font:
        pytest.skip("the golden pictures were drawn with another version of the font")
    different = ImageChops.difference(slip.image, golden.convert("L"))
    assert different.histogram()[255] / (golden.width * golden.height) <= DIFFERENT_DOTS


@given(
    words=st.text(max_size=80),
    office=st.text(max_size=60),
    place=st.text("2.14HausB, ", min_size=1, max_size=10),
    columns=st.sampled_from((24, 32, 42, 48)),
    language=st.sampled_from(languages()),
)
def test_no_text_is_too_long_for_the_paper(
    words: str, office: str, place: str, columns: int, language: str
) -> None:
    composer = Sheets(replace(SHEETS.head, office=office), {"A10": words}, SHEETS.zone)
    known = book([listing("08:00"), listing("08:00"), listing("09:00", place=place)])
    before = Printed(TUESDAY, at("07:00", TUESDAY), listed(book([listing("10:00")])))
    for says in (
        composer.to_come(known, at("07:30", TUESDAY), before),
        composer.whole(book(revision=0), at("07:30", TUESDAY)),
    ):
        for element in set_agenda(says, texts(language), columns):
            if isinstance(element, paper.Text):
                assert len(element.text) * element.size <= columns
                assert "\n" not in element.text


def test_a_long_day_wastes_no_roll() -> None:
    assert len(DAY) == 66
    # A line of normal text is 3.75 mm high.
    assert len(lines(sheet(book(DAY), "07:00"))) * 3.75 <= 350


def test_equal_appointments_share_a_line_and_a_time_stands_there_once() -> None:
    known = book([listing("08:00"), listing("08:00"), listing("08:00", "B20")])
    text = lines(sheet(known, "07:00"))
    assert "08:00   9  Anmelden / Neuantrag" in text
    assert "4  2× Unterlagen abgeben" in text


def test_appointments_in_rooms_stand_apart_with_their_place() -> None:
    text = lines(sheet(book([listing("08:00", "B20", "2.14"), listing("11:00")]), "07:00"))
    assert text.index("11:00   4  Unterlagen abgeben") < text.index(
        "08:00   9  2.14 · Anmelden / Neuantrag"
    )
    assert "1 Direkt ins Zimmer" in text


def test_hours_and_services_are_counted_without_those_that_are_cancelled() -> None:
    known = [listing("08:00"), listing("08:10"), listing("08:20", "B20")]
    before = Printed(TUESDAY, at("07:00", TUESDAY), listed(book(known)))
    text = lines(sheet(book(known, cancelled=[known[0], known[2]], revision=13), "07:30", before))
    assert "1 Termin" in text
    assert "1 Unterlagen abgeben" in text
    assert not any(line.endswith("Neuantrag") and line[0] == "1" for line in text)
    assert "".join(text).count("entfällt:") == 2


def test_what_changed_is_marked_and_nothing_else() -> None:
    assert bold(sheet(CHANGED, "08:05", BEFORE))[2:] == [
        "Gilt statt des Blatts von 07:00 Uhr.",
        "Neu: 3. Entfallen: 2.",
        "67 Termine",
        "08:40   4  entfällt: Unterlagen abgeben",
        "09:10   8  neu: Frage zum Bescheid",
        "10:30   4  neu: Unterlagen abgeben",
        "10:40   4  entfällt: Unterlagen abgeben",
        "11:20  45  neu: 2.14 · Beratung: Arbeit und",
        "Ausbildung",
    ]


def test_one_of_several_that_are_equal_may_be_cancelled() -> None:
    known = [listing("08:00"), listing("08:00"), listing("08:00")]
    before = Printed(TUESDAY, at("07:00", TUESDAY), listed(book(known)))
    text = lines(sheet(book(known, cancelled=known[:1], revision=13), "07:30", before))
    assert "08:00   4  2× Unterlagen abgeben" in text
    assert "08:00   4  entfällt: Unterlagen abgeben" in text


def test_the_first_sheet_of_a_day_marks_nothing_though_something_was_cancelled() -> None:
    text = " ".join(lines(sheet(CHANGED, "07:00")))
    assert "neu:" not in text
    assert "entfällt" not in text
    assert "statt" not in text


def test_hours_that_are_over_are_left_out_and_the_sheet_says_so() -> None:
    text = lines(sheet(book(DAY), "10:12"))
    assert "Ab 10 Uhr: 33 Termine" in text
    assert not any(line.startswith("09:") for line in text)
    assert "10:00   9  Anmelden / Neuantrag" in text


def test_a_day_without_appointments_says_so_and_one_without_a_list_does_not() -> None:
    empty = " ".join(lines(sheet(book(), "07:00")))
    unknown = " ".join(lines(sheet(book(revision=0), "07:00")))
    assert "Für diesen Tag ist kein Termin gebucht." in empty
    assert "Die Liste der Termine ist nicht da. Es kann trotzdem Termine geben." in unknown
    assert "kein Termin" not in unknown


def test_a_list_of_yesterday_is_told_with_its_date() -> None:
    old = replace(book(DAY), as_of=at("18:02", TUESDAY - timedelta(days=1)))
    assert "Stand 16.03., 18:02 Uhr · Fassung 12.3" in lines(sheet(old, "07:00"))


def test_a_service_that_is_not_configured_is_told_by_its_code() -> None:
    composer = replace(SHEETS, services={})
    text = lines(composer.whole(book([listing("08:00")]), at("07:00", TUESDAY)))
    assert "08:00   4  A10" in text


def test_paper_shows_no_short_number_and_no_id() -> None:
    text = "".join(CASES[name].printed().text for name in ("morning", "again"))
    for each in [*DAY, *NEW]:
        assert each.short is not None
        assert each.short not in text
        assert each.booking.id not in text


def test_a_terminal_shows_short_numbers_to_whoever_asks_for_them() -> None:
    known = book([listing("08:00"), listing("08:00")])
    shorts = [each.short for each in known.in_order()]
    for short, expected in ((False, "4  2× Unterlagen"), (True, f"4  {shorts[0]}  Unterlagen")):
        agenda = SHEETS.whole(known, at("07:00", TUESDAY), short=short)
        assert isinstance(agenda, Agenda)
        assert expected in agenda_text(agenda, texts("de"))


def test_every_sheet_ends_with_a_cut_and_a_little_paper() -> None:
    for case in CASES.values():
        slip = set_agenda(case.says, texts(case.language), case.columns)
        assert slip[-2:] == (paper.Feed(), paper.Cut())
