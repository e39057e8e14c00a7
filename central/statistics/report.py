"""The weekly report: one page that can be mailed, printed and read aloud.

It brings its pictures and its looks along and fetches nothing. What a picture shows its alternative
text says too, figure by figure, and the tables beneath say all.
"""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from appliance.files import write_atomically
from appliance.line.promise import SHOULD_BE
from central.statistics.plots import Bar, Chart, png, svg
from central.statistics.report_style import STYLE
from central.statistics.table import FIGURES, figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from central.statistics.table import Row, Table
    from central.statistics.wording import Words

SOURCES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
AIM_PERCENT = round(100 * SHOULD_BE)
TOP_PERCENT = 118
"""Above 100 there is room for the figures."""
GLANCE = (
    ("visitors", "visitors"),
    ("booked", "booked"),
    ("wait_half_min", "wait"),
    ("wait_most_min", "wait_most"),
    ("called_percent", "promise"),
    ("no_show", "no_show"),
)
"""Figure → what it is called at the top."""


def write(
    table: Table, earlier: Table, words: Words, page: Path, pictures: Path | None = None
) -> Iterator[Path]:
    """Write the report; give each file that is written.

    Args:
        table: The week.
        earlier: The week before.
        words: In which language.
        page: The page.
        pictures: A folder for the pictures by themselves; None: nowhere.

    Raises:
        OSError: A file cannot be written.
    """
    charts = _charts(table, words)
    write_atomically(page, html(table, earlier, words).encode())
    yield page
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        for name, chart in charts.items():
            path = pictures / f"{table.site}-{table.span.first:%G-W%V}-{name}.png"
            write_atomically(path, png(chart))
            yield path


def html(table: Table, earlier: Table, words: Words) -> str:
    """Give the report's page."""
    title = words("statistics.title", site=table.site, span=words.span(table.span))
    charts = _charts(table, words)
    body = (
        [
            _glance(table, earlier, words),
            *(_figure(name, chart, table, words) for name, chart in charts.items()),
            _tables(table, words),
        ]
        if charts
        else [f"<p>{escape(words('report.no_visitors'))}</p>"]
    )
    notes = "".join(f"<p>{escape(note)}</p>" for note in words.notes(table))
    return f"""<!doctype html>
<html lang="{escape(words.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{SOURCES}">
<title>{escape(words("report.title"))}: {escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<p class="kind">{escape(words("report.title"))}</p>
<h1>{escape(title)}</h1>
<p>{escape(words("report.lead"))}</p>
</header>
<main>
{"".join(body)}
<section class="notes">{notes}{_meaning(words)}</section>
</main>
</body>
</html>
"""


def _glance(table: Table, earlier: Table, words: Words) -> str:
    tiles = "".join(
        f"<div><dd class=figure>{escape(_said(name, table.total, words))}</dd>"
        f"<dt>{escape(words(f'report.{key}'))}</dt>"
        f"<dd class=before>{escape(_before(name, earlier, words))}</dd></div>"
        for name, key in GLANCE
    )
    return f"<section><h2>{escape(words('report.glance'))}</h2><dl>{tiles}</dl></section>"


def _before(name: str, earlier: Table, words: Words) -> str:
    return words("report.before", figure=_said(name, earlier.total, words)) if earlier.hours else ""


def _said(name: str, row: Row, words: Words) -> str:
    value = figure(row, name)
    if name.endswith("_min") and isinstance(value, int):
        return words("report.minutes", count=value)
    return words.figure(name, value)


def _charts(table: Table, words: Words) -> dict[str, Chart]:
    """Give what is drawn; nothing of a week without anybody."""
    if not table.hours:
        return {}
    days = {words.day(day): row for day, row in table.days.items()}
    hours = {words.hour_short(hour): row for hour, row in table.hours.items()}
    promised = {code: row for code, row in table.services.items() if row.called_percent is not None}
    aim = AIM_PERCENT, words("report.aim", percent=AIM_PERCENT)
    charts = {
        "visitors": _chart("visitors", days, ("visitors",), words),
        "waits": _chart("waits", days, ("wait_half_min", "wait_most_min"), words),
    }
    if promised:
        groups = _groups(promised, ("called_percent",), words)
        title = words("report.promise_title")
        charts["promise"] = Chart(title, groups, aim=aim, top=TOP_PERCENT)
    charts["hours"] = _chart("hours", hours, ("visitors",), words)
    return charts


