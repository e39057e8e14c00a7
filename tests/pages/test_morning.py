"""A morning with three counters and the reception, all of them in browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from appliance.line import events

if TYPE_CHECKING:
    from tests.pages.hall import Hall


@pytest.mark.timeout(240)
def test_three_counters_serve_a_morning_and_nobody_is_called_twice_or_forgotten(hall: Hall) -> None:
    reception = hall.reception()
    clerks = [hall.counter(counter) for counter in ("3", "4", "7")]
    for service in ("Unterlagen abgeben", "Frage zu einem Brief", "Anmelden oder neuer Antrag"):
        for _ in range(2):
            before = reception.locator("table.line").first.locator("tbody tr").count()
            reception.get_by_label(service).check()
            reception.get_by_role("button", name="Nummer vergeben").click()
            expect(reception.locator("table.line").first.locator("tbody tr")).to_have_count(
                before + 1
            )
    hall.check_in(5, "B1")
    hall.check_in(8, "A1")
    hall.issue("A1", "B1", "C1")
    served: list[str] = []
    for turn in range(4):
        for clerk in clerks:
            if len(served) == 11:
                continue
            served.append(clerk.calls())
            if turn % 2:
                clerk.does("start")
                clerk.has_said("start")
        if turn == 1:
            # In the middle of it all the bus dies.
            hall.stage.supervisor.kill("mosquitto")
            for clerk in clerks:
                expect(clerk.link).not_to_have_attribute("data-link", "live")
            for clerk in clerks:
                clerk.is_linked()
        if turn == 2:
            hall.stage.supervisor.kill("desk")
    assert served[:2] == ["B003", "A003"], "those with an appointment first"
    assert len(set(served)) == len(served) == 11
    called = [event.ticket for event in hall.of(events.TicketCalled)]
    assert called == served
    for clerk in clerks:
        expect(clerk.waiting).to_have_count(0)
    assert hall.died == ["mosquitto", "desk"]
