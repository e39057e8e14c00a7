"""What the dashboard costs a browser, and its reader, with a thousand devices.

    python -m bench.dashboard [--devices N] [--seconds S]

A real central broker and nginx on the files as they are made, a real Chromium, and devices played
in a process of their own, each of which says what a desk says, every 10 s. Measured:

- first view: from the address bar (with the login kept, as after a reload) until the list is
  there, until it knows of each device whether the broker has it as there or gone, and until it has
  heard all that the broker kept, the curves of the day last;
- an update: from an alarm leaving the device until it is on the page, drawn;
- the share of time in which the page's main thread is busy, while all devices beat.

Limits: first view 2 s. The machine's load is in it: browser, broker and a thousand devices share
its cores, as nowhere else.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from appliance.bus.addresses import Tcp
from tests.access.fleet import GOD
from tests.dashboard.centre import Centre, Watcher
from tests.support.browsing import chromium
from tests.support.played_office import Played, Speaking

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

FIRST_VIEW_LIMIT_S: Final = 2.0
SITES: Final = 40
FEWEST: Final = 2
EVERY_S: Final = 10.0
UPDATES: Final = 20
FOREVER_S: Final = 3600.0
LISTED: Final = """() => {
    const rows = document.querySelectorAll('table.fleet tbody tr').length;
    return rows >= Math.min(100, ROWS) && performance.now();
}"""
CONNECTED: Final = """() =>
    document.querySelector('.link')?.dataset.link === 'live' && performance.now()"""
COMPLETE: Final = """() => document.querySelector('.plots [role=img][aria-label]')
    && [...document.querySelectorAll('table.fleet tbody tr')].every(
        (row) => row.querySelector('.spark path').hasAttribute('d')) && performance.now()"""
SHOWN: Final = """([id, word]) => new Promise((done) => {
    const look = () => {
        const row = document.querySelector(`tr[data-key="${id}"] .col-why`);
        if (row?.textContent.includes(word)) done(performance.timeOrigin + performance.now());
        else requestAnimationFrame(look);
    };
    look();
})"""


def main() -> int:
    """Print the figures; gives 1 if the limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--play", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.devices < FEWEST:
        parser.error(f"--devices: at least {FEWEST}, one of which is looked at")
    sites = min(SITES, options.devices)
    devices = {
        name: options.devices // sites + (number < options.devices % sites)
        for number, name in enumerate(["SUED", *(f"ORT-{each}" for each in range(1, sites))])
    }
    if options.play:
        play(options.play, devices)
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="lobby-") as folder,
        chromium() as browser,
        Centre(Path(folder), browser, devices) as centre,
    ):
        return measured(centre, options.devices, options.seconds)


def play(port: int, shares: dict[str, int]) -> None:
    """Play the devices, all but the first, until killed."""
    devices = [
        Played(site, f"halle-{number}")
        for site, count in shares.items()
        for number in range(1, count + 1)
    ][1:]
    with Speaking(Tcp("127.0.0.1", port), GOD, devices, EVERY_S) as speaking:
        speaking.says(*(each.day(10) for each in devices))
        print("speaks", flush=True)
        time.sleep(FOREVER_S)


def measured(centre: Centre, devices: int, seconds: float) -> int:
    """Measure; give the exit code."""
    speaking = centre.plays(centre.devices[0])
    with subprocess.Popen(  # noqa: S603  (our own interpreter)
        [
            sys.executable,
            "-m",
            "bench.dashboard",
            "--devices",
            str(devices),
            "--play",
            str(centre.broker.port),
        ],
        stdout=subprocess.PIPE,
    ) as player:
        try:
            if player.stdout is None or not player.stdout.readline():
                raise SystemExit("the devices did not come up")
            time.sleep(EVERY_S + 2)
            watcher = centre.watches()
            first = first_views(watcher.page, devices)
            began_s = time.monotonic()
            expect(watcher.tile("Geräte in Betrieb")).to_have_text(f"{devices} von {devices}")
            print(f"all known to be alive: {time.monotonic() - began_s:.1f} s after that")
            busy(watcher.page, seconds)
            updates(watcher, speaking)
        finally:
            player.kill()
    return int(first > FIRST_VIEW_LIMIT_S)


def first_views(page: Page, devices: int) -> float:
    """Load it anew five times; give the median until it is connected, in seconds."""
    listed, connected, complete = [], [], []
    for _ in range(5):
        page.reload(wait_until="commit")
        shown = page.wait_for_function(LISTED.replace("ROWS", str(devices)))
        listed.append(shown.json_value() / 1e3)
        connected.append(page.wait_for_function(CONNECTED).json_value() / 1e3)
        complete.append(page.wait_for_function(COMPLETE).json_value() / 1e3)
    for name, times in (("listed", listed), ("connected", connected), ("complete", complete)):
        print(f"first view, {name}: median {statistics.median(times):.2f} s, most {max(times):.2f}")
    return float(statistics.median(connected))


def busy(page: Page, seconds: float) -> None:
    """Look how busy the main thread is."""
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")
    before, began_s = task_s(wire), time.monotonic()
    time.sleep(seconds)
    share = (task_s(wire) - before) / (time.monotonic() - began_s)
    heap = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
    print(f"main thread busy: {share:.1%} of the time; heap {heap:.0f} MB")


def task_s(wire: CDPSession) -> float:
    """Give for how long the page has worked so far."""
    metrics = wire.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def updates(watcher: Watcher, speaking: Speaking) -> None:
    """Raise and end an alarm, and see how long it takes to be seen."""
    (played,) = speaking.devices
    speaking.is_quiet()
    times = []
    watcher.page.get_by_label("Suchen").fill(played.id)
    for count in range(UPDATES):
        name, word = (("camera", "Kamera"), ("help", "Hilfe"))[count % 2]
        played.wrong = [name]
        said_ms = time.time() * 1e3
        speaking.says(*played.beat())
        times.append(watcher.page.evaluate(SHOWN, [played.id, word]) - said_ms)
    most = max(times)
    print(f"update shown after: median {statistics.median(times):.0f} ms, most {most:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
