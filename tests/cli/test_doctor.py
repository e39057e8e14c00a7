"""`lobby doctor`: parts that work and parts that do not, with a helper, and with nobody."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from gpiozero import Device as Gpio
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance import config
from appliance.bus.beats import Life
from appliance.cli import main
from appliance.doctor import examining
from appliance.doctor.attached import LIGHTS
from appliance.doctor.examining import PARTS, examine, tell
from appliance.doctor.limits import limits
from appliance.doctor.person import AtTerminal, Nobody
from appliance.drivers.vitals import LinuxMachine
from appliance.findings import Finding, State
from appliance.strings import languages, texts
from appliance.wiring.bench import bench
from central.bookings import qr
from demo.emulator import PrinterEmulator
from tests.journal.entrance import CLOCK, NINE, Issuer
from tests.support.device import Device, device
from tests.support.pi import Pi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appliance.doctor.bench import Bench
    from appliance.doctor.person import Person
    from tests.support.broker import Mosquitto

FINE, WRONG, NOT_TRIED = State.FINE, State.WRONG, State.NOT_TRIED
QUICK_S: Final = 0.3
PATIENT_S: Final = 20.0
RING: Final = '\n[lamps]\nkind = "gpio"\nred = 5\ngreen = 6\nblue = 13\n'


class Helper:
    """Somebody who does what they are asked to, and says what the test wants.

    Args:
        does: Called with what is asked for.
        answer: Given to every question.
    """

    present = True

    def __init__(
        self, does: Callable[[str], object] = lambda _: None, *, answer: bool | None = True
    ) -> None:
        self._does = does
        self._answer = answer
        self.heard: list[str] = []

    def asks_for(self, deed: str) -> None:
        self.heard.append(deed)
        self._does(deed)

    def says(self, question: str) -> bool | None:
        self.heard.append(question)
        return self._answer


class Practice:
    """A device, and who examines it."""

    language = "en"

    def __init__(
        self, made: Device, printer: PrinterEmulator, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.device = made
        self.printer = printer
        self._capsys = capsys
        made.edit("port = 9", f"port = {printer.port}")
        made.edit("timeout_s = 0.5", "timeout_s = 5.0")
        self.add(CLOCK.format(start=NINE.isoformat(), origin=repr(time.time())))

    def add(self, text: str) -> None:
        with self.device.config.open("a", encoding="utf-8") as file:
            file.write(text)

    def bench(self, person: Person, wait_s: float = PATIENT_S, *, slip: bool = False) -> Bench:
        settings = config.load(self.device.config, languages=languages())
        return bench(settings, person=person, wait_s=wait_s, slip=slip, language=self.language)

    def finds(self, part: str, person: Person | None = None, **more: Any) -> list[Finding]:  # noqa: ANN401  (as `bench` takes them)
        return list(examine(self.bench(person or Nobody(), **more), [part]))

    def states(self, part: str, person: Person | None = None, **more: Any) -> list[State]:  # noqa: ANN401  (the same)
        return [finding.state for finding in self.finds(part, person, **more)]

    def say(self, *words: str) -> tuple[int, str, str]:
        """Type `lobby doctor …`; give the exit code, what it told, and what it said is wrong."""
        self._capsys.readouterr()
        where = ("--config", str(self.device.config), "--language", self.language)
        code = main(["doctor", *words, *where])
        return (code, *self._capsys.readouterr())

    def hold_up(self, text: str) -> None:
        """Hold a QR before the camera."""
        picture = self.device.folder / "camera" / "code.png"
        hidden = picture.with_suffix(".tmp")
        hidden.write_bytes(qr.png(text))
        hidden.rename(picture)


@pytest.fixture
def practice(capsys: pytest.CaptureFixture[str]) -> Iterator[Practice]:
    with PrinterEmulator(strict=False) as printer, device() as made:
        yield Practice(made, printer, capsys)


@pytest.fixture
def pins() -> Iterator[None]:
    Gpio.pin_factory = MockFactory(pin_class=MockPWMPin)
    yield
    Gpio.pin_factory.reset()
    Gpio.pin_factory.close()
    Gpio.pin_factory = None


# The command.


def test_a_slip_is_printed_and_nobody_looked(practice: Practice) -> None:
    code, told, _ = practice.say("printer", "--test-slip", "--yes")
    slip = practice.printer.wait_for_slip(1, PATIENT_S)
    assert "TEST" in slip.text
    assert "sued.eingang-1" in slip.text
    assert "ÄÖÜ" in slip.text
    assert (code, told.count("fine")) == (0, 3)
    assert "Nobody was there to look" in told


def test_what_is_wrong_is_told_with_what_to_do_and_ends_with_1(practice: Practice) -> None:
    practice.printer.paper.run_out()
    code, told, _ = practice.say("printer", "--test-slip", "--yes")
    assert code == 1
    assert "WRONG" in told
    assert "→ Please load a new roll" in told
    assert practice.printer.slips == []


def test_machines_get_one_line(practice: Practice) -> None:
    practice.printer.cover.open()
    code, told, _ = practice.say("printer", "--json")
    (finding,) = json.loads(told)["findings"]
    assert code == 1
    assert json.loads(told)["ok"] is False
    assert (finding["part"], finding["state"]) == ("printer", "wrong")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nose"], "no part 'nose'; there are packages, machine"),
        (["camera", "--test-slip"], "--test-slip is for the part printer"),
    ],
)
def test_wrong_use_ends_with_2(practice: Practice, words: list[str], said: str) -> None:
    code, told, wrong = practice.say(*words)
    assert (code, told) == (2, "")
    assert said in wrong


def test_wrong_configuration_ends_with_2(practice: Practice) -> None:
    practice.device.edit("minutes = 5", "minutes = 0")
    code, told, wrong = practice.say("--yes")
    assert (code, told) == (2, "")
    assert "service[1].minutes" in wrong


def test_every_part_is_looked_at_and_none_that_needs_somebody_is_said_to_be_fine(
    practice: Practice,
) -> None:
    found = list(examine(practice.bench(Nobody())))
    assert {finding.part for finding in found} <= PARTS.keys()
    looked_at = {finding.part for finding in found}
    assert {"packages", "machine", "clock", "codes", "bus", "printer", "camera"} <= looked_at
    for part in ("buttons", "screen"):
        assert {finding.state for finding in found if finding.part == part} == {NOT_TRIED}


def test_a_part_that_cannot_be_looked_at_costs_no_other(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Bench) -> Iterator[Finding]:
        raise ZeroDivisionError("oh")
        yield

    monkeypatch.setattr(examining, "PARTS", {"clock": broken, "printer": PARTS["printer"]})
    clock, printer = examine(practice.bench(Nobody()))
    assert clock.state is WRONG
    assert "ZeroDivisionError" in clock.what
    assert printer.state is FINE


def test_what_a_device_does_not_have_is_not_tried(practice: Practice) -> None:
    (finding,) = practice.finds("lamps")
    assert (finding.state, finding.what) == (
        NOT_TRIED,
        "This device has none, by its configuration.",
    )


def test_all_fine_ends_with_0_and_is_summed_up() -> None:
    out = io.StringIO()
    found = [Finding("clock", FINE, "It goes."), Finding("lamps", NOT_TRIED, "Dark.", "Look.")]
    assert tell(iter(found), out, texts("en")) == 0
    assert out.getvalue().splitlines() == [
        "clock     fine        It goes.",
        "lamps     not tried   Dark.",
        "                      → Look.",
        "1 fine, 0 wrong, 1 not tried.",
    ]


def test_somebody_at_a_terminal_is_asked_until_the_answer_is_one() -> None:
    typed = iter(["maybe\n", "Ja\n", "n\n", "\n", ""])
    out = io.StringIO()
    person = AtTerminal(out, lambda: next(typed), "y/n, Enter: skip")
    assert [person.says("Well?") for _ in range(4)] == [True, False, None, None]
    assert out.getvalue().count("? Well? [y/n, Enter: skip]") == 5


@pytest.mark.parametrize(
    ("language", "says"), [("de", "Der Drucker hat kein Papier."), ("en", "is out of paper.")]
)
def test_it_is_told_in_the_language_that_is_asked_for(
    practice: Practice, language: str, says: str
) -> None:
    practice.printer.paper.run_out()
    practice.language = language
    code, told, _ = practice.say("printer", "--yes")
    assert code == 1
    assert says in told


def test_without_a_wish_it_is_told_in_the_language_of_the_site(
    practice: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "lamps", "--config", str(practice.device.config)]) == 0
    assert "nicht geprüft   Dieses Gerät hat das" in capsys.readouterr().out


def test_a_language_that_there_is_not_is_wrong_use(practice: Practice) -> None:
    practice.language = "fy"
    code, told, wrong = practice.say("lamps")
    assert (code, told) == (2, "")
    assert "'fy'" in wrong


def test_every_sentence_of_the_doctor_is_said_and_every_one_said_is_there() -> None:
    sources = [path.read_text("utf-8") for path in Path(examining.__file__).parent.glob("*.py")]
    said = set(re.findall(r"""(?:say|_unseen)\((?:bench, )?["']([a-z_]+)["']""", "".join(sources)))
    said |= set(re.findall(r'_held\(bench, [A-Z]+, [a-z"]+, "([a-z_]+)"', "".join(sources)))
    said |= {f"state_{state.value}" for state in State} | {"summed_up", "how"}
    said |= {f"light_{light.name.lower()}" for light in LIGHTS}
    said |= {f"life_{life.value}" for life in Life} | {"life_unknown"}
    said |= {f"need_{word}" for word in re.findall(r'Need\("([a-z0-9_]+)"', "".join(sources))}
    there = {key.partition(".")[2] for key in texts("de", "doctor").entries}
    assert said == there


# Parts, with somebody who helps.


def test_a_slip_that_does_not_look_right_is_wrong_whatever_the_printer_says(
    practice: Practice,
) -> None:
    assert practice.states("printer", Helper(), slip=True) == [FINE, FINE]
    assert practice.states("printer", Helper(answer=False), slip=True) == [FINE, WRONG]
    assert practice.states("printer", Helper(answer=None), slip=True) == [FINE, FINE]


def test_without_a_test_slip_printing_is_not_said_to_work(practice: Practice) -> None:
    assert practice.states("printer", Helper()) == [FINE, NOT_TRIED]


def test_a_code_that_is_held_up_is_read_and_not_told(practice: Practice) -> None:
    helper = Helper(lambda _: practice.hold_up("HTTPS://SECRET.EXAMPLE/CUSTOMER/4711"))
    found = practice.finds("camera", helper)
    assert [finding.state for finding in found] == [FINE, FINE], found
    assert "4711" not in str(found)


def test_no_code_in_time_is_wrong(practice: Practice) -> None:
    assert practice.states("camera", Helper(), wait_s=QUICK_S) == [FINE, WRONG]


def test_a_camera_that_is_not_there_is_wrong(practice: Practice) -> None:
    (practice.device.folder / "camera").rmdir()
    assert practice.states("camera") == [WRONG]


def test_a_button_that_is_pressed_works(practice: Practice) -> None:
    helper = Helper(lambda _: practice.device.press())
    assert practice.states("buttons", helper) == [FINE]
    assert "Unterlagen abgeben" in helper.heard[0]


def test_a_button_that_says_nothing_is_wrong(practice: Practice) -> None:
    (finding,) = practice.finds("buttons", Helper(), wait_s=QUICK_S)
    assert finding.state is WRONG
    assert "cable" in finding.do


@pytest.mark.usefixtures("pins")
def test_buttons_that_are_exchanged_are_found(practice: Practice) -> None:
    practice.device.edit(
        'code = "A1"\nletter = "A"\nminutes = 5\ntext = { de = "Unterlagen abgeben" }',
        'code = "A1"\nletter = "A"\nminutes = 5\ntext = { de = "Eins" }\n\n'
        '[[service]]\ncode = "B1"\nletter = "B"\nminutes = 5\ntext = { de = "Zwei" }',
    )
    practice.device.edit('services = ["A1"]', 'services = ["A1", "B1"]')
    pipe = f'kind = "pipe"\npipe = "{practice.device.folder}/buttons"'
    practice.device.edit(pipe, 'kind = "gpio"')
    practice.add('\n[[button]]\nservice = "A1"\npin = 17\n[[button]]\nservice = "B1"\npin = 27\n')

    def exchange(deed: str) -> None:
        pin = Gpio.pin_factory.pin(27 if "Eins" in deed else 17)
        pin.drive_low()

    found = practice.finds("buttons", Helper(exchange))
    assert [finding.state for finding in found] == [WRONG, WRONG]
    assert "exchange" in found[0].do


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize(("answer", "state"), [(True, FINE), (False, WRONG), (None, NOT_TRIED)])
def test_the_ring_of_light_is_as_somebody_says(
    practice: Practice,
    answer: bool | None,  # noqa: FBT001  (pytest gives it so)
    state: State,
) -> None:
    practice.add(RING)
    helper = Helper(answer=answer)
    assert practice.states("lamps", helper) == [state] * 3
    assert "green" in helper.heard[0]


def test_a_call_is_heard_or_not_as_somebody_says(practice: Practice, tmp_path: Path) -> None:
    folder, clips = tmp_path / "heard", tmp_path / "clips"
    practice.add(f'\n[sound]\nkind = "folder"\nfolder = "{folder}"\nclips = "{clips}"\n')
    assert practice.states("sound") == [NOT_TRIED]
    # Nothing was rendered, and so nothing can be heard.
    (finding,) = practice.finds("sound", Helper())
    assert finding.state is WRONG
    assert "lobby sound render" in finding.what
    made = practice.bench(Helper(answer=False))
    heard: list[str] = []
    made = made._replace(tools=made.tools._replace(speak=lambda: heard.append("A001")))
    (finding,) = examine(made, ["sound"])
    assert (finding.state, heard) == (WRONG, ["A001"])


# Parts that need nobody.


@pytest.mark.parametrize(
    ("befalls", "says"),
    [
        (lambda pi: pi.heats_to(83), "83 °C"),
        (lambda pi: pi.supply_is(weak=True), "supply is too weak"),
        (lambda pi: pi.card_has_met(2), "has met errors"),
        (lambda pi: pi.memory_left(0.03), "memory are free"),
    ],
)
def test_a_machine_that_is_not_well_is_told(
    practice: Practice, tmp_path: Path, befalls: Callable[[Pi], None], says: str
) -> None:
    state_dir = practice.device.folder / "state"
    pi = Pi(tmp_path / "root", state_dir)
    made = practice.bench(Nobody())
    ours = LinuxMachine(state_dir, pi.root)
    made = made._replace(tools=made.tools._replace(machine=ours))
    assert {finding.state for finding in examine(made, ["machine"])} == {FINE}
    befalls(pi)
    (wrong,) = [each for each in examine(made, ["machine"]) if each.state is WRONG]
    assert says in wrong.what
    assert wrong.do


@pytest.mark.parametrize(
    ("controllers", "told", "will_be_told", "state", "says"),
    [
        ("cpu memory pids", "", "", FINE, "starts anew"),
        ("cpu pids", "quiet", "quiet cgroup_enable=memory", NOT_TRIED, "from the next start"),
        ("cpu pids", "quiet", "quiet", WRONG, "passes over the limits"),
        # What stands there does not help, as something after it turns it off again.
        ("cpu", "cgroup_enable=memory x", "cgroup_enable=memory x", WRONG, "passes over"),
    ],
    ids=["count", "restart owed", "off", "turned off again"],
)
def test_limits_of_memory_that_the_kernel_passes_over_are_told(
    practice: Practice,
    tmp_path: Path,
    controllers: str,
    told: str,
    will_be_told: str,
    state: State,
    says: str,
) -> None:
    root = tmp_path / "root"
    for name, text in {
        "sys/fs/cgroup/cgroup.controllers": controllers,
        "proc/cmdline": told,
        "boot/firmware/cmdline.txt": will_be_told,
        "etc/systemd/system/lobby-desk.service": "[Service]\nMemoryMax=280M",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{text}\n", "utf-8")
    made = practice.bench(Nobody())
    made = made._replace(tools=made.tools._replace(limits=lambda: limits(root)))
    (found,) = [each for each in examine(made, ["machine"]) if says in each.what]
    assert found.state is state
    assert (found.do == "") is (state is FINE)
    # In a container the kernel is somebody else's; without a limit there is nothing to say.
    (root / "run/systemd").mkdir(parents=True)
    (root / "run/systemd/container").touch()
    assert limits(root) is None
    (root / "run/systemd/container").unlink()
    (root / "etc/systemd/system/lobby-desk.service").write_text("[Service]\n", "utf-8")
    assert limits(root) is None


def test_a_clock_that_does_not_know_the_time_is_told(practice: Practice) -> None:
    assert practice.states("clock") == [FINE]
    known = practice.device.folder / "known"
    practice.device.edit('kind = "simulated"', 'kind = "mistaken"')
    practice.add(f'believed = 2026-03-01T17:55:00+01:00\nknown_by = "{known}"\n')
    (finding,) = practice.finds("clock")
    assert finding.state is WRONG
    assert "01.03.2026, 17:55" in finding.what


def test_keys_that_are_missing_old_or_of_another_site_are_told(
    practice: Practice, tmp_path: Path
) -> None:
    assert practice.states("codes") == [WRONG]
    keys = tmp_path / "keys"
    Issuer.new(keys)
    for name in ("trust.cose", "root.pub"):
        practice.device.edit(f"{practice.device.folder}/{name}", str(keys / name))
    assert practice.states("codes") == [FINE]
    later = (NINE + timedelta(days=46)).isoformat()
    practice.device.edit(f"start = {NINE.isoformat()}", f"start = {later}")
    (finding,) = practice.finds("codes")
    assert (finding.state, "No key" in finding.what) == (WRONG, True)


def test_a_journal_that_is_none_is_told(practice: Practice) -> None:
    assert practice.states("journal") == [NOT_TRIED]
    (practice.device.folder / "state" / "journal.sqlite").write_bytes(b"no journal at all" * 99)
    assert practice.states("journal") == [WRONG]


def test_a_missing_package_is_told_by_debians_name(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert practice.states("packages") == [FINE]
    folder = f'kind = "folder"\nfolder = "{practice.device.folder}/camera"'
    practice.device.edit(folder, 'kind = "picamera2"')
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "picamera2" else 1
    )
    (finding,) = practice.finds("packages")
    assert finding.state is WRONG
    assert "apt install --no-install-recommends python3-picamera2" in finding.do


def test_no_bus_is_told_in_one_sentence(practice: Practice) -> None:
    password = practice.device.folder / "passwords" / "staff.console"
    password.touch(mode=0o640)
    password.write_text("secret")
    (finding,) = practice.finds("bus")
    assert finding.state is WRONG
    assert "no bus answers" in finding.what


def test_an_uplink_that_nobody_answers_is_told(practice: Practice, mosquitto: Mosquitto) -> None:
    practice.add('\n[uplink]\nbroker = "mqtt://127.0.0.1:9"\n')
    assert practice.states("uplink") == [WRONG, NOT_TRIED]
    practice.device.edit("127.0.0.1:9", f"127.0.0.1:{mosquitto.port}")
    assert practice.states("uplink") == [FINE, NOT_TRIED]


# Beside a lobby that runs.


@pytest.fixture
def running(practice: Practice, mosquitto: Mosquitto) -> Iterator[Practice]:
    password = practice.device.folder / "passwords" / "staff.console"
    password.touch(mode=0o640)
    password.write_text("secret")
    practice.device.edit(f"{practice.device.folder}/bus.sock", str(mosquitto.socket))
    with ExitStack() as stack:
        for process in ("desk", "scanner", "board"):
            stack.enter_context(practice.device.started(process))
        yield practice


def test_beside_a_running_lobby_nothing_is_taken_from_anybody(running: Practice) -> None:
    made = running.bench(Helper())
    found = list(examine(made, ["printer", "camera", "buttons", "screen"]))
    assert [(finding.part, finding.state) for finding in found] == [
        ("printer", FINE),
        ("printer", NOT_TRIED),
        ("camera", FINE),
        ("camera", NOT_TRIED),
        ("buttons", NOT_TRIED),
        ("screen", FINE),
    ]
    assert "systemctl stop lobby-scanner" in found[3].do
    assert running.printer.slips == []
    (up, *others) = examine(made, ["bus"])
    assert up.state is FINE
    alive = [finding.what for finding in others if finding.state is FINE]
    assert alive == ["The board is up.", "The desk is up.", "The scanner is up."]


def test_a_test_slip_comes_between_the_slips_of_a_desk_at_work_and_into_none(
    running: Practice,
) -> None:
    for _ in range(3):
        running.device.press()
        assert running.states("printer", slip=True) == [FINE, FINE]
    running.printer.wait_for_slip(6, PATIENT_S)
    on_each = [
        [word for word in ("TEST", "A001", "A002", "A003") if word in slip.text]
        for slip in running.printer.slips
    ]
    assert sorted(on_each) == [["A001"], ["A002"], ["A003"], ["TEST"], ["TEST"], ["TEST"]]
    assert (running.printer.scraps, running.printer.faults) == ([], [])


def test_whoever_is_no_terminal_is_asked_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 99))
    code, told, _ = practice.say("buttons")
    assert code == 0
    assert "? " not in told
    assert "> " not in told
