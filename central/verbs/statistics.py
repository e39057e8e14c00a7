"""`lobby-central statistics` and `report`: how the days were at a site, as far as one may see."""

from __future__ import annotations

import argparse
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from central.statistics.printing import csv_text, json_text, text_lines
from central.statistics.spans import Span, month, week
from central.statistics.table import shown
from central.statistics.wording import Words
from central.texts import languages
from central.verbs.arguments import add_store, add_verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central.statistics.reading import Reader
    from central.statistics.table import Table
    from central.verbs.arguments import Parser, Verbs

MONTH = re.compile(r"(20\d\d)-(\d\d)")
WEEK = re.compile(r"(20\d\d)-W(\d\d)")


class StatisticsError(LobbyError):
    """There is nothing to show; the sentence says why."""


def add(verbs: Verbs[Parser]) -> None:
    """Add the verbs."""
    what = "visitors, waits, promise and no-shows of a site's month"
    statistics = add_verb(verbs, "statistics", what)
    _add_what(statistics)
    statistics.add_argument(
        "--month", type=_month, metavar="YYYY-MM", help="default: the one that yesterday was in"
    )
    form = statistics.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="a table for programs")
    form.add_argument("--json", action="store_true", help="the same, as JSON")
    statistics.set_defaults(do=_statistics)

    report = add_verb(verbs, "report", "a site's week as a page with pictures")
    _add_what(report)
    report.add_argument(
        "--week", type=_week, metavar="YYYY-Www", help="as 2026-W10; default: the last that is over"
    )
    report.add_argument("--out", type=Path, required=True, metavar="FILE", help="the page (HTML)")
    report.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help="put the pictures there, too (PNG)"
    )
    report.set_defaults(do=_report)


def _add_what(parser: Parser) -> None:
    add_store(parser)
    parser.add_argument("--site", required=True, help="its code, such as SUED")
    parser.add_argument("--language", choices=languages(), default="de", help="default: de")


def _statistics(options: argparse.Namespace) -> Iterator[str]:
    words = Words(options.language)
    with _reader(options) as reader:
        yesterday = reader.today - timedelta(days=1)
        span = options.month or month(yesterday.year, yesterday.month)
        table = _table(reader, options.site, span, words)
    if options.csv:
        yield csv_text(table)
    elif options.json:
        yield json_text(table)
    else:
        yield from text_lines(table, words)


def _report(options: argparse.Namespace) -> Iterator[str]:
    # Matplotlib takes a second to import, which nobody else shall wait for.
    from central.statistics.report import write  # noqa: PLC0415

    words = Words(options.language)
    with _reader(options) as reader:
        last = (reader.today - timedelta(days=7)).isocalendar()
        span = options.week or week(last.year, last.week)
        table = _table(reader, options.site, span, words)
        earlier = _table(reader, options.site, span.before(), words)
    try:
        for path in write(table, earlier, words, options.out, options.pictures):
            yield f"wrote {path}"
    except OSError as error:
        raise StatisticsError(f"cannot write {error.filename}: {error.strerror}") from error


def _reader(options: argparse.Namespace) -> Reader:
    # SQLAlchemy, the same.
    from central.statistics.reading import Reader  # noqa: PLC0415

    return Reader(options.store)


def _table(reader: Reader, site: str, span: Span, words: Words) -> Table:
    sites = reader.sites()
    if site not in sites:
        known = ", ".join(sites) or "–"
        raise StatisticsError(words("statistics.no_site", site=site, sites=known))
    return shown(reader.read(site, span))


def _month(text: str) -> Span:
    return _read(text, MONTH, month, "no month such as 2026-03")


def _week(text: str) -> Span:
    return _read(text, WEEK, week, "no week such as 2026-W10")


def _read(
    text: str, pattern: re.Pattern[str], make: Callable[[int, int], Span], wrong: str
) -> Span:
    found = pattern.fullmatch(text)
    try:
        if found is not None:
            return make(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"'{text}' is {wrong}")