def _chart(
    name: str, rows: Mapping[str, Row | None], figures: Sequence[str], words: Words
) -> Chart:
    legend = (words("report.half"), words("report.most")) if len(figures) > 1 else ()
    title, unfinished = words(f"report.{name}_title"), words("report.unfinished")
    return Chart(title, _groups(rows, figures, words), legend, unfinished)


def _groups(
    rows: Mapping[str, Row | None], names: Sequence[str], words: Words
) -> dict[str, list[Bar]]:
    def bar(row: Row | None, name: str) -> Bar:
        value = figure(row, name)
        height = value if isinstance(value, int) else None
        return Bar(height, words.figure(name, value), row is not None and not row.incomplete)

    return {label: [bar(row, name) for name in names] for label, row in rows.items()}


def _figure(name: str, chart: Chart, table: Table, words: Words) -> str:
    alt = words(f"report.{name}_alt", facts=" ".join(_facts(name, table, words)))
    picture = base64.b64encode(svg(chart)).decode("ascii")
    return (
        f"<section><h2>{escape(chart.title)}</h2>"
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(chart.title)}">'
        f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{picture}"></div></section>'
    )


def _facts(name: str, table: Table, words: Words) -> Iterator[str]:
    """Say what a picture shows."""
    match name:
        case "visitors":
            yield from _each(table.days, words.long, "visitors", words)
        case "hours":
            yield from _each(table.hours, words.hour, "visitors", words)
        case "promise":
            those = {c: row for c, row in table.services.items() if row.called_percent is not None}
            yield from _each(those, str, "called_percent", words)
        case _:
            for day, row in table.days.items():
                half, most = row and row.wait_half_min, row and row.wait_most_min
                if half is None or most is None:
                    yield words("report.fact", name=words.long(day), figure=_hidden(words))
                    continue
                said = [words("report.minutes", count=count) for count in (half, most)]
                yield words("report.fact_waits", name=words.long(day), half=said[0], most=said[1])


def _each(
    rows: Mapping[date, Row | None] | Mapping[int, Row] | Mapping[str, Row],
    named: Callable[..., str],
    what: str,
    words: Words,
) -> Iterator[str]:
    for key, row in rows.items():
        value = figure(row, what)
        said = words.figure(what, value) if isinstance(value, int) else _hidden(words)
        yield words("report.fact", name=named(key), figure=said)


def _hidden(words: Words) -> str:
    return words("report.not_shown")


def _tables(table: Table, words: Words) -> str:
    parts = (
        ("by_day", ((words.day(day), row) for day, row in table.days.items())),
        ("by_service", table.services.items()),
        ("by_hour", ((words.hour(hour), row) for hour, row in table.hours.items())),
    )
    made = "".join(_table(words(f"statistics.{name}"), rows, words) for name, rows in parts)
    total = _table(words("statistics.total"), [(words("statistics.total"), table.total)], words)
    attended = words("statistics.attended", count=words.count(table.attended))
    return (
        f"<section><h2>{escape(words('report.figures'))}</h2>{made}{total}"
        f"<p>{escape(attended)}</p></section>"
    )


def _table(title: str, rows: Iterable[tuple[str, Row | None]], words: Words) -> str:
    heads = "".join(
        f'<th scope="col">{escape(words(f"statistics.{name}").replace("|", " ").strip())}</th>'
        for name in FIGURES
    )
    lines = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{_cells(row, words)}</tr>' for label, row in rows
    )
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(title)}"><table>'
        f'<thead><tr><th scope="col">{escape(title)}</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _cells(row: Row | None, words: Words) -> str:
    return "".join(f"<td>{escape(words.figure(name, figure(row, name)))}</td>" for name in FIGURES)


def _meaning(words: Words) -> str:
    said = "".join(
        f"<p>{escape(words(f'report.means_{what}'))}</p>" for what in ("wait", "promise", "persons")
    )
    return f"<h2>{escape(words('report.meaning'))}</h2>{said}"
