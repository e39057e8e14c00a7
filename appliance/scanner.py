"""The scanner process: frames in, texts out, and nothing else.

It passes on what begins like our codes or our slips. Of anything else it tells only the kind:
foreign QR codes carry customer numbers, and those leave this process neither as text nor in a log.

And where something is held up for long that can't be read, it says so, for the help on the screen.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages.asked import Scan
from appliance.drivers.camera import Camera, CameraGone, Frame
from appliance.drivers.gate import Gate
from appliance.drivers.held_up import HeldUp

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from appliance.drivers.decode import Decoder

_log = logging.getLogger(__name__)

CODE_PREFIX = "LB1:"
UNREADABLE = "unreadable"
TEXT_LIMIT = 512
"""Nothing longer is ours, whatever it begins with."""

ALONE_S = 1.0
"""A code may be missed for a moment beside another: after two of ours in one picture, a single one
counts once it was alone for this long, and after one of ours, a foreign one."""

FRAME_DEADLINE_S = 3.0
"""No frame for this long: the camera is opened afresh."""


def kind_of(text: str, slip_prefix: str | None) -> str:
    """Sort a text: `code` and `slip` are ours; `url`, `wifi`, `contact`, `other` are not.

    Args:
        text: What a QR code says.
        slip_prefix: How the texts on our slips begin; None where slips carry none.
    """
    if text.isascii() and len(text) <= TEXT_LIMIT:
        if text.startswith(CODE_PREFIX):
            return "code"
        if slip_prefix and text.startswith(slip_prefix):
            return "slip"
    start = text[:16].casefold()
    for kind, beginnings in _FOREIGN.items():
        if start.startswith(beginnings):
            return kind
    return "other"


_FOREIGN = {
    "url": ("http:", "https:", "www."),
    "wifi": ("wifi:",),
    "contact": ("begin:vcard", "mecard:", "bizcard:", "mailto:", "tel:"),
}


class Sightings:
    """Decides which of the texts in the frames are news.

    The same code is in every frame while it is held up: that is one scan. Two people with a code
    each, one right after the other, are two.

    Args:
        slip_prefix: How the texts on our slips begin; None where slips carry none.
        absence_s: A text is news again after it was out of the picture for this long.
    """

    def __init__(self, slip_prefix: str | None, absence_s: float) -> None:
        self._slip_prefix = slip_prefix
        self._absence_s = absence_s
        self._last_seen_s: dict[int, float] = {}
        self._several_s = float("-inf")
        self._ours_s = float("-inf")

    def news(self, texts: frozenset[str], at_s: float) -> list[tuple[str, str | None]]:
        """Give the kinds, and for ours the texts, that are to be passed on for this frame.

        Where one of ours is in the picture, foreign codes are left out: a letter may carry both.
        Where two of ours are, none is passed on, but the kind `several` without text.

        Args:
            texts: All that was read in the frame.
            at_s: The frame's time on a monotonic clock.
        """
        self._forget(at_s)
        kinds = {text: kind_of(text, self._slip_prefix) for text in texts}
        ours = {text: kind for text, kind in kinds.items() if kind in {"code", "slip"}}
        if ours:
            self._ours_s = at_s
        if len(ours) > 1:
            self._keep_present(ours, at_s)
            self._several_s = at_s
            return [("several", None)] if self._is_new("several", at_s) else []
        if ours:
            if at_s - self._several_s < ALONE_S:
                return []
            return [(kind, text) for text, kind in ours.items() if self._is_new(text, at_s)]
        if at_s - self._ours_s < ALONE_S:
            return []
        return sorted({(kind, None) for text, kind in kinds.items() if self._is_new(text, at_s)})

    def _is_new(self, text: str, at_s: float) -> bool:
        # Of foreign texts nothing but this hash is kept; it is salted anew at each start.
        key = hash(text)
        new = key not in self._last_seen_s
        self._last_seen_s[key] = at_s
        return new

    def _keep_present(self, texts: dict[str, str], at_s: float) -> None:
        for key in {hash(text) for text in texts} & self._last_seen_s.keys():
            self._last_seen_s[key] = at_s

    def _forget(self, at_s: float) -> None:
        self._last_seen_s = {
            key: seen_s
            for key, seen_s in self._last_seen_s.items()
            if at_s - seen_s < self._absence_s
        }


class Scanner:
    """The loop.

    Args:
        open_camera: Opens the camera; called again when the camera gives no frames.
        decoder: Finds the codes in a frame. It may crash or hang: then this process dies and is
            started again, alone.
        publish: Passes a scan on; must not block for long.
        alive: Called once for each frame, or for each wait without one, with a word for people
            about what is wrong, empty if nothing is. Feeds the watchdog and the presence.
        kiosk: Name of the kiosk whose camera it is.
        slip_prefix: How the texts on our slips begin; None where slips carry none.
        absence_s: A text is passed on again after it was out of the picture for this long.
        monotonic: The clock of `Frame.at_s`.
        now: Wall time, for `Scan.frame_at`.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        decoder: Decoder,
        *,
        publish: Callable[[Scan], None],
        alive: Callable[[str], None],
        kiosk: str,
        slip_prefix: str | None = None,
        absence_s: float = 2.0,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._open_camera = open_camera
        self._decoder = decoder
        self._publish = publish
        self._alive = alive
        self._kiosk = kiosk
        self._monotonic = monotonic
        self._now = now
        self._gate = Gate()
        self._sightings = Sightings(slip_prefix, absence_s)
        self._held_up = HeldUp()

    def run(self, stop: threading.Event) -> None:
        """Look until `stop` is set.

        A camera that gives no frame for `FRAME_DEADLINE_S`, or says that it is gone, is opened
        afresh.

        Raises:
            CameraGone: The camera that was opened last gave no frame at all. The process shall end
                and be started again.
        """
        while not stop.is_set():
            frames = 0
            try:
                with self._open_camera() as camera:
                    for frame in self._frames(camera, stop):
                        frames += 1
                        self._look_at(frame)
            except CameraGone as gone:
                if frames == 0:
                    raise
                _log.warning("%s; it is opened afresh", gone)
                self._alive(f"camera: {gone}")

    def _frames(self, camera: Camera, stop: threading.Event) -> Iterator[Frame]:
        last_s = self._monotonic()
        while not stop.is_set():
            frame = camera.frame()
            if frame is not None:
                last_s = frame.at_s
                yield frame
                self._alive("")
                continue
            missing_s = self._monotonic() - last_s
            if missing_s >= FRAME_DEADLINE_S:
                raise CameraGone(f"no frame from the camera for {missing_s:.0f} s: check its cable")
            self._alive(f"camera: no frame for {missing_s:.0f} s" if missing_s >= 1 else "")

    def _look_at(self, frame: Frame) -> None:
        if not self._gate.worth_decoding(frame):
            return
        seen = self._decoder.look(frame.luma)
        read = bool(seen.texts)
        self._gate.found(code=read)
        for kind, text in self._sightings.news(seen.texts, frame.at_s):
            self._publish(self._scan(kind, text, frame))
        if self._held_up.needs_help(frame.luma, frame.at_s, read=read, broken=seen.broken):
            self._publish(self._scan(UNREADABLE, None, frame))

    def _scan(self, kind: str, text: str | None, frame: Frame) -> Scan:
        age = timedelta(seconds=self._monotonic() - frame.at_s)
        return Scan(kind=kind, kiosk=self._kiosk, text=text, frame_at=self._now() - age)
