"""An entrance with a camera, in a time of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.simulated_camera import SimulatedCamera
from appliance.scanner import Scanner
from tests.seeing.clock import Clock

if TYPE_CHECKING:
    from appliance.bus.messages.asked import Scan
    from appliance.drivers.camera import Luma

SLIP = "https://warten.example/f/"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Deed = Callable[["Kiosk"], None]


class Kiosk:
    """What happens before its camera is a list of deeds.

    Args:
        hall: What its camera sees while nothing is held up; None: a grey wall.
    """

    def __init__(self, hall: Luma | None = None) -> None:
        self._hall = np.full((360, 640), 96, np.uint8) if hall is None else hall
        self.clock = Clock()
        self.cameras: list[SimulatedCamera] = []
        self.scans: list[Scan] = []
        self.alive: list[str] = []
        self.published_s: list[float] = []
        self.camera_works = True
        self.camera_delivers = True
        self.stop = threading.Event()
        self._deeds: list[tuple[float, Deed]] = []
        self._start_s = self.clock.now_s()

    @property
    def camera(self) -> SimulatedCamera:
        return self.cameras[-1]

    @property
    def seen(self) -> list[tuple[str, str | None]]:
        return [(scan.kind, scan.text) for scan in self.scans]

    def hold_up(self, *pictures: Luma, at_s: float, for_s: float) -> Kiosk:
        self.do(lambda kiosk: kiosk.camera.hold_up(*pictures), at_s=at_s)
        return self.do(lambda kiosk: kiosk.camera.take_away(), at_s=at_s + for_s)

    def do(self, deed: Deed, *, at_s: float) -> Kiosk:
        self._deeds.append((at_s, deed))
        return self

    def run(self, *, until_s: float) -> Kiosk:
        """Let the scanner run until then.

        Raises:
            CameraGone: The scanner gave up.
        """
        self.do(lambda kiosk: kiosk.stop.set(), at_s=until_s)
        self._deeds.sort(key=lambda planned: planned[0])
        Scanner(
            self.open_camera,
            TwoDecoders(),
            publish=self._publish,
            alive=self._alive,
            kiosk="entrance",
            slip_prefix=SLIP,
            monotonic=self.clock.now_s,
            now=lambda: START,
        ).run(self.stop)
        return self

    def open_camera(self) -> SimulatedCamera:
        self.cameras.append(
            SimulatedCamera(
                self._hall,
                monotonic=self.clock.now_s,
                wait=self.clock.wait,
            )
        )
        if not self.camera_works:
            self.camera.unplug()
        if not self.camera_delivers:
            self.camera.hang()
        return self.camera

    def _publish(self, scan: Scan) -> None:
        self.scans.append(scan)
        self.published_s.append(round(self.clock.now_s() - self._start_s, 3))

    def _alive(self, detail: str) -> None:
        self.alive.append(detail)
        while self._deeds and self.clock.now_s() - self._start_s >= self._deeds[0][0] - 0.05:
            self._deeds.pop(0)[1](self)
