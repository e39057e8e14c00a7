"""Lays the dashboard out for a web server: its own files, those that it shares, and what there is.

What the pages in the lobbies have already (the connection, the login, words, settings, the look) is
taken from there and laid beside: one source, and no copy in the repository. Nothing in the folder
is secret: names of sites, lobbies and devices, and which sites a login is shown.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Final

from appliance.pages import lay_down, static

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from central.access.inventory import Inventory
    from central.bookings.office import Office

SHARED: Final = (
    "icon.svg",
    "style.css",
    "js/bus.js",
    "js/dom.js",
    "js/login.js",
    "js/packets.js",
    "js/settings.js",
    "js/words.js",
)
VENDORED: Final = "vendor/"
USUAL_TIMEZONE: Final = "Europe/Berlin"


def lay_out(inventory: Inventory, office: Office | None, out: Path) -> int:
    """Write the dashboard; again is fine, and brings it up to date.

    Args:
        inventory: Which devices there should be.
        office: What sites and services are called; None: their ids do.
        out: Folder for it; it is made. What is there and no page is left alone.

    Returns:
        How many files there are, compressed ones not counted.

    Raises:
        PagesError: A file cannot be written.
    """
    shared = {
        name: content
        for name, content in static(resources.files("appliance.pages").joinpath("site"))
        if name in SHARED or name.startswith(VENDORED)
    }
    own = dict(static(resources.files("central.dashboard").joinpath("site")))
    return lay_down({**shared, **own, "fleet.json": _fleet(inventory, office)}, out)


def _fleet(inventory: Inventory, office: Office | None) -> bytes:
    """Give what a page must know before it can connect; nothing in it is secret."""
    fleet = {
        "sites": [
            {"id": each.id, **_named(each.id, office)}
            for each in sorted(inventory.sites, key=lambda site: site.id)
        ],
        # A satellite has no voice at the centre: its desk speaks for it.
        "devices": [
            {"id": each.id, "site": each.site, "lobby": each.lobby}
            for each in sorted(inventory.devices, key=lambda device: device.id)
            if each.has_bus
        ],
        "dashboards": {each.login: each.sites for each in inventory.dashboards},
        "services": {each.code: dict(each.text) for each in (office.services if office else ())},
    }
    return json.dumps(fleet, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _named(site_id: str, office: Office | None) -> Mapping[str, str]:
    site = office.site(site_id) if office else None
    if site is None:
        return {"timezone": USUAL_TIMEZONE}
    language = site.languages[0]
    return {"name": site.name, "timezone": site.timezone.key, "language": language}
