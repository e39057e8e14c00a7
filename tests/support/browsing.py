"""The system's Chromium, under a test's hands: Playwright would download one of its own."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
DEADLINE_S: Final = 20.0


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it, and end it."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program is not None, "chromium is not installed; script/setup installs it"
    expect.set_options(timeout=DEADLINE_S * 1000)
    # Chromium refuses its sandbox to root, as which CI runs.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()
