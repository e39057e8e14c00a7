"""The benchmark of the kiosk: each press turns a page, and the bare redraw draws the same pages."""

from __future__ import annotations

import pytest

from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor
from bench import kiosk
from tests.kiosk_pages.views import LANDSCAPE


def test_each_press_of_the_visit_changes_the_picture() -> None:
    ran = kiosk.process(2 * len(kiosk.TOUCHED), 0.05, settle_s=0.0)
    assert len(ran.presses_s) == 2 * len(kiosk.TOUCHED)
    assert ran.memory_mb > 0


def test_press_that_shows_nothing_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk, "SHOWN_S", 0.3)
    # It is shown in this language already.
    monkeypatch.setattr(kiosk, "TOUCHED", ("help", "language:de"))
    with pytest.raises(SystemExit, match="nothing is measured"):
        kiosk.process(3, 0.05, settle_s=0.0)


def test_bare_redraw_has_the_texts_and_boxes_of_each_page() -> None:
    with SdlMonitor(SdlMode.HIDDEN, LANDSCAPE) as monitor:
        drawn = kiosk.frames(2, monitor)
        assert len(drawn) == len(list(kiosk.visits(2)))
        assert all(frame.boxes and frame.lines for frame in drawn)
        assert min(kiosk.bare_s(drawn, LANDSCAPE)) > 0
