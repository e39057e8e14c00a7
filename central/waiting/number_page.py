"""The page behind a slip's QR, and the file of each number that it looks at.

The secret stands behind the `#` of the address: browsers do not send that to any server. The page
works out its hash and fetches the file of that name. So nobody who keeps the pages knows who looks
at which number, and nobody who reads the files can tell which page is whose.
"""

from __future__ import annotations

import json
from html import escape
from importlib import resources
from typing import TYPE_CHECKING

from central.bookings.office import said
from central.waiting.texts import languages, texts
from central.waiting.wait_page import SOURCES

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.bus.messages.shown import Follow
    from appliance.strings import Texts
    from central.bookings.office import Lobby, Site

SCRIPT, STYLE = "number.js", "style.css"


def files() -> dict[str, bytes]:
    """Give what stands there whatever happens: path → content."""
    site = resources.files("central.waiting") / "site"
    words = {
        language: {
            key.removeprefix("number."): text
            for key, text in texts(language).entries.items()
            if key.startswith(("number.", "page."))
        }
        for language in languages()
    }
    return {
        f"n/{SCRIPT}": (site / SCRIPT).read_bytes(),
        STYLE: (site / STYLE).read_bytes(),
        "n/words.json": json.dumps(words, ensure_ascii=False).encode(),
        "n/index.html": _page(),
    }


def as_json(follow: Follow, site: Site | None, lobby: Lobby | None, until: datetime) -> bytes:
    """Give how a number stands, for its page.

    Args:
        follow: As the lobby said it.
        site: Its building, where the office knows it.
        lobby: Its waiting area.
        until: From then on it is stale, by the clock of the machine that writes it.
    """
    return json.dumps(
        {
            "ticket": follow.ticket,
            "state": follow.state,
            "right_of_way": follow.right_of_way,
            "ahead": follow.ahead,
            "ahead_first": follow.ahead_first,
            "low_min": follow.low_min,
            "high_min": follow.high_min,
            "counter": follow.counter,
            "calls": follow.calls,
            "as_of": f"{follow.as_of.astimezone(site.timezone if site else None):%H:%M}",
            "stale_from": until and until.isoformat(),
            "office": site.name if site else "",
            "where": said(lobby.where, "", site.languages[0]) if site and lobby else "",
        },
        ensure_ascii=False,
    ).encode()


def _page() -> bytes:
    without = "".join(_without_script(language, texts(language)) for language in languages())
    return f"""<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{SOURCES}">
<title>{escape(texts("de")("number.title"))}</title>
<link rel="stylesheet" href="../{STYLE}">
<script type="module" src="{SCRIPT}"></script>
</head>
<body class="number">
<header><p id="office"></p><h1 id="title"></h1></header>
<main>
<noscript>{without}</noscript>
<p id="ticket"></p>
<div id="state" role="status" aria-live="assertive"></div>
<p id="range"></p>
<p id="why"></p>
<p id="stay"></p>
<p id="as-of" class="as-of"></p>
</main>
<nav><ul id="languages"></ul></nav>
</body>
</html>
""".encode()


def _without_script(language: str, words: Texts) -> str:
    way, sentence = words("page.direction"), escape(words("number.no_script"))
    return f'<p lang="{language}" dir="{way}">{sentence}</p>'
