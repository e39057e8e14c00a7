"""The board draws on a graphics card, without a desktop, and speaks; the kiosk feels: as on a Pi.

The card is qemu's, which knows no 3D: Mesa paints in software what SDL hands it (KMSDRM). What is
seen here is that the unit's rights, groups and device list are enough to find the card, become its
master, and keep the driver that was asked for; not the Pi's own driver, nor its speed. So it is
with the loudspeaker, at which ALSA's bytes are recorded; their order, not their pace. The screen
that is touched is made by the kernel (uinput), and is there before the kiosk is.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops

from appliance.board.spoken import GONG, Script
from appliance.drivers.sound import RATE
from appliance.strings import texts
from provisioning import unit_files
from provisioning.settings_files import BACKLIGHT_RULE
from tests.provisioning.lobby import processes_up, wait_for
from tests.provisioning.office import ROOT
from tests.provisioning.vm import tone
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, alarms, memory_held, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

HARDWARE = (
    *("-device", "virtio-gpu-pci,xres=1280,yres=720", "-device", "virtio-keyboard-pci"),
    *("-device", "intel-hda", "-device", "hda-output,audiodev=hall", "-audiodev"),
)
RECORDER = f"wav,id=hall,out.frequency={RATE},out.channels=1,out.format=s16,path="
# As in a release that is no Pi's. Its SDL does not know KMSDRM; Debian's does.
WHEELS = "/opt/lobby/current/lib/python3*/site-packages"
PACKAGES = "python3-pygame libgl1-mesa-dri libegl1 libgles2 libgbm1 alsa-utils"
INSTALL = f"DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {PACKAGES}"


SOUND = '\n[sound]\nkind = "speaker"\nlanguages = ["de"]\n'


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the loudspeaker was sent."""
    return tmp_path_factory.mktemp("sound") / "hall.wav"


@pytest.fixture(scope="module")
def screen(lobby: Qemu, recorded: Path) -> Iterator[Qemu]:
    """A machine with a graphics card and a loudspeaker, and a board that is to use both."""
    done = lobby.ssh(f"sudo {INSTALL}", check=False, within_s=1500)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    said = [clip.name for clip in Script(texts("de", "spoken")).clips("A", "1")]
    clips = [GONG, *(f"de/{name}" for name in said)]
    lobby.put(tone.packed(clips, recorded.with_name("clip.wav")), "/srv/clips.tar.gz")
    lobby.put(SOUND.encode(), "/srv/sound.toml")
    lobby.sudo(
        "mkdir -p /var/lib/lobby-sound; tar -xzf /srv/clips.tar.gz -C /var/lib/lobby-sound;"
        " chmod -R a+rX /var/lib/lobby-sound;"
        f" cd {WHEELS}; mv pygame pygame.kept;"
        " cp /etc/lobby/lobby.toml /etc/lobby/lobby.toml.kept;"
        " cat /srv/sound.toml >>/etc/lobby/lobby.toml;"
        ' sed -i -e "s/^output = .*/output = \\"screen\\"/" -e "/lobby-board.pictures/d"'
        " /etc/lobby/lobby.toml; sync"
    )
    lobby.cut_power()
    lobby.boot(more=(*HARDWARE, f"{RECORDER}{recorded}"))
    yield lobby
    lobby.sudo(
        f"cd {WHEELS}; mv pygame.kept pygame;"
        " mv /etc/lobby/lobby.toml.kept /etc/lobby/lobby.toml; sync"
    )
    lobby.cut_power()
    lobby.boot()


def picture(machine: Qemu, path: Path) -> Image.Image:
    """Give what stands on its screen."""
    machine.picture(path)
    with Image.open(path) as shown:
        return shown.convert("RGB")


def test_board_draws_on_the_graphics_card(screen: Qemu, desktop: Office, tmp_path: Path) -> None:
    wait_for(lambda: processes_up(screen), "all processes say that they are up", PATIENT_S)

    def drawn() -> bool:
        # A board has letters; a text console has few colours.
        return len(picture(screen, tmp_path / "before.png").getcolors(1280 * 720) or []) > 50

    wait_for(drawn, "a first picture", PATIENT_S)
    before = picture(screen, tmp_path / "before.png")
    assert before.size == (1280, 720)
    with (
        page(screen, desktop, RECEPTION) as reception,
        page(screen, desktop, "counter.1") as counter,
    ):
        reception.ask("issue", service="A1")
        called = counter.ask("next")
        counter.board(lambda board: any(call.ticket == called for call in board.calls))

    def changed() -> bool:
        now = picture(screen, tmp_path / "after.png")
        area = ImageChops.difference(before, now).getbbox()
        # A call fills a third of the screen; the clock alone does not.
        return area is not None and (area[2] - area[0]) * (area[3] - area[1]) > 1280 * 720 / 5

    wait_for(changed, "the call on the screen", PATIENT_S)


