"""The benchmark of the what-if: it says what is said and what is true, and sees the difference."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bench import whatif
from bench.lobbies import LOBBIES
from bench.made_day import working_days

if TYPE_CHECKING:
    import pytest

DAYS = list(islice(working_days(), 2))


def test_said_and_true_stand_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    alike = replace(LOBBIES[3], breaks=False)
    assert whatif.compare(alike, "fifo", DAYS) is False
    promise, walk_ins = capsys.readouterr().out.split(";")
    for figures in (promise, walk_ins):
        said, true = (figures.split(word)[1].split(",")[0].strip() for word in ("said", "true"))
        assert said == true
    was = promise.split("promise")[1].split("->")[0].strip()
    assert was not in promise.split("->")[1]


def test_what_is_too_far_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatif, "compared", lambda line, _: line)
    asked = whatif.asked(LOBBIES[3], "fifo", DAYS[0])
    assert asked.what_ifs[0].outcome == asked.was
    monkeypatch.undo()
    monkeypatch.setattr(whatif, "asked", lambda *_: asked)
    assert whatif.compare(LOBBIES[3], "fifo", DAYS[:1]) is True
