"""What the issuer sends: whatever it is, what was known before stays in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.messages.issued import Bookings
from appliance.bus.messages.payload import encode
from appliance.desk.daybooks import DayBooks
from appliance.desk.from_issuer import FARTHEST, FromIssuer
from appliance.desk.reception import Trust
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from pathlib import Path

LINE: Final = replace(empty_line(), day=DAY, clock_sure=True)


class Issuer:
    """The desk's part, with real books."""

    def __init__(self, folder: Path) -> None:
        self.books = DayBooks(folder)
        self.taking = FromIssuer(Trust(None, ""), self.books, lambda: True)

    def sends(self, day: date, payload: bytes | None = None) -> None:
        """Let a list of a day come."""
        listed = Bookings(as_of=datetime(2026, 3, 1, tzinfo=UTC), day=day, revision=1, bookings=[])
        self.taking.bookings(day, encode(listed) if payload is None else payload)

    def wrong(self) -> list[str]:
        """Give the names of what is wrong."""
        return [each.name for each in self.taking.look(LINE, at("08:00"))]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "days")


def test_list_that_cannot_be_read_is_told_until_a_good_one_comes(issuer: Issuer) -> None:
    issuer.sends(DAY)
    issuer.sends(DAY, b"not a list")
    assert issuer.wrong() == ["issuer"]
    assert issuer.books.days() == [DAY]
    issuer.sends(DAY + timedelta(days=1))
    assert issuer.wrong() == []


def test_list_of_a_far_day_is_refused_and_fills_no_card(issuer: Issuer) -> None:
    assert issuer.wrong() == []
    issuer.sends(DAY + FARTHEST)
    assert issuer.wrong() == []
    issuer.sends(DAY + FARTHEST + timedelta(days=1))
    assert issuer.wrong() == ["issuer"]
    assert issuer.books.days() == [DAY + FARTHEST]


def test_nothing_is_too_far_while_nobody_knows_the_day(issuer: Issuer) -> None:
    unsure = replace(LINE, clock_sure=False)
    issuer.taking.look(unsure, at("08:00"))
    issuer.sends(DAY + timedelta(days=3650))
    assert issuer.wrong() == []
