"""From settings to what is attached: camera, printer, buttons, screen, clock."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, assert_never

from appliance import config
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import time

    from appliance.drivers.buttons import Buttons
    from appliance.drivers.buzzer import Buzzer
    from appliance.drivers.camera import Camera
    from appliance.drivers.clock import Clock
    from appliance.drivers.exposure_lamp import ExposureLamp
    from appliance.drivers.lamps import Lamps
    from appliance.drivers.monitor import Monitor
    from appliance.drivers.printer import Printer
    from appliance.drivers.screen_power import ScreenPower
    from appliance.drivers.touch import TouchMonitor
    from appliance.drivers.vitals import Machine
    from appliance.tools.aiming import Screen

_log = logging.getLogger(__name__)


def camera(chosen: config.Camera, *, bracket: bool = True) -> Camera:
    """Open the camera.

    Args:
        chosen: Which.
        bracket: Whether exposures may be tried, where it can do that.

    Raises:
        LobbyError: There is none, or it can't be opened.
    """
    match chosen:
        case config.Picamera2Camera():
            from appliance.drivers.pi_camera import PiCamera

            return PiCamera(
                distance_cm=chosen.focus_cm,
                size=chosen.size,
                frames_per_s=chosen.frames_per_s,
                bracket=bracket and chosen.bracket,
                mains_hz=chosen.mains_hz,
                lamp=exposure_lamp(chosen.lamp_pin),
                number=chosen.number,
            )
        case config.WebcamCamera():
            from appliance.drivers.webcam import Pixels, Webcam

            return Webcam(
                chosen.device,
                size=chosen.size,
                frames_per_s=chosen.frames_per_s,
                pixels=Pixels[chosen.pixels.name],
            )
        case config.VideoCamera():
            from appliance.drivers.video_camera import VideoCamera

            return VideoCamera(chosen.video, frames_per_s=chosen.frames_per_s)
        case config.RawCamera():
            from appliance.drivers.raw_camera import RawCamera

            return RawCamera(chosen.raw, size=chosen.size, frames_per_s=chosen.frames_per_s)
        case config.FolderCamera():
            from appliance.drivers.folder_camera import FolderCamera

            return FolderCamera(
                chosen.folder,
                frames_per_s=chosen.frames_per_s,
                show_s=chosen.show.total_seconds(),
                gap_s=chosen.gap.total_seconds(),
                size=chosen.size,
            )
        case config.NoCamera():
            raise LobbyError('this device has camera.kind = "none": it needs no scanner')
    assert_never(chosen)


def exposure_lamp(pin: int | None) -> ExposureLamp | None:
    """Build the exposure lamp; None: there is none, or none that works: codes are read without."""
    if pin is None:
        return None
    from appliance.drivers.exposure_lamp import GpioExposureLamp
    from appliance.drivers.lamps import LampsError

    try:
        return GpioExposureLamp(pin)
    except LampsError as error:
        _log.warning("%s", error)
        return None


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
                answers=chosen.answers,
            )
        case config.UsbPrinter():
            from appliance.drivers.printer_usb import UsbPrinter

            return UsbPrinter(
                chosen.usb,
                profile=chosen.profile,
                columns=chosen.columns,
                timeout_s=chosen.timeout.total_seconds(),
                answers=chosen.answers,
            )
        case config.SerialPrinter():
            from appliance.drivers.printer_serial import Flow, SerialPrinter

            return SerialPrinter(
                chosen.serial,
                baud=chosen.baud,
                flow=Flow(chosen.flow),
                profile=chosen.profile,
                columns=chosen.columns,
                timeout_s=chosen.timeout.total_seconds(),
                answers=chosen.answers,
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


def shared_printer(settings: config.Settings) -> Printer | None:
    """Build the printer for whoever is not alone with it; None: there is none."""
    from appliance.drivers.printer_shared import SharedPrinter

    built = printer(settings.printer)
    return None if built is None else SharedPrinter(built, settings.device.state_dir)


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
    from appliance.drivers.buttons import HELP, GpioButtons, NoButtons, PipeButtons

    match chosen:
        case config.GpioButtons():
            pins = {button.service: button.pin for button in chosen.buttons}
            pins |= {} if chosen.help is None else {HELP: chosen.help}
            return GpioButtons(pins, chosen.per_press)
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


def buzzer(chosen: config.Buzzer, local_time: Callable[[], time]) -> Buzzer:
    """Build the buzzer."""
    from appliance.drivers.buzzer import GpioBuzzer, NoBuzzer

    match chosen:
        case config.GpioBuzzer():
            return GpioBuzzer(chosen.pin, lambda: within(chosen.quiet, local_time()))
        case config.NoBuzzer():
            return NoBuzzer()
    assert_never(chosen)


def within(spans: Sequence[tuple[time, time]], moment: time) -> bool:
    """Tell whether a time of day is in one of these."""
    return any(begin <= moment < end for begin, end in spans)


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


def screen_power(chosen: config.Board) -> ScreenPower | None:
    """Build what switches the screen off at night; None: nothing does."""
    match chosen:
        case config.ScreenBoard(standby="backlight"):
            from appliance.drivers.screen_power import Backlight

            return Backlight()
        case config.ScreenBoard(standby="cec"):
            from appliance.drivers.screen_power import Cec

            return Cec(chosen.cec)
        case _:
            return None


def touch_monitor(settings: config.Settings) -> TouchMonitor:
    """Open the same, so that it feels fingers, mouse and keys."""
    chosen = settings.board
    match chosen:
        case config.FolderBoard():
            from appliance.drivers.folder_touch import FolderTouchMonitor

            return FolderTouchMonitor(chosen.folder, (chosen.width, chosen.height))
        case config.WindowBoard():
            from appliance.drivers.sdl_monitor import SdlMode
            from appliance.drivers.sdl_touch import SdlTouchMonitor

            size = (chosen.width, chosen.height)
            return SdlTouchMonitor(SdlMode.WINDOW, size, settings.lobby.name)
        case config.ScreenBoard():
            from appliance.drivers.sdl_monitor import SdlMode
            from appliance.drivers.sdl_touch import SdlTouchMonitor

            return SdlTouchMonitor(SdlMode.SCREEN)
    assert_never(chosen)


@contextmanager
def aim_screen(settings: config.Settings) -> Iterator[Screen]:
    """Open the screen for whoever mounts the camera."""
    from appliance.display.aiming import AimPainter
    from appliance.display.fonts import find_fonts
    from appliance.display.text import Typesetter
    from appliance.tools.aiming import Screen

    with monitor(settings) as opened:
        yield Screen(opened, AimPainter(opened.size, Typesetter(find_fonts())))


def machine(device: config.Device) -> Machine:
    """Build what tells how this machine is."""
    from appliance.drivers.vitals import LinuxMachine

    return LinuxMachine(device.state_dir)


def clock(chosen: config.Clock) -> Clock:
    """Build the clock."""
    from appliance.drivers.clock import MistakenClock, SimulatedClock, SystemClock

    match chosen:
        case config.SystemClock():
            return SystemClock()
        case config.SimulatedClock():
            return SimulatedClock(chosen.start, chosen.origin_s, chosen.speed)
        case config.MistakenClock():
            right = SimulatedClock(chosen.start, chosen.origin_s, chosen.speed)
            return MistakenClock(right, chosen.believed, chosen.known_by)
    assert_never(chosen)
