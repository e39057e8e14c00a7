"""How the device is: told on the bus, and to staff once it lasts, and without flapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.bus.beats import SILENT_AFTER_S
from appliance.bus.inbound import Connected, Disconnected, Received
from appliance.bus.messages.alive import Health, Presence
from appliance.bus.messages.payload import encode
from appliance.bus.messages.staff import Alarms
from appliance.desk.alarms import Level, Steady
from appliance.desk.beside import FINE_AFTER_S, WRONG_AFTER_S, Beside
from appliance.desk.health import HealthPart
from appliance.drivers.vitals import Card, LinuxMachine, Vitals
from tests.support.lobby import empty_line
from tests.support.pi import Pi
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.desk.parts import Wrong

GIB = 2**30
WELL = Vitals(
    temperature_c=50.0,
    card=Card.FINE,
    disk_free_bytes=9 * GIB,
    disk_bytes=30 * GIB,
    memory_free_bytes=GIB // 2,
    memory_bytes=GIB,
)
SECOND_ENTRANCE = "sued.nebeneingang"


class Patient:
    """A machine that is as the test says."""

    def __init__(self) -> None:
        self.now = WELL
        self.weak: bool | None = False

    def vitals(self) -> Vitals:
        return self.now

    def undervoltage(self) -> bool | None:
        return self.weak


class Ward:
    """Health, looked at once a second by a clock that the test winds.

    Args:
        screen: What shows the line here: `board` or `kiosk`.
    """

    def __init__(self, screen: str = "board") -> None:
        self.s = 0.0
        self.patient = Patient()
        self.card_in_trouble = False
        beside = Beside(TOPICS, ["scanner", screen], lambda: self.s)
        self.health = HealthPart(self.patient, beside, lambda: self.card_in_trouble, lambda: self.s)
        self.health.hear(Connected())
        self.says("scanner")
        self.says(screen)
        self.speaking = {"scanner", screen}
        self.seen: list[set[str]] = []

    def says(
        self,
        process: str,
        state: str = "up",
        detail: str = "",
        *,
        device: str = TOPICS.device,
        retained: bool = False,
    ) -> None:
        topic = f"{TOPICS.prefix}proc/{device}/{process}"
        payload = encode(Presence(state=state, detail=detail))
        assert self.health.hear(Received(topic, payload, retained))

    def passes(self, seconds: float, **vitals: object) -> list[str]:
        """Let time pass, and give what is wrong then."""
        self.patient.now = Vitals(**{**_facts(WELL), **vitals})  # type: ignore[arg-type]
        wrong: list[Wrong] = []
        for _ in range(round(seconds)):
            self.s += 1
            for process in self.speaking:
                self.says(process)
            wrong = list(self.health.look(empty_line(), None))  # type: ignore[arg-type]
            self.seen.append({each.name for each in wrong})
        return [each.text or each.name for each in wrong]


def _facts(vitals: Vitals) -> dict[str, object]:
    return {name: getattr(vitals, name) for name in Vitals.__slots__}


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_nothing_is_wrong_with_a_device_that_is_well(ward: Ward) -> None:
    assert ward.passes(120) == []
    assert ward.health.told() == {
        "camera": "ok",
        "board": "ok",
        "kiosk": None,
        "card": "fine",
        "disk_free_bytes": 9 * GIB,
        "memory_free_bytes": GIB // 2,
        "temperature_c": 50.0,
        "undervoltage": False,
    }


def test_heat_is_told_when_it_lasts(ward: Ward) -> None:
    assert ward.passes(50, temperature_c=81.0) == []
    assert ward.passes(30, temperature_c=81.0) == ["temperature"]


def test_heat_about_its_limit_is_one_alarm(ward: Ward) -> None:
    ward.passes(90, temperature_c=80.5)
    for _ in range(20):
        assert ward.passes(10, temperature_c=79.0) == ["temperature"]
        assert ward.passes(10, temperature_c=80.5) == ["temperature"]
    assert ward.passes(10, temperature_c=73.9) == []


def test_a_weak_supply_is_told_at_once_and_for_a_while(ward: Ward) -> None:
    ward.patient.weak = True
    assert ward.passes(1) == ["undervoltage"]
    ward.patient.weak = False
    assert ward.passes(14 * 60) == ["undervoltage"]
    assert ward.passes(2 * 60) == []
    assert ward.health.told()["undervoltage"] is True


def test_two_seconds_of_a_weak_supply_are_not_missed(ward: Ward) -> None:
    ward.passes(33)
    ward.patient.weak = True
    ward.passes(2)
    ward.patient.weak = False
    assert ward.passes(60) == ["undervoltage"]


@pytest.mark.parametrize(
    ("vitals", "alarm"),
    [
        ({"disk_free_bytes": 400_000_000}, "disk_low"),
        ({"card": Card.READ_ONLY}, "disk_read_only"),
        ({"card": Card.ERRORS}, "disk_errors"),
        ({"card": Card.ERRORS, "disk_free_bytes": 0}, "disk_errors"),
    ],
)
def test_a_card_that_fills_or_fails_is_told(
    ward: Ward, vitals: dict[str, object], alarm: str
) -> None:
    assert ward.passes(11, **vitals) == [alarm]
    assert ward.passes(11) == []


def test_what_the_journal_says_of_its_card_is_not_said_twice(ward: Ward) -> None:
    ward.card_in_trouble = True
    assert ward.passes(11, card=Card.READ_ONLY, disk_free_bytes=0) == []


def test_space_that_comes_and_goes_is_one_alarm(ward: Ward) -> None:
    ward.passes(10, disk_free_bytes=499_000_000)
    for _ in range(10):
        assert ward.passes(10, disk_free_bytes=600_000_000) == ["disk_low"]
    assert ward.passes(10, disk_free_bytes=GIB) == []


def test_memory_is_told_when_it_stays_scarce(ward: Ward) -> None:
    assert ward.passes(40, memory_free_bytes=GIB // 20) == []
    assert ward.passes(40, memory_free_bytes=GIB // 20) == ["memory"]
    assert ward.passes(11, memory_free_bytes=GIB // 4) == []


def test_what_a_machine_does_not_know_alarms_nobody(ward: Ward) -> None:
    ward.patient.weak = None
    unknown = dict.fromkeys(Vitals.__slots__)
    assert ward.passes(120, **unknown) == []
    assert ward.health.told()["undervoltage"] is None


def test_a_process_that_is_started_again_is_nobodys_business(ward: Ward) -> None:
    ward.speaking = {"board"}
    ward.says("scanner", "down")
    assert ward.passes(4) == []
    assert ward.health.told()["camera"] == "down"
    ward.speaking = {"board", "scanner"}
    assert ward.passes(60) == []
    assert set().union(*ward.seen) == set()


def test_a_process_that_dies_is_told_and_taken_back_when_it_stays(ward: Ward) -> None:
    ward.speaking = {"scanner"}
    ward.says("board", "down")
    assert ward.passes(WRONG_AFTER_S + 2) == ["board_down"]
    ward.speaking = {"scanner", "board"}
    assert ward.passes(FINE_AFTER_S - 2) == ["board_down"]
    assert ward.passes(4) == []


def test_a_process_that_dies_again_and_again_is_told_without_end(ward: Ward) -> None:
    ward.speaking = {"board"}
    for _ in range(30):
        ward.says("scanner")
        ward.passes(2)
        ward.says("scanner", "down")
        ward.passes(2)
    assert ward.seen[-60:] == [{"camera"}] * 60


def test_a_process_that_hangs_is_told(ward: Ward) -> None:
    ward.speaking = {"board"}
    assert ward.passes(SILENT_AFTER_S + WRONG_AFTER_S + 2) == ["camera_silent"]


def test_a_process_that_never_came_is_told() -> None:
    ward = Ward()
    ward.health.hear(Disconnected())
    ward.health.hear(Connected())
    ward.speaking = {"scanner"}
    assert ward.passes(SILENT_AFTER_S + WRONG_AFTER_S + 2) == ["board_absent"]


def test_a_camera_without_pictures_is_told_though_its_scanner_dies_of_it(ward: Ward) -> None:
    ward.speaking = {"board"}
    told: set[str] = set()
    for _ in range(20):
        ward.says("scanner", detail="camera: no frame for 2 s")
        ward.passes(1)
        ward.says("scanner", "down")
        told |= set(ward.passes(3))
    assert told == {"camera_no_frames"}
    assert ward.health.told()["camera"] == "down"


def test_why_a_scanner_dies_is_told_as_soon_as_it_says_so(ward: Ward) -> None:
    ward.speaking = {"board"}
    ward.says("scanner", "down")
    assert ward.passes(30) == ["camera_down"]
    ward.says("scanner", detail="camera: it is gone")
    assert ward.passes(1) == ["camera_no_frames"]
    ward.says("scanner", "down")
    assert ward.passes(5) == ["camera_no_frames"]


def test_a_board_that_is_not_heard_is_told(ward: Ward) -> None:
    ward.speaking = {"scanner"}
    for _ in range(15):
        ward.says("board", detail="sound: the loudspeaker is gone")
        ward.passes(2)
    assert ward.health.told()["board"] == "no_sound"
    assert ward.passes(1) == ["board_no_sound"]


def test_a_screen_for_visitors_is_looked_after_like_a_board() -> None:
    ward = Ward("kiosk")
    assert ward.passes(60) == []
    assert (ward.health.told()["kiosk"], ward.health.told()["board"]) == ("ok", None)
    ward.speaking = {"scanner"}
    ward.says("kiosk", "down")
    # It is started again in seconds, and nobody is called for that.
    assert ward.passes(4) == []
    assert ward.health.told()["kiosk"] == "down"
    assert ward.passes(WRONG_AFTER_S) == ["kiosk_down"]
    ward.speaking = {"scanner", "kiosk"}
    assert ward.passes(FINE_AFTER_S + 2) == []
    ward.speaking = {"scanner"}
    assert ward.passes(SILENT_AFTER_S + WRONG_AFTER_S + 2) == ["kiosk_silent"]
    assert ward.health.told()["kiosk"] == "silent"


def test_a_screen_for_visitors_that_never_came_is_told() -> None:
    ward = Ward("kiosk")
    ward.health.hear(Disconnected())
    ward.health.hear(Connected())
    ward.speaking = {"scanner"}
    assert ward.passes(SILENT_AFTER_S + WRONG_AFTER_S + 2) == ["kiosk_absent"]


def test_a_screen_for_visitors_that_hangs_is_told_wherever_it_is(ward: Ward) -> None:
    ward.says("kiosk", device=SECOND_ENTRANCE)
    assert ward.passes(60) == ["kiosk_silent"]
    assert ward.seen[-1] == {"kiosk"}


def test_while_the_bus_is_gone_nobody_is_accused(ward: Ward) -> None:
    ward.speaking = set()
    ward.health.hear(Disconnected())
    assert ward.passes(120) == []
    assert ward.health.told()["camera"] is None


def test_a_second_entrance_is_looked_after_once_it_was_heard(ward: Ward) -> None:
    ward.says("scanner", device=SECOND_ENTRANCE, retained=True)
    assert ward.passes(60) == []
    ward.says("scanner", device=SECOND_ENTRANCE)
    assert ward.passes(60) == ["camera_silent"]
    assert ward.health.told()["camera"] == "ok"


def test_of_two_scanners_the_desks_own_is_told_first(ward: Ward) -> None:
    ward.says("scanner", device="sued.aaa")
    ward.speaking = {"board"}
    ward.says("scanner", "down")
    ward.passes(60)
    (wrong,) = ward.health.look(empty_line(), None)  # type: ignore[arg-type]
    assert (wrong.text, wrong.facts) == ("camera_down", {"device": TOPICS.device})


def test_nonsense_as_presence_is_no_sign_of_life(ward: Ward) -> None:
    ward.speaking = {"board"}
    for _ in range(40):
        assert ward.health.hear(Received(TOPICS.presence("scanner"), b"\xff"))
        ward.passes(1)
    assert ward.seen[-1] == {"camera"}


def test_what_is_no_presence_is_left_to_others(ward: Ward) -> None:
    assert not ward.health.hear(Received(TOPICS.scan, b"{}"))
    assert not ward.health.hear(Received(f"{TOPICS.prefix}proc/a/b/c", b"{}"))


def test_limits_are_reached_from_either_side() -> None:
    hot, scarce = Level(wrong_at=80, fine_at=74), Level(wrong_at=5, fine_at=10)
    assert [hot.is_wrong(c) for c in (79, 80, 75, None, 74, 79)] == [0, 1, 1, 1, 0, 0]
    assert [scarce.is_wrong(n) for n in (6, 5, 9, None, 10, 6)] == [0, 1, 1, 1, 0, 0]


def test_gaps_do_not_end_what_goes_on() -> None:
    steady = Steady(wrong_after_s=3, fine_after_s=2)
    seen = [True, False, True, True, False, False]
    assert [steady.is_wrong(s, seen=each) for s, each in enumerate(seen)] == [0, 0, 0, 1, 1, 0]


# At the desk.


@pytest.fixture
def table(tmp_path: Path) -> Iterator[tuple[Table, Pi]]:
    pi = Pi(tmp_path / "root", tmp_path)
    machine = LinuxMachine(tmp_path, pi.root)
    watch = HealthPart(machine, Beside(TOPICS, ["scanner"]), lambda: False)
    table = Table(tmp_path, watch=watch, parts=[watch])
    yield table, pi
    table.close()


def test_the_desk_tells_on_the_bus_how_its_device_is(table: tuple[Table, Pi]) -> None:
    desk, pi = table
    pi.supply_is(weak=True)
    presence = encode(Presence(state="up"))
    desk.put(Connected(), Received(TOPICS.presence("scanner"), presence))
    health = desk.told(TOPICS.health, Health)
    assert (health.camera, health.board, health.card) == ("ok", None, "fine")
    assert (health.temperature_c, health.undervoltage, health.clock) == (51.5, True, "sure")
    (alarm,) = desk.told(TOPICS.alarms, Alarms).alarms
    assert alarm.name == "undervoltage"
    assert "Please call IT" in alarm.sentence


def test_a_kept_presence_is_no_command_that_was_kept(table: tuple[Table, Pi]) -> None:
    desk, _ = table
    kept = Received(TOPICS.presence("scanner"), encode(Presence(state="up")), retained=True)
    desk.put(Connected(), kept)
    assert desk.alarms() == []
    assert desk.acknowledged == [kept]


def test_a_screen_that_does_not_come_on_is_told(ward: Ward) -> None:
    ward.speaking = {"scanner"}
    for _ in range(15):
        ward.says("board", detail="screen: it does not answer")
        ward.passes(2)
    assert ward.health.told()["board"] == "no_light"
    assert ward.passes(1) == ["board_no_light"]
