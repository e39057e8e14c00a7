"""What no key can tell alone: sections that a role needs, names that must exist elsewhere.

Names are looked up in what stands in the file, not only in what was good there: a counter that
names a service with a wrong letter names one that exists, and gets no complaint of its own.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from appliance.config.problems import Notes, bare, did_you_mean, shown
from appliance.config.services import WalkIn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from appliance.config.sections import Section
    from appliance.config.settings import Role
    from appliance.config.tables import Document, Table


def check(
    document: Document, sections: Iterable[Section], languages: Sequence[str], notes: Notes
) -> None:
    """Note what does not fit together.

    Args:
        document: The file as it was read.
        sections: All sections.
        languages: Those for which there are texts.
        notes: Where to note it.
    """
    _check_roles(document, sections, notes)
    for site in document.all("site"):
        _check_languages(site, document, languages, notes)
    _check_services(document, notes)
    _check_counters(document, notes)
    _check_served(document, notes)
    _check_buttons(document, notes)
    _check_pins(document, notes)
    _check_others(document, notes)
    _check_days(document, notes)
    _check_kiosk(document, notes)


def _check_roles(document: Document, sections: Iterable[Section], notes: Notes) -> None:
    roles: Sequence[Role] = [
        role for device in document.all("device") for role in device.values.get("roles", ())
    ]
    for section in sections:
        if section.needed_by in roles and section.name not in document.given:
            wrong = f'{section.header} is missing; the role "{section.needed_by}" needs it'
            notes.add(section.name, wrong)


def _check_languages(
    site: Table, document: Document, languages: Sequence[str], notes: Notes
) -> None:
    on_screen: Sequence[str] = site.values.get("languages", ())
    for language in on_screen:
        _check_texts_exist(f"{site.at}.languages", language, languages, notes)
    for table in (site, *document.all("printer")):
        chosen = table.values.get("language")
        if chosen and on_screen and chosen not in on_screen:
            wrong = f"{shown(chosen)} is not among site.languages"
            notes.add(f"{table.at}.language", wrong, ", ".join(map(shown, on_screen)))
    for table in document.all("sound"):
        for language in table.values.get("languages") or ():
            _check_texts_exist(f"{table.at}.languages", language, languages, notes)
    main = site.values.get("language")
    translated = ("lobby", "service", "redirect")
    for table in [each for section in translated for each in document.all(section)]:
        for name in ("text", "redirect", "foreign", "directions"):
            texts = table.values.get(name) or {}
            for language in texts:
                key = f"{table.at}.{name}.{bare(language)}"
                _check_texts_exist(key, language, languages, notes)
            if texts and main and main not in texts:
                wrong = f"it is missing in the main language, {shown(main)}"
                notes.add(f"{table.at}.{name}", wrong)


def _check_texts_exist(key: str, language: str, languages: Sequence[str], notes: Notes) -> None:
    if language not in languages:
        wrong = f"the product has no texts in {shown(language)}"
        near = did_you_mean(language, languages)
        notes.add(key, wrong, ", ".join(map(shown, languages)), near)


def _check_services(document: Document, notes: Notes) -> None:
    services = document.all("service")
    _check_unique(services, "code", notes)
    for table in services:
        if table.values.get("walk_in") is WalkIn.REDIRECT and "redirect" not in table.raw:
            wrong = 'it is missing; walk_in = "redirect" needs the words that say where to go'
            notes.add(f"{table.at}.redirect", wrong)
        grace, very_late = table.values.get("grace"), table.values.get("very_late")
        if grace is not None and very_late is not None and very_late < grace:
            notes.add(f"{table.at}.very_late_min", "it is less than grace_min")


def _check_served(document: Document, notes: Notes) -> None:
    counters = document.all("counter")
    if not all("services" in table.values for table in counters):
        return  # nobody knows yet what they serve
    served = {code for table in counters for code in table.values["services"]}
    for table in document.all("service"):
        code = table.values.get("code")
        gives_numbers = table.values.get("walk_in") in {WalkIn.TICKET, WalkIn.OFF}
        if served and code and code not in served and gives_numbers:
            wrong = f"no counter serves {shown(code)}: its numbers would never be called"
            notes.add(f"{table.at}.code", wrong)


def _check_counters(document: Document, notes: Notes) -> None:
    counters = document.all("counter")
    _check_unique(counters, "id", notes)
    for table in counters:
        for code in table.values.get("services", ()):
            _check_service_exists(f"{table.at}.services", code, document, notes)


def _check_buttons(document: Document, notes: Notes) -> None:
    buttons = document.all("button")
    if buttons and "buttons" not in document.given:
        notes.add("buttons", "[buttons] is missing; [[button]] needs it")
    for table in document.all("buttons"):
        if table.raw.get("kind") == "gpio" and "button" not in document.given:
            notes.add(table.at, 'kind = "gpio" needs a [[button]] for each service')
    _check_unique(buttons, "pin", notes)
    _check_unique(buttons, "service", notes)
    closed = [
        table.text("code")
        for table in document.all("service")
        if table.values.get("walk_in") is WalkIn.OFF
    ]
    for table in buttons:
        code = table.values.get("service")
        if code is not None:
            _check_service_exists(f"{table.at}.service", code, document, notes)
        if code is not None and code in closed:
            wrong = f'{shown(code)} has walk_in = "off": it gives no number at a button'
            notes.add(f"{table.at}.service", wrong)


def _check_pins(document: Document, notes: Notes) -> None:
    """Note a pin to which two things are wired."""
    taken = {table.values.get("pin"): table.at for table in document.all("button")}
    pins = {
        "buttons": ("help",),
        "lamps": ("red", "green", "blue"),
        "buzzer": ("pin",),
        "camera": ("lamp_pin",),
    }
    for section, names in pins.items():
        for table in document.all(section):
            for name in names:
                pin, key = table.values.get(name), f"{table.at}.{name}"
                if pin is not None and pin in taken:
                    notes.add(key, f"pin {pin} is that of {taken[pin]} already")
                taken[pin] = key


def _check_others(document: Document, notes: Notes) -> None:
    _check_unique(document.all("other_site"), "id", notes)
    here = {table.text("code") for table in document.all("service")}
    for table in document.all("other_lobby"):
        for code in table.values.get("services", ()):
            if code in here:
                notes.add(f"{table.at}.services", f"{shown(code)} is a service of this lobby")


def _check_days(document: Document, notes: Notes) -> None:
    days = document.all("day")
    if days and "hours" not in document.given:
        notes.add("day", "[hours] is missing; [[day]] needs it")
    _check_unique(days, "date", notes)
    closed = [day for table in document.all("hours") for day in table.values.get("closed", ())]
    for table in days:
        day = table.values.get("date")
        if day in closed:
            notes.add(f"{table.at}.date", f"{shown(day)} stands in hours.closed already")


def _check_kiosk(document: Document, notes: Notes) -> None:
    _check_unique(document.all("redirect"), "name", notes)
    for table in document.all("kiosk"):
        for code in table.values.get("services") or ():
            _check_service_exists(f"{table.at}.services", code, document, notes)
    for table in document.all("device"):
        roles = table.values.get("roles", ())
        if "kiosk" in roles and "service" not in document.given:
            notes.add("service", '[[service]] is missing; the role "kiosk" needs it')
        if {"board", "kiosk"} <= set(roles):
            # KMSDRM has one master, and a Pi that has two screens is two Pis.
            wrong = '"board" and "kiosk" need the same screen'
            notes.add(f"{table.at}.roles", wrong, '"kiosk" with at_rest = "board" in [kiosk]')


def _check_service_exists(key: str, code: str, document: Document, notes: Notes) -> None:
    codes = [known for table in document.all("service") if (known := table.text("code"))]
    if code not in codes:
        wrong = f"there is no service {shown(code)}"
        notes.add(key, wrong, ", ".join(map(shown, codes)), did_you_mean(code, codes))


def _check_unique(tables: Iterable[Table], key: str, notes: Notes) -> None:
    """Note what stands under `key` twice; "a1" and "A1" sound alike when they are called."""
    first: dict[str, str] = {}
    for table in tables:
        value = table.raw.get(key)
        if not isinstance(value, str | int | date):
            continue
        name = shown(value).casefold()
        if name in first:
            notes.add(f"{table.at}.{key}", f"{shown(value)} is that of {first[name]} already")
        first.setdefault(name, table.at)
