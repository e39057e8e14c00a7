"""What a Pi gets for what it is made of, and what it fetches by itself; read without one."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from appliance.config import ConfigError
from provisioning import steps, unit_files
from provisioning.facts import Platform
from provisioning.material import Sources, gather
from provisioning.on_pi.lobby_release.ground import Places
from provisioning.recipe import steps as recipe
from tests.provisioning.forged import forge
from tests.provisioning.office import ROOT, Office

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PI: Final = Platform("aarch64", "3.13", 13, pi=True)
UNITS: Final = "/etc/systemd/system"
MOST_EXPOSED: Final = 2.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is part of systemd"
)


class Desk:
    """An IT desk, whose device's configuration and care can be changed.

    Args:
        folder: Its own.
    """

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        key = self.office.release_key
        self.sources = Sources(
            self.office.inventory_path,
            self.office.authority.folder,
            folder / "keys" / "root.pub",
            forge(folder / "1.0.0", key),
            key.with_suffix(".pub"),
            self.office.keyring.trust_path,
        )

    def configure(self, more: str, section: str = "") -> None:
        path = self.office.configuration
        text = path.read_text("utf-8")
        if section:
            # Up to the next section.
            text = re.sub(rf"(?ms)^\[{section}\]$.*?(?=^\[|\Z)", "", text)
        path.write_text(text + more, "utf-8")

    def steps(self) -> tuple[steps.Step, ...]:
        office = self.office
        material = gather(office.inventory, office.device, self.sources)
        return recipe(office.inventory, office.device, PI, material)

    def files(self) -> Mapping[str, str]:
        found = [each for each in self.steps() if isinstance(each, steps.File)]
        return {each.path: each.content.decode(errors="replace") for each in found}

    def packages(self) -> set[str]:
        (found,) = [each for each in self.steps() if isinstance(each, steps.Packages)]
        return set(found.names)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# Made of.


def test_webcam_is_read_with_debians_library(desk: Desk) -> None:
    assert "python3-av" not in desk.packages()
    desk.configure('[camera]\nkind = "webcam"\ndevice = "/dev/video0"\n', "camera")
    assert "python3-av" in desk.packages()


def test_screen_that_is_switched_by_its_cable_gets_the_tool_for_it(desk: Desk) -> None:
    assert "v4l-utils" not in desk.packages()
    desk.configure('[board]\noutput = "screen"\nstandby = "cec"\n', "board")
    assert "v4l-utils" in desk.packages()


def test_printer_at_a_serial_line_is_opened_to_the_desk_and_closed_again(desk: Desk) -> None:
    path = f"{UNITS}/lobby-desk.service.d/serial.conf"
    assert steps.Gone(path) in desk.steps()
    desk.configure('[printer]\nkind = "serial"\nserial = "/dev/ttyUSB0"\n', "printer")
    text = desk.files()[path]
    for line in ("ttyAMA", "ttyS", "ttyUSB", "ttyACM"):
        assert f"DeviceAllow=char-{line} rw\n" in text
    assert steps.Gone(path) not in desk.steps()


def test_desk_restarts_when_serial_lines_are_opened_to_it(desk: Desk) -> None:
    # systemd sees that the unit changed; else the desk would go on without them.
    named = [str(each) for each in desk.steps()]
    gone = f"no file {UNITS}/lobby-desk.service.d/serial.conf"
    assert named.index(gone) < named.index("lobby-desk.service runs with its newest files")


# A screen that is dark at night.

RULE: Final = "/etc/udev/rules.d/90-lobby-backlight.rules"
TOUCH: Final = "/etc/udev/rules.d/90-lobby-touch.rules"
ABOVE: Final = '[kiosk]\nat_rest = "board"\n'


def standby_of(process: str) -> str:
    return f"{UNITS}/lobby-{process}.service.d/standby.conf"


def rests(desk: Desk, how: str, process: str = "board") -> Mapping[str, str]:
    """Give the files of a device whose screen rests like that."""
    desk.configure(f'[board]\noutput = "screen"\nstandby = "{how}"\n', "board")
    if process == "kiosk":
        for path, old in (
            (desk.office.inventory_path, 'host = "192.0.2.7"'),
            (desk.office.configuration, 'name = "eingang-1"'),
        ):
            roles = f'{old}\nroles = ["desk", "scanner", "kiosk"]'
            path.write_text(path.read_text("utf-8").replace(old, roles), "utf-8")
    return desk.files()


def test_panel_at_the_dsi_port_may_be_switched_by_who_draws_and_by_nobody_else(desk: Desk) -> None:
    made = rests(desk, "backlight")
    assert "ReadWritePaths=/sys/devices\n" in made[standby_of("board")]
    assert "DeviceAllow" not in made[standby_of("board")]
    assert 'RUN+="/bin/chgrp video $sys$devpath/bl_power"' in made[RULE]
    assert steps.Gone(standby_of("kiosk")) in desk.steps()


def test_screen_at_the_cable_gets_its_device_and_no_right_to_write_to_the_kernel(
    desk: Desk,
) -> None:
    made = rests(desk, "cec")
    assert "DeviceAllow=char-cec rw\n" in made[standby_of("board")]
    assert "ReadWritePaths" not in made[standby_of("board")]
    assert steps.Gone(RULE) in desk.steps()


@pytest.mark.parametrize("how", ["backlight", "cec"])
def test_kiosk_over_a_board_gets_the_same_and_one_that_stays_lit_nothing(
    desk: Desk, how: str
) -> None:
    lit = rests(desk, how, "kiosk")
    assert not [path for path in (*lit,) if path in {RULE, standby_of("kiosk")}]
    desk.configure(ABOVE)
    assert standby_of("kiosk") in desk.files()
    assert steps.Gone(standby_of("board")) in desk.steps()


def test_touch_screen_that_comes_back_is_felt_by_who_has_one(desk: Desk) -> None:
    assert steps.Gone(TOUCH) in desk.steps()
    made = rests(desk, "none", "kiosk")
    assert "try-restart lobby-kiosk.service" in made[TOUCH]
    (count,) = [
        each for each in desk.steps() if isinstance(each, steps.Made) and TOUCH in each.sources
    ]
    # It counts from now on: nothing is to come once more.
    assert "input" not in count.command


def test_screen_without_a_desktop_gets_what_draws_on_it(desk: Desk) -> None:
    def packages() -> set[str]:
        return {
            name for each in desk.steps() if isinstance(each, steps.Packages) for name in each.names
        }

    bare = packages()
    rests(desk, "none")
    assert packages() - bare == {"libegl1", "libgbm1", "libgl1-mesa-dri", "libgles2"}


def test_what_the_screen_needed_goes_with_the_setting(desk: Desk) -> None:
    rests(desk, "backlight")
    wanted = {steps.Gone(standby_of("board")), steps.Gone(standby_of("kiosk")), steps.Gone(RULE)}
    assert not wanted <= {each for each in desk.steps() if isinstance(each, steps.Gone)}
    rests(desk, "none")
    assert wanted <= {each for each in desk.steps() if isinstance(each, steps.Gone)}


def test_board_starts_anew_when_its_rights_change(desk: Desk) -> None:
    rests(desk, "backlight")
    named = [str(each) for each in desk.steps()]
    given, starts = f"file {standby_of('board')}", "lobby-board.service runs with its newest files"
    assert named.index(given) < named.index(starts)


def test_rule_counts_for_what_is_plugged_in_already(desk: Desk) -> None:
    rests(desk, "backlight")
    (made,) = [
        each for each in desk.steps() if isinstance(each, steps.Made) and RULE in each.sources
    ]
    assert "70-lobby-printer.rules" in str(made.sources)
    trigger = made.command.index("udevadm trigger")
    for subsystem in ("backlight", "usbmisc"):
        assert f"--subsystem-match={subsystem}" in made.command[trigger:]
    # Its stamp comes last: an interruption is made good by the next run.
    assert made.command.rstrip().endswith(f"touch {made.path}")
    subprocess.run(["sh", "-n", "-c", made.command], check=True)
    # Whoever it is given to exists by then.
    named = [str(each) for each in desk.steps()]
    assert named.index("group video") < named.index(f"{made.path} made")


@needs_systemd
@pytest.mark.parametrize("process", ["board", "kiosk"])
@pytest.mark.parametrize("text", [unit_files.BACKLIGHT, unit_files.CEC], ids=["backlight", "cec"])
def test_process_that_switches_its_screen_may_do_little_all_the_same(
    process: str, text: str, tmp_path: Path
) -> None:
    unit = (ROOT / "systemd" / f"lobby-{process}.service").read_text("utf-8")
    assert rated(f"{unit}\n{text}", tmp_path / f"lobby-{process}.service") <= MOST_EXPOSED


# Slides.


def test_slides_are_fetched_by_who_may_do_nothing_else(desk: Desk) -> None:
    assert steps.Gone(f"{UNITS}/lobby-slides.timer") in desk.steps()
    desk.configure(
        '[slides]\nfolder = "/var/lib/lobby-slides"\nurl = "https://web.example/slides.toml"\n'
    )
    made = desk.files()
    unit = made[f"{UNITS}/lobby-slides.service"]
    assert "lobby slides fetch" in unit
    assert "User=lobby-slides\n" in unit
    assert "ReadWritePaths=/var/lib/lobby-slides\n" in unit
    assert steps.Folder("/var/lib/lobby-slides", "lobby-slides", "lobby") in desk.steps()
    assert steps.Enabled("lobby-slides.timer") in desk.steps()


def test_slides_that_somebody_puts_there_are_not_fetched(desk: Desk) -> None:
    desk.configure('[slides]\nfolder = "/var/lib/lobby-slides"\n')
    assert f"{UNITS}/lobby-slides.service" not in desk.files()


# Releases.


def test_nothing_is_fetched_unless_the_office_says_from_where(desk: Desk) -> None:
    assert steps.Gone(f"{UNITS}/lobby-update.timer") in desk.steps()
    assert "lobby-update.timer runs with its newest files" not in map(str, desk.steps())


def test_release_is_fetched_after_the_updates_and_only_then(desk: Desk) -> None:
    desk.office.care('updates_at = "23:30"\nreleases_url = "https://web.example/lobby/"')
    made = desk.files()
    timer = made[f"{UNITS}/lobby-update.timer"]
    assert "OnCalendar=*-*-* 00:10\n" in timer
    assert "Persistent=false\n" in timer
    assert "--between 00:10-02:10\n" in made[f"{UNITS}/lobby-update.service"]
    assert steps.Enabled("lobby-update.timer") in desk.steps()


def test_who_speaks_with_the_server_has_no_rights_and_who_has_them_does_not_speak(
    desk: Desk,
) -> None:
    desk.office.care('releases_url = "https://web.example/lobby/"')
    unit = desk.files()[f"{UNITS}/lobby-update.service"]
    fetches, takes = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert fetches.startswith("/usr/local/sbin/lobby-release fetch https://web.example/lobby/ ")
    assert takes.startswith("+/usr/local/sbin/lobby-release take ")
    assert "https:" not in takes
    assert "DynamicUser=yes\n" in unit


def test_server_that_the_office_vouches_for_is_believed(desk: Desk) -> None:
    (desk.office.folder / "office-ca.pem").write_text("a certificate")
    desk.office.care('releases_url = "https://web.example/r/"\nreleases_ca = "office-ca.pem"')
    made = desk.files()
    assert made["/etc/lobby/releases-ca.pem"] == "a certificate"
    assert " --ca /etc/lobby/releases-ca.pem\n" in made[f"{UNITS}/lobby-update.service"]


@pytest.mark.parametrize("url", ["http://web.example/r/", "https://web.example/r/ --to /etc"])
def test_address_that_is_no_https_is_refused(desk: Desk, url: str) -> None:
    desk.office.care(f'releases_url = "{url}"')
    with pytest.raises(ConfigError, match="releases_url"):
        desk.steps()


# What a power cut interrupted.


def test_release_on_trial_is_judged_at_boot_and_by_nobody_else(desk: Desk) -> None:
    unit = desk.files()[f"{UNITS}/lobby-judge.service"]
    assert "ExecStart=/usr/local/sbin/lobby-release judge\n" in unit
    assert f"ConditionPathExists={Places().on_trial}\n" in unit
    # A process that hangs as it starts does not hold up the verdict on it.
    assert re.findall(r"^After=(.*)$", unit, re.MULTILINE) == ["mosquitto.service"]
    # What it changes has to be open to it.
    (written,) = re.findall(r"^ReadWritePaths=(.*)$", unit, re.MULTILINE)
    opened = [path.lstrip("-") for path in written.split()]
    places = Places()
    for path in (
        *(places.releases, places.current, places.unwanted, places.on_trial),
        *(places.brought, places.pages, places.lock),
    ):
        assert [each for each in opened if path.is_relative_to(each)], path
    assert steps.Enabled("lobby-judge.service") in desk.steps()


def test_release_on_trial_has_its_announcements_made_where_they_are(desk: Desk) -> None:
    assert "lobby-sound" not in desk.files()[f"{UNITS}/lobby-judge.service"]
    desk.configure('[sound]\nkind = "speaker"\nclips = "/srv/clips"\n')
    assert " -/srv/clips\n" in desk.files()[f"{UNITS}/lobby-judge.service"]


# The units that are made here.

TEXTS: Final = {
    "lobby-judge": unit_files.judge("/usr/bin/true", "/var/lib/lobby-sound"),
    "lobby-slides": unit_files.slides("/var/lib/lobby-slides", "/opt/lobby/current/bin/lobby"),
    "lobby-tunnel": unit_files.TUNNEL,
    "lobby-update": unit_files.update("/usr/bin/true", "https://x/%41", None, "03:40-05:40"),
}


@needs_systemd
@pytest.mark.parametrize("name", TEXTS)
def test_unit_may_do_little(name: str, tmp_path: Path) -> None:
    assert rated(TEXTS[name], tmp_path / f"{name}.service") <= MOST_EXPOSED


def rated(text: str, unit: Path) -> float:
    """Give what systemd says of how much a unit may still do."""
    unit.write_text(text, "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", unit],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Overall exposure level[^:]*: ([\d.]+)", told.stdout)
    assert found is not None, told.stdout
    return float(found[1])


@needs_systemd
@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((f"{name}.service", text) for name, text in TEXTS.items()),
        ("lobby-update.timer", unit_files.update_timer("03:40")),
        ("lobby-slides.timer", unit_files.SLIDES_TIMER),
    ],
)
def test_systemd_understands_the_unit(name: str, text: str, tmp_path: Path) -> None:
    # The programs and the users are there on a Pi only.
    for each, content in {**{f"{n}.service": t for n, t in TEXTS.items()}, name: text}.items():
        bare = re.sub(r"(?m)^(User|Group)=.*\n", "", content)
        harmless = re.sub(r"(?m)^ExecStart=(\+?)\S+", r"ExecStart=\1/bin/true", bare)
        (tmp_path / each).write_text(harmless, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        check=False,
        capture_output=True,
        text=True,
    )
    assert [line for line in checked.stderr.splitlines() if name in line] == []
