"""What a team lead reads."""

from __future__ import annotations

from dataclasses import replace

from appliance.line import commands
from appliance.strings import texts
from appliance.whatif.asking import Outcome, ask
from appliance.whatif.telling import Teller
from tests.support.lobby import BERLIN, booking
from tests.whatif.lived import Lived


def told(kept: int, promised: int) -> str:
    lived = Lived.morning()
    lived.do(commands.CheckIn(booking("08:10")), "08:05")
    report = ask(lived.day(), lived.empty, {})
    figures = replace(report.was.figures, kept=kept, promised=promised)
    lines = Teller(texts("de"), {}, BERLIN, 10).lines(replace(report, was=Outcome(figures, {})))
    return next(line for line in lines if "Zusage" in line)


def test_promise_that_was_broken_once_is_not_kept_for_a_hundred_per_cent() -> None:
    assert told(199, 200).endswith("99 % (199 von 200)")
    assert told(200, 200).endswith("100 % (200 von 200)")


def test_each_service_has_its_rows_where_there_are_several() -> None:
    lived = Lived.morning()
    lived.do(commands.Issue("A1"), "08:00")
    lived.do(commands.Issue("B1"), "08:01")
    teller = Teller(texts("en"), {"A1": "Hand in documents"}, BERLIN, 10)
    lines = teller.lines(ask(lived.day(), lived.empty, {}))
    start = lines.index("A1 Hand in documents")
    assert lines[start + 1].split() == ["Numbers", "1"]
    assert lines[start + 2] == "B1"
