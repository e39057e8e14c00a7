"""What is attached, tried with a person's help: printer, camera, buttons, ring of light, screen."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING, Final

from appliance import config, paper
from appliance.bus.beats import Life
from appliance.doctor.findings import Part
from appliance.drivers.buttons import HELP
from appliance.drivers.camera import CameraGone
from appliance.drivers.lamps import Light
from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.doctor.findings import Finding
    from appliance.drivers.camera import Camera, Frame
    from appliance.drivers.printer import Printer

PRINTER, CAMERA, BUTTONS = Part("printer"), Part("camera"), Part("buttons")
LAMPS, SOUND, SCREEN = Part("lamps"), Part("sound"), Part("screen")
FRAMES: Final = 5
FRAMES_WITHIN_S: Final = 10.0
"""A camera takes seconds to start."""
DARK: Final = 16
"""Of 255: a lens cap, or a hall at night."""
NOBODY_LOOKED: Final = "Nobody was there to look."
LIGHTS: Final = (
    (Light.WELCOME, "shine green, without blinking"),
    (Light.LOOK, "shine blue, brighter and darker"),
    (Light.ASK, "blink in amber"),
)
WIRING: Final = "Check its plug, its cable, and the pin in the configuration."


def _held(part: Part, process: str, why: str) -> Finding:
    """Say that a thing is in use by a process of ours."""
    return part.not_tried(why, f"systemctl stop lobby-{process}, try again, then start it again.")


def printer(bench: Bench) -> Iterator[Finding]:
    """Ask the printer how it is, and have it print if that is wanted."""
    if isinstance(bench.settings.printer, config.NoPrinter):
        return
    if bench.beside.runs("desk"):
        health = bench.beside.health
        if health is None or health.printer is None:
            yield _held(PRINTER, "desk", "The desk has it, and does not say how it is.")
            return
        yield _status(PrinterStatus(health.printer))
        if bench.slip:
            yield _held(PRINTER, "desk", "The test slip: the desk prints, and nobody beside it.")
        return
    try:
        ours = bench.tools.printer()
    except LobbyError as error:
        yield PRINTER.wrong(str(error))
        return
    if ours is None:
        return
    status = ours.status()
    yield _status(status)
    if bench.slip and status.prints:
        yield from _slip(bench, ours)
    elif bench.person.present or bench.slip:
        yield PRINTER.not_tried("Printing.", "lobby doctor printer --test-slip")


def _status(status: PrinterStatus) -> Finding:
    sentence = str(PrinterError(status, printed=False))
    if status is PrinterStatus.READY:
        return PRINTER.fine(sentence)
    what, _, do = sentence.partition(": ")
    return PRINTER.wrong(f"{what}.", f"{do[:1].upper()}{do[1:]}")


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
        yield PRINTER.wrong(f"The test slip did not come out: {error}")
        return
    looked = bench.person.says("Did a slip come out, with TEST, ÄÖÜ and a QR code, and cut off?")
    if looked is None:
        yield PRINTER.fine(f"It says that the test slip is out. {NOBODY_LOOKED}")
    elif looked:
        yield PRINTER.fine("The test slip came out.")
    else:
        do = "Is printer.profile its model, printer.columns the width of its paper, the roll right?"
        yield PRINTER.wrong("It says that the test slip is out, and it is not as it should be.", do)


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
                yield CAMERA.wrong(f"The scanner says: {being.detail}.", log)
            else:
                yield CAMERA.fine("The scanner gets pictures from it.")
        yield _held(CAMERA, "scanner", "Reading a code: the scanner has the camera.")
        return
    try:
        with bench.tools.camera() as ours:
            yield from _pictures(ours)
            yield from _code(bench, ours)
    except (CameraGone, LobbyError) as error:
        yield CAMERA.wrong(f"There are no pictures: {error}.")


def _pictures(ours: Camera) -> Iterator[Finding]:
    until_s = time.monotonic() + FRAMES_WITHIN_S
    seen: list[Frame] = []
    while len(seen) < FRAMES and time.monotonic() < until_s:
        frame = ours.frame()
        if frame is not None:
            seen.append(frame)
    if len(seen) < FRAMES:
        what = f"{len(seen)} pictures came in {FRAMES_WITHIN_S:.0f} s."
        yield CAMERA.wrong(what, "Check its cable at both ends, then: rpicam-hello --list-cameras")
        return
    height, width = seen[-1].luma.shape
    brightness = float(seen[-1].luma.mean())
    if brightness < DARK:
        yield CAMERA.wrong("The pictures are black.", "Take the cap off the lens; is there light?")
    else:
        yield CAMERA.fine(f"Pictures come, {width} × {height}, brightness {brightness:.0f} of 255.")


def _code(bench: Bench, ours: Camera) -> Iterator[Finding]:
    if not bench.person.present:
        yield CAMERA.not_tried(f"Reading a code. {NOBODY_LOOKED}")
        return
    decoder = bench.tools.decoder()
    bench.person.asks_for("Hold up a QR code before the camera, such as one of a slip.")
    until_s = time.monotonic() + bench.wait_s
    while time.monotonic() < until_s:
        frame = ours.frame()
        # What it says is nobody's business here: it may be somebody's customer card.
        if frame is not None and decoder.look(frame.luma).texts:
            yield CAMERA.fine("A code was read.")
            return
    do = "15 cm away, flat, a bright screen? Is the lens clean, camera.focus_cm right?"
    yield CAMERA.wrong(f"No code was read in {bench.wait_s:.0f} s.", do)


def buttons(bench: Bench) -> Iterator[Finding]:
    """Have each button pressed."""
    chosen = bench.settings.buttons
    if isinstance(chosen, config.NoButtons):
        return
    if bench.beside.runs("desk"):
        yield _held(BUTTONS, "desk", "The desk has the buttons.")
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
            yield BUTTONS.not_tried(f"They can be read; no press was tried. {NOBODY_LOOKED}")
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
    bench.person.asks_for(f"Press the button “{name}” ({code}) now.")
    try:
        pressed = came.get(timeout=bench.wait_s)
    except queue.Empty:
        return BUTTONS.wrong(f"No press of {code} came in {bench.wait_s:.0f} s.", WIRING)
    if pressed != code:
        what = f"Instead of {code} the button of {pressed} was pressed, or the two are exchanged."
        return BUTTONS.wrong(
            what, "Press again with: lobby doctor buttons; else exchange the pins."
        )
    return BUTTONS.fine(f"{code} works.")


def lamps(bench: Bench) -> Iterator[Finding]:
    """Have somebody look at the ring of light."""
    if isinstance(bench.settings.lamps, config.NoLamps):
        return
    if bench.beside.runs("desk"):
        yield _held(LAMPS, "desk", "The desk has the ring of light.")
        return
    ours = bench.tools.lamps()
    try:
        ours.open()
        for light, does in LIGHTS:
            ours.show(light)
            seen = bench.person.says(f"Does the ring around the camera {does}?")
            if seen is None:
                yield LAMPS.not_tried(f"Whether it can {does}. {NOBODY_LOOKED}")
            elif seen:
                yield LAMPS.fine(f"It can {does}.")
            else:
                yield LAMPS.wrong(
                    f"It does not {does}.", f"{WIRING} Are red, green, blue in order?"
                )
    except LobbyError as error:
        yield LAMPS.wrong(str(error))
    finally:
        ours.close()


def sound(bench: Bench) -> Iterator[Finding]:
    """Have somebody listen to a call."""
    if isinstance(bench.settings.sound, config.NoSound):
        return
    if bench.beside.runs("board"):
        yield _held(SOUND, "board", "The board has the loudspeaker.")
        return
    if not bench.person.present:
        yield SOUND.not_tried("Nothing was played: nobody was there to listen.")
        return
    try:
        bench.tools.speak()
    except LobbyError as error:
        yield SOUND.wrong(str(error))
        return
    heard = bench.person.says("Was that a gong and a number, to be understood at the last seat?")
    if heard is None:
        yield SOUND.not_tried("A call was played; nobody said whether it was heard.")
    elif heard:
        yield SOUND.fine("A call is heard.")
    else:
        do = "The plug, the amplifier's switch, sound.volume_percent; which device: aplay -L"
        yield SOUND.wrong("A call is not heard as it should be.", do)


def screen(bench: Bench) -> Iterator[Finding]:
    """Have somebody look at the board, which only its own process can draw."""
    if config.Role.BOARD not in bench.settings.device.roles:
        return
    if not bench.beside.runs("board"):
        what = "The board does not run: nothing is drawn."
        yield SCREEN.not_tried(what, "systemctl start lobby-board, then try again.")
        return
    seen = bench.person.says("Does the screen show the board, sharp, and to all four edges?")
    if seen is None:
        yield SCREEN.not_tried(f"The board runs. {NOBODY_LOOKED}")
    elif seen:
        yield SCREEN.fine("It shows the board.")
    else:
        do = "journalctl -b -u lobby-board; is the cable in the port nearest to the power plug?"
        yield SCREEN.wrong("It does not show the board as it should.", do)
