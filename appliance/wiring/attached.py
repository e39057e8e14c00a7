"""From settings to what is attached: camera, printer, buttons, screen, clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance import config
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from appliance.drivers.buttons import Buttons
    from appliance.drivers.camera import Camera
    from appliance.drivers.clock import Clock
    from appliance.drivers.lamps import Lamps
    from appliance.drivers.monitor import Monitor
    from appliance.drivers.printer import Printer


def camera(chosen: config.Camera) -> Camera:
    """Open the camera."""
    match chosen:
        case config.FolderCamera():
            from appliance.drivers.folder_camera import FolderCamera

            return FolderCamera(
                chosen.folder,
                frames_per_s=chosen.frames_per_s,
                show_s=chosen.show.total_seconds(),
                gap_s=chosen.gap.total_seconds(),
            )
        case config.Picamera2Camera():
            from appliance.drivers.pi_camera import PiCamera

            return PiCamera(
                distance_cm=chosen.focus_cm,
                size=(chosen.width, chosen.height),
                frames_per_s=chosen.frames_per_s,
            )
        case config.NoCamera():
            raise LobbyError('this device has camera.kind = "none": it needs no scanner')
    assert_never(chosen)


def printer(chosen: config.Printer) -> Printer | None:
    """Build the printer; None: there is none."""
    match chosen:
        case config.NetworkPrinter():
            from appliance.drivers.printer_network import NetworkPrinter

            return NetworkPrinter(
                chosen.host,
                chosen.port,
                profile=chosen.profile,
                columns=chosen.columns,
                timeout_s=chosen.timeout.total_seconds(),
            )
        case config.FilePrinter():
            from appliance.drivers.printer_file import FilePrinter

            return FilePrinter(
                chosen.file,
                profile=chosen.profile,
                columns=chosen.columns,
                timeout_s=chosen.timeout.total_seconds(),
            )
        case config.NoPrinter():
            return None
    assert_never(chosen)


def check(settings: config.Settings) -> None:
    """See whether what is attached could be used, as far as that can be told without it.

    Raises:
        LobbyError: It could not; the sentence says what to mend.
    """
    if not isinstance(settings.printer, config.NoPrinter):
        from appliance.drivers.printer_escpos import press

        press(settings.printer.profile, settings.printer.columns)


def buttons(chosen: config.Buttons) -> Buttons:
    """Build the buttons."""
    from appliance.drivers.buttons import GpioButtons, NoButtons, PipeButtons

    match chosen:
        case config.GpioButtons():
            return GpioButtons({b.service: b.pin for b in chosen.buttons}, chosen.per_press)
        case config.PipeButtons():
            return PipeButtons(chosen.pipe, chosen.per_press)
        case config.NoButtons():
            return NoButtons()
    assert_never(chosen)


def lamps(chosen: config.Lamps) -> Lamps:
    """Build the ring of light."""
    from appliance.drivers.lamps import GpioLamps, NoLamps

    match chosen:
        case config.GpioLamps():
            return GpioLamps(chosen.red, chosen.green, chosen.blue)
        case config.NoLamps():
            return NoLamps()
    assert_never(chosen)


def monitor(settings: config.Settings) -> Monitor:
    """Open the screen, the window, or the folder."""
    chosen = settings.board
    match chosen:
        case config.FolderBoard():
            from appliance.drivers.folder_monitor import FolderMonitor

            return FolderMonitor(chosen.folder, (chosen.width, chosen.height))
        case config.WindowBoard():
            from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor

            size = (chosen.width, chosen.height)
            return SdlMonitor(SdlMode.WINDOW, size, settings.lobby.name)
        case config.ScreenBoard():
            from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor

            return SdlMonitor(SdlMode.SCREEN)
    assert_never(chosen)


def clock(chosen: config.Clock) -> Clock:
    """Build the clock."""
    from appliance.drivers.clock import SimulatedClock, SystemClock

    match chosen:
        case config.SystemClock():
            return SystemClock()
        case config.SimulatedClock():
            return SimulatedClock(chosen.start, chosen.origin_s, chosen.speed)
    assert_never(chosen)
