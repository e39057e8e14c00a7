"""What is attached, tried with a person's help: printer, camera, buttons, ring of light, screen."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Final

from appliance import config, paper
from appliance.bus.beats import Life
from appliance.drivers.buttons import HELP
from appliance.drivers.camera import CameraGone
from appliance.drivers.lamps import Light
from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.errors import LobbyError
from appliance.findings import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.drivers.camera import Camera, Frame
    from appliance.drivers.printer import Printer
    from appliance.findings import Finding

PRINTER, CAMERA, BUTTONS = Part("printer"), Part("camera"), Part("buttons")
LAMPS, SOUND, SCREEN = Part("lamps"), Part("sound"), Part("screen")
FRAMES: Final = 5
FRAMES_WITHIN_S: Final = 10.0
"""A camera takes seconds to start."""
DARK: Final = 16
"""Of 255: a lens cap, or a hall at night."""
LIGHTS: Final = (Light.WELCOME, Light.LOOK, Light.ASK)


def _held(bench: Bench, part: Part, process: str, why: str) -> Finding:
    """Say that a thing is in use by a process of ours."""
    return part.not_tried(bench.say(why, process=process), bench.say("held_do", process=process))


def _unseen(bench: Bench, key: str, **facts: object) -> str:
    """Say what is not known, as nobody was there to see it."""
    return f"{bench.say(key, **facts)} {bench.say('nobody_looked')}"


def printer(bench: Bench) -> Iterator[Finding]:
    """Ask the printer how it is, and have it print if that is wanted."""
    if isinstance(bench.settings.printer, config.NoPrinter):
        return
    try:
        ours = bench.tools.printer()
    except LobbyError as error:
        yield PRINTER.wrong(str(error))
        return
    if ours is None:
        return
    status = ours.status()
    yield _status(bench, status)
    if bench.slip and status.prints:
        yield from _slip(bench, ours)
    elif bench.person.present or bench.slip:
        yield PRINTER.not_tried(bench.say("printing"), "lobby doctor printer --test-slip")


def _status(bench: Bench, status: PrinterStatus) -> Finding:
    if status is PrinterStatus.READY:
        return PRINTER.fine(bench.say("printer_ready"))
    # As staff are told it: what is wrong, and in the next sentence what to do.
    what, _, do = bench.texts(f"alarm.printer_{status.value}").partition(". ")
    return PRINTER.wrong(f"{what}.", do)


def _slip(bench: Bench, ours: Printer) -> Iterator[Finding]:
    centre = paper.Align.CENTER
    now = bench.tools.clock.now().astimezone(bench.settings.site.timezone)
    slip: paper.Slip = (
        paper.Text("TEST", 4, bold=True, align=centre),
        paper.Text(bench.settings.device.id, align=centre),
        paper.Text(f"{now:%d.%m.%Y, %H:%M}", align=centre),
        paper.Rule(),
        paper.Text("ÄÖÜ äöü ß €", align=centre),
        paper.Qr("LOBBY-DOCTOR"),
        paper.Feed(2),
        paper.Cut(),
    )
    try:
        ours.print_slip(slip)
    except (PrinterError, LobbyError) as error:
        yield PRINTER.wrong(bench.say("slip_failed", error=error))
        return
    looked = bench.person.says(bench.say("slip_question"))
    if looked is None:
        yield PRINTER.fine(_unseen(bench, "slip_said"))
    elif looked:
        yield PRINTER.fine(bench.say("slip_out"))
    else:
        yield PRINTER.wrong(bench.say("slip_bad"), bench.say("slip_bad_do"))


def camera(bench: Bench) -> Iterator[Finding]:
    """See whether pictures come, and whether a code is read in them."""
    if isinstance(bench.settings.camera, config.NoCamera):
        return
    if bench.beside.runs("scanner"):
        being = bench.beside.being("scanner")
        if being is not None and being.life is Life.UP:
            # It says so itself when no frames come.
            if being.detail:
                log = "journalctl -b -u lobby-scanner"
                yield CAMERA.wrong(bench.say("scanner_says", detail=being.detail), log)
            else:
                yield CAMERA.fine(bench.say("scanner_sees"))
        yield _held(bench, CAMERA, "scanner", "camera_held")
        return
    try:
        with bench.tools.camera() as ours:
            yield from _pictures(bench, ours)
            yield from _code(bench, ours)
    except (CameraGone, LobbyError) as error:
        yield CAMERA.wrong(bench.say("no_pictures", error=error))


def _pictures(bench: Bench, ours: Camera) -> Iterator[Finding]:
    until_s = time.monotonic() + FRAMES_WITHIN_S
    seen: list[Frame] = []
    while len(seen) < FRAMES and time.monotonic() < until_s:
        frame = ours.frame()
        if frame is not None:
            seen.append(frame)
    if len(seen) < FRAMES:
        what = bench.say("few_pictures", count=len(seen), seconds=round(FRAMES_WITHIN_S))
        yield CAMERA.wrong(what, bench.say("few_pictures_do"))
        return
    height, width = seen[-1].luma.shape
    brightness = float(seen[-1].luma.mean())
    if brightness < DARK:
        yield CAMERA.wrong(bench.say("black"), bench.say("black_do"))
    else:
        size = {"width": width, "height": height, "brightness": round(brightness)}
        yield CAMERA.fine(bench.say("pictures", **size))


def _code(bench: Bench, ours: Camera) -> Iterator[Finding]:
    if not bench.person.present:
        yield CAMERA.not_tried(_unseen(bench, "reading"))
        return
    decoder = bench.tools.decoder()
    bench.person.asks_for(bench.say("hold_up"))
    until_s = time.monotonic() + bench.wait_s
    while time.monotonic() < until_s:
        frame = ours.frame()
        # What it says is nobody's business here: it may be somebody's customer card.
        if frame is not None and decoder.look(frame.luma).texts:
            yield CAMERA.fine(bench.say("code_read"))
            return
    yield CAMERA.wrong(bench.say("no_code", seconds=round(bench.wait_s)), bench.say("no_code_do"))


def buttons(bench: Bench) -> Iterator[Finding]:
    """Have each button pressed."""
    chosen = bench.settings.buttons
    if isinstance(chosen, config.NoButtons):
        return
    if bench.beside.runs("desk"):
        yield _held(bench, BUTTONS, "desk", "buttons_held")
        return
    came: queue.SimpleQueue[str] = queue.SimpleQueue()
    ours = bench.tools.buttons()
    try:
        ours.open(came.put)
    except LobbyError as error:
        yield BUTTONS.wrong(str(error))
        return
    try:
        if not bench.person.present:
            yield BUTTONS.not_tried(_unseen(bench, "no_press_tried"))
            return
        for code, name in _panel(bench):
            yield _pressed(bench, came, code, name)
    finally:
        ours.close()


def _panel(bench: Bench) -> Iterator[tuple[str, str]]:
    """Give the service and the words of each button that there is."""
    chosen, language = bench.settings.buttons, bench.settings.site.language
    match chosen:
        case config.GpioButtons():
            wired = {each.service for each in chosen.buttons}
        case _:
            wired = {each.code for each in bench.settings.services}
    for service in bench.settings.services:
        if service.code in wired:
            yield service.code, service.text[language]
    if isinstance(chosen, config.GpioButtons) and chosen.help is not None:
        yield HELP, HELP


def _pressed(bench: Bench, came: queue.SimpleQueue[str], code: str, name: str) -> Finding:
    while not came.empty():
        came.get()
    bench.person.asks_for(bench.say("press", name=name, code=code))
    try:
        pressed = came.get(timeout=bench.wait_s)
    except queue.Empty:
        what = bench.say("no_press", code=code, seconds=round(bench.wait_s))
        return BUTTONS.wrong(what, bench.say("wiring_do"))
    if pressed != code:
        what = bench.say("exchanged", code=code, pressed=pressed)
        return BUTTONS.wrong(what, bench.say("exchanged_do"))
    return BUTTONS.fine(bench.say("button_works", code=code))


def lamps(bench: Bench) -> Iterator[Finding]:
    """Have somebody look at the ring of light."""
    if isinstance(bench.settings.lamps, config.NoLamps):
        return
    if bench.beside.runs("desk"):
        yield _held(bench, LAMPS, "desk", "lamps_held")
        return
    ours = bench.tools.lamps()
    try:
        ours.open()
        for light in LIGHTS:
            ours.show(light)
            does = bench.say(f"light_{light.name.lower()}")
            seen = bench.person.says(bench.say("light_question", does=does))
            if seen is None:
                yield LAMPS.not_tried(_unseen(bench, "light_unseen", does=does))
            elif seen:
                yield LAMPS.fine(bench.say("light_right", does=does))
            else:
                do = f"{bench.say('wiring_do')} {bench.say('light_wrong_do')}"
                yield LAMPS.wrong(bench.say("light_wrong", does=does), do)
    except LobbyError as error:
        yield LAMPS.wrong(str(error))
    finally:
        ours.close()


def sound(bench: Bench) -> Iterator[Finding]:
    """Have somebody listen to a call."""
    if isinstance(bench.settings.sound, config.NoSound):
        return
    process = _drawing(bench)
    if process is not None and bench.beside.runs(process):
        yield _held(bench, SOUND, process, "sound_held")
        return
    if not bench.person.present:
        yield SOUND.not_tried(bench.say("nobody_listens"))
        return
    try:
        bench.tools.speak()
    except LobbyError as error:
        yield SOUND.wrong(str(error))
        return
    heard = bench.person.says(bench.say("sound_question"))
    if heard is None:
        yield SOUND.not_tried(bench.say("sound_unheard"))
    elif heard:
        yield SOUND.fine(bench.say("sound_right"))
    else:
        yield SOUND.wrong(bench.say("sound_wrong"), bench.say("sound_wrong_do"))


def screen(bench: Bench) -> Iterator[Finding]:
    """Have somebody look at the screen, on which only its own process can draw."""
    process = _drawing(bench)
    if process is None:
        return
    if not bench.beside.runs(process):
        do = bench.say("no_screen_do", process=process)
        yield SCREEN.not_tried(bench.say("no_screen", process=process), do)
        return
    seen = bench.person.says(bench.say("screen_question"))
    if seen is None:
        yield SCREEN.not_tried(_unseen(bench, "screen_runs", process=process))
    elif seen:
        yield SCREEN.fine(bench.say("screen_right"))
    else:
        yield SCREEN.wrong(bench.say("screen_wrong"), bench.say("screen_wrong_do", process=process))


def _drawing(bench: Bench) -> str | None:
    """Give the process that has the screen and the loudspeaker; None: there is none here."""
    roles = bench.settings.device.roles
    drawing = (config.Role.BOARD, config.Role.KIOSK)
    return next((role.value for role in drawing if role in roles), None)