def test_call_is_heard(screen: Qemu, desktop: Office, recorded: Path) -> None:
    wait_for(lambda: processes_up(screen), "all processes say that they are up", PATIENT_S)
    before_s = tone.sounding_s(recorded)
    with (
        page(screen, desktop, RECEPTION) as reception,
        page(screen, desktop, "counter.1") as counter,
    ):
        reception.ask("issue", service="A1")
        counter.ask("next")
    # Gong, "Nummer A", "17", "Platz 1".
    spoken_s = 4 * tone.CLIP_S
    wait_for(lambda: tone.sounding_s(recorded) - before_s > 0.8 * spoken_s, "the call", PATIENT_S)
    assert "board_no_sound" not in alarms(screen)
    # The most that a board does: it draws with Mesa, and has spoken.
    limit = int(screen.sudo("cat /sys/fs/cgroup/system.slice/lobby-board.service/memory.max"))
    assert memory_held(screen, "board") <= limit / 2


def stand_in(process: str, command: str, **other: str) -> str:
    """Give the unit of a process, with its user's rights, but with another program."""
    unit = (ROOT / f"systemd/lobby-{process}.service").read_text("utf-8")
    # Of the users that are there, the one with the same groups.
    changes = {"ExecStart": command, "Type": "exec", "User": "lobby-board", **other}
    for name, value in changes.items():
        unit, count = re.subn(rf"^{name}=.*", f"{name}={value}", unit, flags=re.MULTILINE)
        assert count, name
    unit, count = re.subn(
        r"^(ExecStartPre|LoadCredential|WatchdogSec)=.*\n", "", unit, flags=re.MULTILINE
    )
    assert count == 3
    return unit


@pytest.fixture
def feeling(screen: Qemu) -> Iterator[Qemu]:
    """The machine, whose screen is held by what may do no more than the kiosk, and feels."""
    here = Path(__file__).parent
    screen.put((here / "finger.py").read_bytes(), "/srv/finger.py")
    screen.put((here / "feeling.py").read_bytes(), "/srv/feeling.py")
    unit = stand_in("kiosk", "/opt/lobby/current/bin/python /srv/feeling.py")
    screen.put(unit.encode(), "/run/systemd/system/feeling.service")
    screen.sudo(
        "modprobe uinput; mkfifo /run/finger; systemctl daemon-reload; systemctl stop lobby-board;"
        ' systemd-run -q -u finger sh -c "exec python3 /srv/finger.py </run/finger";'
        # Else it would end with the first who writes.
        ' systemd-run -q -u hand sh -c "exec sleep infinity >/run/finger"'
    )
    wait_for(lambda: "there" in said_by(screen, "finger"), "a screen to touch", PATIENT_S)
    screen.sudo("udevadm settle; systemctl start feeling")
    wait_for(lambda: "open" in said_by(screen, "feeling"), "an open screen", PATIENT_S)
    yield screen
    screen.sudo("systemctl stop feeling hand finger; rm /run/finger; systemctl start lobby-board")


def said_by(machine: Qemu, unit: str) -> str:
    """Give what a unit printed since the boot."""
    return machine.sudo(f"journalctl -b -o cat -u {unit}")


def test_finger_and_key_are_felt_with_the_rights_of_the_kiosk(feeling: Qemu) -> None:
    feeling.sudo("echo 0.5005 0.2510 >/run/finger")
    wait_for(lambda: "Finger(x=640, y=180)" in said_by(feeling, "feeling"), "it", PATIENT_S)
    feeling.press("tab")
    wait_for(lambda: "KeyDown(name='tab')" in said_by(feeling, "feeling"), "a key", PATIENT_S)


LIGHT = "/sys/class/leds/input*::capslock"
"""A lamp of the keyboard: this machine has no panel whose light could be switched."""


@pytest.mark.parametrize("process", ["board", "kiosk"])
def test_panel_may_be_switched_off_at_night_with_the_rights_for_it_alone(
    screen: Qemu, process: str
) -> None:
    rule = BACKLIGHT_RULE.replace("backlight", "leds").replace("bl_power", "brightness")
    screen.sudo("mkdir -p /run/udev/rules.d")
    screen.put(rule.encode(), "/run/udev/rules.d/91-light.rules")
    screen.sudo(
        "udevadm control --reload; udevadm trigger --settle --subsystem-match=leds;"
        f" test $(stat -c %G:%a {LIGHT}/brightness) = video:664"
    )
    light = screen.sudo(f"echo {LIGHT}").strip()

    def may(file: str, rights: str) -> bool:
        unit = stand_in(
            process, f"/bin/sh -c 'echo 1 >{light}/{file}'", Type="oneshot", Restart="no"
        )
        screen.put(f"{unit}\n{rights}".encode(), "/run/systemd/system/light.service")
        screen.sudo("systemctl daemon-reload")
        return screen.ssh("sudo systemctl start light", check=False).returncode == 0

    assert may("brightness", unit_files.BACKLIGHT)
    assert not may("brightness", "")
    assert not may("trigger", unit_files.BACKLIGHT)
