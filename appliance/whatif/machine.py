"""A report as JSON, for machines: times with offset, waits in minutes; no names, no booking ids."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from appliance.whatif.asking import Move, Outcome, Report, WhatIf
    from appliance.whatif.figures import Figures, Waits

MINUTE = timedelta(minutes=1)


def as_json(report: Report, zone: tzinfo) -> str:
    """Give the report for machines: times with offset, waits in minutes."""

    def told(moment: datetime | None) -> str | None:
        return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")

    def waits(of: Waits | None) -> dict[str, Any] | None:
        if of is None:
            return None
        mean_min, most_min = (round(each / MINUTE, 2) for each in (of.mean, of.most))
        return {"people": of.people, "mean_min": mean_min, "p90_min": most_min}

    def figures(of: Figures) -> dict[str, Any]:
        return {
            "numbers": of.numbers,
            "promised": of.promised,
            "kept": of.kept,
            "appointments": waits(of.booked),
            "walk_ins": waits(of.walk_ins),
            "never_called": of.never_called,
            "left": of.left,
            "last_call": told(of.last_call),
        }

    def outcome(of: Outcome) -> dict[str, Any]:
        by_service = {code: figures(each) for code, each in of.by_service.items()}
        return {"all": figures(of.figures), "services": by_service}

    def move(of: Move) -> dict[str, Any]:
        return {
            "ticket": of.was.ticket,
            "service": of.was.service,
            "appointment": told(of.was.slot),
            "taken": told(of.was.taken),
            "was_called": told(of.was.called),
            "would_be_called": told(of.would.called) if of.would else None,
            "gets_a_number": of.would is not None,
        }

    def what_if(of: WhatIf) -> dict[str, Any]:
        return {
            "rules": of.rules,
            **outcome(of.outcome),
            "turned_away": of.turned_away,
            "made_up": of.made_up,
            "new_counters": list(of.new_counters),
            "tickets": [move(each) for each in of.moves],
        }

    proof = report.proof
    return json.dumps(
        {
            "day": report.day.isoformat(),
            "so_far": told(report.so_far),
            "calls": {
                "by_rule": proof.by_rule,
                "again": proof.again,
                "explained": proof.explained,
                "by_hand": proof.by_hand,
            },
            "was": outcome(report.was),
            "what_ifs": [what_if(each) for each in report.what_ifs],
        },
        ensure_ascii=False,
    )
