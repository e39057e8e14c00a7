"""What a visitor sees of their visit: one page of it, with what the hall adds. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from msgspec.structs import replace

from appliance.display import kiosk_view as page

if TYPE_CHECKING:
    from appliance.kiosk.hall import Hall
    from appliance.kiosk.manners import Manners
    from appliance.kiosk.visit import Told, Visit


def view(manners: Manners, visit: Visit, hall: Hall, now_s: float) -> page.KioskView:
    """Give what is to be seen at `now_s`."""
    shown = _page(manners, visit, hall, now_s)
    return page.KioskView(shown, visit.look, hall.clock(now_s), visit.focus)


def _page(manners: Manners, visit: Visit, hall: Hall, now_s: float) -> page.Page:
    if visit.told is not None:
        return page.Told(visit.told.notice, _place(manners, visit.told))
    outage = hall.outage(now_s)
    if outage is not None:
        return page.OutOfOrder(outage)
    if visit.asked is not None:
        answers = now_s - visit.asked.since_s < manners.timing.moment_s
        return page.Moment() if answers else page.OutOfOrder()
    if manners.asks_whether_there(visit, now_s):
        return page.StillThere(max(1, math.ceil(manners.leaves_s(visit) - now_s)))
    match visit.pages[-1] if visit.pages else None:
        case None:
            offer, closed = manners.offer, hall.closed()
            if closed is not None:
                return replace(closed, scans=offer.scans)
            return page.Welcome(
                offer.services, offer.redirects, offer.scans, offer.short_numbers, visit.sheet
            )
        case page.Service(service=service) as here:
            return replace(here, wait=hall.wait_of(service))
        case other:
            return other


def _place(manners: Manners, told: Told) -> str:
    """Give the floor or arrow of the counter that a result names; empty: it names none."""
    return manners.offer.places.get(dict(told.notice.facts).get("counter", ""), "")
