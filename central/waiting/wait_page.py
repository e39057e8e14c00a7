"""One lobby's waits as a page and as JSON: for people who decide at home whether to come.

Works without JavaScript, renews itself, and says how old it is. Where nothing is heard from the
building no figure is shown as if it were of now.
"""

from __future__ import annotations

import json
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from central.bookings.office import said
from central.waiting.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from appliance.bus.messages.shown import ServiceWait, Wait
    from appliance.strings import Texts
    from central.bookings.office import Lobby, Office, Site
    from central.waiting.learned import Better

RENEW_S = 60
SOURCES = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'"
"""The page's own Content-Security-Policy, for servers that send none."""


class Shown(NamedTuple):
    """What is known of a lobby.

    Args:
        wait: What it said last; None: nothing.
        stale: It is too old to be believed.
        better: Service → better times today, where there are any.
    """

    wait: Wait | None
    stale: bool
    better: Mapping[str, Sequence[Better]] = MappingProxyType({})


def as_json(site: Site, lobby: Lobby, shown: Shown, until: datetime | None) -> bytes:
    """Give the waits for programs.

    Args:
        site: The building.
        lobby: The waiting area.
        shown: What is known of it.
        until: From then on it is stale, by the clock of the machine that writes it.
    """
    wait = shown.wait
    return json.dumps(
        {
            "site": site.id,
            "lobby": lobby.id,
            "as_of": wait and wait.as_of.isoformat(),
            "stale": shown.stale,
            "stale_from": until and until.isoformat(),
            "waiting": wait and wait.waiting,
            "services": [
                {
                    "service": each.service,
                    "waiting": each.waiting,
                    "low_min": each.low_min,
                    "high_min": each.high_min,
                    "better": [
                        {
                            "from": _hour(time.begin),
                            "to": _hour(time.end),
                            "low_min": time.low_min,
                            "high_min": time.high_min,
                        }
                        for time in shown.better.get(each.service, ())
                    ],
                }
                for each in (wait.services if wait else ())
            ],
        },
        ensure_ascii=False,
    ).encode()


def as_html(
    office: Office, site: Site, lobby: Lobby, shown: Shown, language: str, languages: Sequence[str]
) -> bytes:
    """Give the waits for people.

    Args:
        office: For the words of services, and where one books.
        site: The building.
        lobby: The waiting area.
        shown: What is known of it.
        language: Of this page.
        languages: That there are pages in; each is `{language}.html` beside this one.
    """
    words = texts(language)
    main = site.languages[0]
    where = said(lobby.where, language, main)
    others = "".join(
        f'<li><a href="{each}.html" lang="{each}" hreflang="{each}">'
        f"{escape(texts(each)('page.language'))}</a></li>"
        for each in languages
        if each != language
    )
    return f"""<!doctype html>
<html lang="{language}" dir="{words("page.direction")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{RENEW_S}">
<meta http-equiv="Content-Security-Policy" content="{SOURCES}">
<title>{escape(words("wait.title"))} {escape(site.name)}</title>
<link rel="stylesheet" href="../../style.css">
</head>
<body>
<header><p>{escape(site.name)}</p><h1>{escape(words("wait.title"))}</h1>
<p class="where">{escape(where)}</p></header>
<main>
{_figures(office, shown, words, site, language)}
<p class="book">{escape(words("wait.book"))}
<a href="{escape(office.mail.page)}" rel="noreferrer">{escape(words("wait.book_link"))}</a></p>
</main>
<nav aria-label="{escape(words("wait.languages"))}"><ul>{others}</ul></nav>
</body>
</html>
""".encode()


def _figures(office: Office, shown: Shown, words: Texts, site: Site, language: str) -> str:
    wait = shown.wait
    if wait is None:
        return f'<p class="old" role="status">{escape(words("wait.nothing"))}</p>'
    time = f"{wait.as_of.astimezone(site.timezone):%H:%M}"
    if shown.stale:
        return f'<p class="old" role="status">{escape(words("wait.stale", time=time))}</p>'
    rows = "\n".join(_row(office, each, words, site, language) for each in wait.services)
    return f"""<p class="waiting">{escape(_people(wait.waiting, words))}</p>
<table>
<thead><tr><th scope="col">{escape(words("wait.service"))}</th>
<th scope="col">{escape(words("wait.time"))}</th>
<th scope="col">{escape(words("wait.line"))}</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
{_better(office, shown, words, site, language)}
<p class="as-of">{escape(words("wait.as_of", time=time))}</p>"""


def _better(office: Office, shown: Shown, words: Texts, site: Site, language: str) -> str:
    """Give when it is better to come today, where anybody knows."""
    items = "\n".join(
        f"<li><bdi>{escape(_name(office, service, site, language))}</bdi>"
        f" <b>{escape(_time(time, words))}</b></li>"
        for service, times in shown.better.items()
        for time in times
    )
    if not items:
        return ""
    return f"""<section class="better" aria-labelledby="better">
<h2 id="better">{escape(words("wait.better"))}</h2>
<ul>
{items}
</ul>
<p>{escape(words("wait.better_why"))}</p>
</section>"""


def _time(time: Better, words: Texts) -> str:
    usual = words("wait.range", low=time.low_min, high=time.high_min)
    return words("wait.better_time", begin=_hour(time.begin), end=_hour(time.end), range=usual)


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _name(office: Office, code: str, site: Site, language: str) -> str:
    service = office.service(code)
    return said(service.text, language, site.languages[0]) if service else code


def _row(office: Office, each: ServiceWait, words: Texts, site: Site, language: str) -> str:
    name = _name(office, each.service, site, language)
    if each.low_min is None or each.high_min is None:
        time, kind = words("wait.unknown"), ' class="none"'
    else:
        time, kind = words("wait.range", low=each.low_min, high=each.high_min), ""
    # Nobody waits for what nobody serves: no figure there.
    before = "" if each.low_min is None else words("wait.before_count", count=each.waiting)
    return (
        f'<tr><th scope="row"><bdi>{escape(name)}</bdi></th>'
        f"<td{kind}>{escape(time)}</td>"
        f'<td class="before">{escape(before)}</td></tr>'
    )


def _people(count: int, words: Texts) -> str:
    match count:
        case 0:
            return words("wait.waiting_none")
        case 1:
            return words("wait.waiting_one")
        case _:
            return words("wait.waiting_many", count=count)
