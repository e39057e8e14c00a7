"""Says in words and figures what would have been: a page that a team lead can read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from appliance.strings import Texts
    from appliance.whatif.asking import Move, Report, WhatIf
    from appliance.whatif.figures import Fate, Figures, Waits

    Row = tuple[str, Sequence[str]]

MINUTE = timedelta(minutes=1)
NOTHING = timedelta(0)
GAP = "   "

RULES = {"fifo": "whatif.rules_fifo", "scan": "whatif.rules_scan"}
"""What rules are called that no file describes."""


class Teller:
    """Puts a report into words.

    Args:
        texts: In which language.
        services: Code → what it is called.
        zone: Of the site.
        moves: How many numbers to tell of, of those whose call moves most.
    """

    def __init__(self, texts: Texts, services: Mapping[str, str], zone: tzinfo, moves: int) -> None:
        self._texts = texts
        self._services = services
        self._zone = zone
        self._told = moves

    def lines(self, report: Report) -> list[str]:
        """Give the report in lines."""
        told = [self._title(report), "", *self._proof(report), ""]
        told += _aligned(self._table(report))
        for what_if in report.what_ifs:
            told += ["", *self._moves(what_if, report.ended)]
        return told

    def _title(self, report: Report) -> str:
        if report.so_far is None:
            return self._texts("whatif.title", day=report.day)
        return self._texts("whatif.title_so_far", day=report.day, time=self._clock(report.so_far))

    def _proof(self, report: Report) -> list[str]:
        proof = report.proof
        told = [
            self._texts("whatif.again", again=proof.again, by_rule=proof.by_rule),
            self._texts("whatif.explained", explained=proof.explained, by_rule=proof.by_rule),
        ]
        if proof.by_hand:
            told.append(self._texts("whatif.by_hand", by_hand=proof.by_hand))
        if not proof.whole:
            told.append(self._texts("whatif.not_whole"))
        return told

    def _table(self, report: Report) -> list[Row]:
        columns = [report.was, *(what_if.outcome for what_if in report.what_ifs)]
        names = [self._texts("whatif.was"), *(self._rules(w.rules) for w in report.what_ifs)]
        everyone = [column.figures for column in columns]
        rows: list[Row] = [("", names), (self._texts("whatif.all"), ())]
        rows += self._rows(everyone)
        rows += self._endings(everyone, report.what_ifs)
        for code in report.was.by_service if len(report.was.by_service) > 1 else ():
            rows.append((self._service(code), ()))
            rows += self._rows([column.by_service.get(code) for column in columns])
        return rows

    def _rows(self, columns: Sequence[Figures | None]) -> list[Row]:
        """Give the rows that everyone and each service have."""
        cells: dict[str, Callable[[Figures], str]] = {
            "whatif.numbers": lambda figures: f"{figures.numbers}",
            "whatif.kept": self._kept,
            "whatif.booked_mean": lambda figures: self._mean(figures.booked),
            "whatif.booked_most": lambda figures: self._most(figures.booked),
            "whatif.walk_ins_mean": lambda figures: self._mean(figures.walk_ins),
            "whatif.walk_ins_most": lambda figures: self._most(figures.walk_ins),
        }
        rows = [
            (key, [cell(column) if column else "–" for column in columns])
            for key, cell in cells.items()
        ]
        # Where nobody is booked for a service, nothing need be said of those who are.
        said = [(key, row) for key, row in rows if set(row) != {"–"}]
        return [(f"  {self._texts(key)}", row) for key, row in said]

    def _endings(self, columns: Sequence[Figures], what_ifs: Sequence[WhatIf]) -> list[Row]:
        """Give what became of those who were not called, and when the last one was."""
        turned_away = [0, *(what_if.turned_away for what_if in what_ifs)]
        last_calls = [figures.last_call for figures in columns]
        rows: dict[str, Sequence[str]] = {
            "whatif.never_called": [f"{figures.never_called}" for figures in columns],
        }
        if any(figures.left for figures in columns):
            rows["whatif.left"] = [f"{figures.left}" for figures in columns]
        if any(turned_away):
            rows["whatif.turned_away"] = [f"{number}" for number in turned_away]
        rows["whatif.last_call"] = [self._clock(call) if call else "–" for call in last_calls]
        return [(f"  {self._texts(key)}", row) for key, row in rows.items()]

    def _moves(self, what_if: WhatIf, ended: datetime) -> list[str]:
        # Who gets no number is not called later: that has a row of its own.
        shifts = [move.by(ended) for move in what_if.moves if move.would is not None]
        earlier = sum(shift < NOTHING for shift in shifts)
        later = sum(shift > NOTHING for shift in shifts)
        rules = self._rules(what_if.rules)
        told = [
            self._texts(
                "whatif.moved",
                rules=rules,
                earlier=earlier,
                later=later,
                same=len(shifts) - earlier - later,
            )
        ]
        moved = [move for move in what_if.moves if move.by(ended)][: self._told]
        if moved:
            told.append(self._texts("whatif.most"))
            told += _columns([self._move(move, ended) for move in moved])
        if what_if.made_up:
            told.append(self._texts("whatif.made_up", count=what_if.made_up))
        told += [self._texts("whatif.new_counter", counter=each) for each in what_if.new_counters]
        return told

    def _move(self, move: Move, ended: datetime) -> Sequence[str]:
        booked = move.was.slot
        came = (
            self._texts("whatif.walk_in", time=self._clock(move.was.taken))
            if booked is None
            else self._texts("whatif.appointment", time=self._clock(booked))
        )
        shift = move.by(ended)
        minutes = abs(shift) // MINUTE
        known = move.was.called and move.would and move.would.called
        key = "whatif.earlier" if shift < NOTHING else "whatif.later"
        by = self._texts(key, minutes=minutes) if known else ""
        return (
            f"  {move.was.ticket}",
            came,
            f"{self._called(move.was)} → {self._called(move.would)}",
            by,
        )

    def _called(self, fate: Fate | None) -> str:
        if fate is None:
            return self._texts("whatif.without_number")
        if fate.called is not None:
            return self._clock(fate.called)
        return self._texts("whatif.not_called" if fate.left is None else "whatif.gone")

    def _rules(self, name: str) -> str:
        return self._texts(RULES[name]) if name in RULES else name

    def _service(self, code: str) -> str:
        return f"{code} {self._services.get(code, '')}".strip()

    def _kept(self, figures: Figures) -> str:
        if not figures.promised:
            return "–"
        share = 100 * figures.kept // figures.promised
        return self._texts(
            "whatif.share", share=share, kept=figures.kept, promised=figures.promised
        )

    def _mean(self, waits: Waits | None) -> str:
        return "–" if waits is None else self._minutes(waits.mean)

    def _most(self, waits: Waits | None) -> str:
        return "–" if waits is None else self._minutes(waits.most)

    def _minutes(self, wait: timedelta) -> str:
        minutes = f"{wait / MINUTE:.1f}".replace(".", self._texts("whatif.decimal"))
        return self._texts("whatif.minutes", minutes=minutes)

    def _clock(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%H:%M}"


def _aligned(rows: Sequence[Row]) -> list[str]:
    """Give rows with their first column to the left and the others to the right."""
    columns = max(len(cells) for _, cells in rows)
    widths = [
        max(len(cells[place]) for _, cells in rows if len(cells) > place)
        for place in range(columns)
    ]
    label = max(len(label) for label, cells in rows if cells)
    return [
        GAP.join(
            [f"{name:{label}}", *(f"{c:>{w}}" for c, w in zip(cells, widths, strict=False))]
        ).rstrip()
        for name, cells in rows
    ]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Give rows whose columns all stand to the left."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        GAP.join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
