"""What is wanted of a Pi, read from the inventory, without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.config import ConfigError
from appliance.doctor import limits
from provisioning import steps
from provisioning.facts import Platform
from provisioning.material import MaterialError, Sources, gather, suits
from provisioning.recipe import steps as recipe
from provisioning.release import ReleaseError
from tests.access.fleet import ask
from tests.provisioning.forged import forge
from tests.provisioning.office import DEVICE, Office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from provisioning.brought import Material

PI: Final = Platform("aarch64", "3.13", 13, pi=True)
DEBIAN: Final = Platform("x86_64", "3.13", 13, pi=False)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def sources(office: Office) -> Sources:
    release = forge(office.folder / "1.0.0", office.release_key)
    return Sources(
        office.inventory_path,
        office.authority.folder,
        office.folder / "keys" / "root.pub",
        release,
        office.release_key.with_suffix(".pub"),
        office.keyring.trust_path,
    )


@pytest.fixture
def material(office: Office, sources: Sources) -> Material:
    return gather(office.inventory, office.device, sources)


def wanted(office: Office, material: Material, platform: Platform = PI) -> tuple[steps.Step, ...]:
    return recipe(office.inventory, office.device, platform, material)


def files(all_steps: tuple[steps.Step, ...]) -> dict[str, str]:
    return {
        each.path: each.content.decode(errors="replace")
        for each in all_steps
        if isinstance(each, steps.File)
    }


def test_no_step_comes_twice(office: Office, material: Material) -> None:
    named = [str(each) for each in wanted(office, material)]
    assert sorted(set(named)) == sorted(named)


def test_pi_gets_camera_pins_and_screen_from_its_own_system(
    office: Office, material: Material
) -> None:
    on_pi, elsewhere = (
        {
            name
            for each in wanted(office, material, which)
            if isinstance(each, steps.Packages)
            for name in each.names
        }
        for which in (PI, DEBIAN)
    )
    assert on_pi - elsewhere == {"python3-lgpio", "python3-picamera2", "python3-pygame"}


@pytest.mark.parametrize(("debian", "name"), [(12, "libzbar0"), (13, "libzbar0t64")])
def test_library_has_the_name_that_its_debian_gives_it(
    office: Office, material: Material, debian: int, name: str
) -> None:
    platform = Platform("x86_64", "3.11", debian, pi=False)
    (packages,) = [
        each for each in wanted(office, material, platform) if isinstance(each, steps.Packages)
    ]
    assert [each for each in packages.names if each.startswith("libzbar0")] == [name]


def test_screen_belongs_to_the_board_from_the_next_boot_on(
    office: Office, material: Material
) -> None:
    all_steps = wanted(office, material)
    assert steps.Enabled("getty@tty1.service", enabled=False) in all_steps
    assert steps.Enabled("lobby.target") in all_steps


def test_limits_of_memory_count_where_its_own_kernel_would_pass_over_them(
    office: Office, material: Material
) -> None:
    (step,) = [each for each in wanted(office, material, PI) if isinstance(each, steps.KernelWord)]
    # The doctor looks for the same.
    assert (step.word, step.file) == (limits.WORD, str(limits.COMMAND_LINE))
    # Debian's kernel has them on, and another boot loader.
    assert "cmdline.txt" not in str(wanted(office, material, DEBIAN))


def test_firewall_opens_ssh_and_the_counters_and_nothing_else(
    office: Office, material: Material
) -> None:
    rules = files(wanted(office, material))["/etc/nftables.conf"]
    assert "policy drop" in rules
    assert "tcp dport { 22, 8443 } accept" in rules
    assert rules.count("dport {") == 1


def test_firewall_lets_satellites_in_where_there_are_any(
    office: Office, material: Material
) -> None:
    with office.inventory_path.open("a") as file:
        file.write(
            '[[device]]\nsite = "SUED"\nname = "hof-1"\nlobby = "EINGANG"\n'
            'host = "hof-1.example"\nroles = ["scanner", "board"]\n'
        )
    assert "{ 22, 8443, 8883 }" in files(wanted(office, material))["/etc/nftables.conf"]


def test_sshd_file_comes_before_that_of_cloud_init_and_is_verified(
    office: Office, material: Material
) -> None:
    all_steps = wanted(office, material)
    (path,) = [path for path in files(all_steps) if "sshd_config.d" in path]
    assert path < "/etc/ssh/sshd_config.d/50-cloud-init.conf"
    (check,) = [each for each in all_steps if isinstance(each, steps.Effective)]
    assert check.command == "sshd -T"
    # A line that is written and not looked at proves nothing.
    written = [line.lower() for line in files(all_steps)[path].splitlines() if line[:1] != "#"]
    assert sorted(check.lines) == sorted(written)


def test_broker_is_set_up_before_it_is_started_and_the_lobby_last(
    office: Office, material: Material
) -> None:
    named = [str(each) for each in wanted(office, material)]
    order = [
        "packages ",
        f"certificate of {DEVICE}",
        "passwords of ",
        "mosquitto.service runs",
        "file /etc/lobby/lobby.toml",
        "release 1.0.0",
        "lobby-desk.service runs",
        "lobby.target runs",
    ]
    places = [next(i for i, name in enumerate(named) if name.startswith(each)) for each in order]
    assert places == sorted(places)


class Whole(NamedTuple):
    """All steps of a device, and name → text of the units of its processes."""

    steps: tuple[steps.Step, ...]
    units: dict[str, str]


@pytest.fixture(params=["board", "kiosk"])
def whole(request: pytest.FixtureRequest, office: Office, sources: Sources) -> Whole:
    """A desk's Pi with a camera, and with either kind of screen."""
    give_roles(office, "desk", "scanner", request.param)
    material = gather(office.inventory, office.device, sources)
    units = {f"lobby-{role}.service" for role in office.device.roles}
    texts = {name: text.decode() for name, text in material.units.items() if name in units}
    return Whole(wanted(office, material), texts)


def give_roles(office: Office, *roles: str) -> None:
    for path, old in (
        (office.inventory_path, 'host = "192.0.2.7"'),
        (office.configuration, 'name = "eingang-1"'),
    ):
        line = f"{old}\nroles = {list(roles)}".replace("'", '"')
        path.write_text(path.read_text().replace(old, line))


def test_each_process_has_a_user_of_its_own_with_the_groups_of_its_unit(whole: Whole) -> None:
    users = [each for each in whole.steps if isinstance(each, steps.User)]
    assert {f"{user.name}.service" for user in users} == set(whole.units)
    for user in users:
        unit = whole.units[f"{user.name}.service"]
        assert f"\nUser={user.name}\n" in unit
        assert f"\nGroup={user.group}\n" in unit
        assert f"\nSupplementaryGroups={' '.join(user.groups)}\n" in unit


def test_files_that_a_unit_wants_are_brought(whole: Whole) -> None:
    brought = set(files(whole.steps))
    (logins,) = [each for each in whole.steps if isinstance(each, steps.Logins)]
    brought |= {f"/etc/lobby/bus/{name}" for _, name in logins.files}
    brought |= {"/etc/lobby/uplink/device.key"}
    for text in whole.units.values():
        for line in text.splitlines():
            key, _, value = line.partition("=")
            match key:
                case "LoadCredential":
                    assert value.partition(":")[2] in brought
                case "ExecStartPre":
                    assert value.lstrip("-") in brought
                case _:
                    pass


def test_unit_of_a_role_that_a_device_does_not_have_is_taken_away(
    office: Office, sources: Sources
) -> None:
    give_roles(office, "desk", "board")
    all_steps = wanted(office, gather(office.inventory, office.device, sources))
    assert steps.Gone("/etc/systemd/system/lobby-scanner.service") in all_steps
    assert "lobby-scanner.service runs with its newest files" not in map(str, all_steps)


def test_board_that_speaks_gets_a_voice_and_its_clips(office: Office, sources: Sources) -> None:
    silent = wanted(office, gather(office.inventory, office.device, sources))
    with office.configuration.open("a") as file:
        file.write('[sound]\nkind = "speaker"\n')
    speaking = wanted(office, gather(office.inventory, office.device, sources))
    new = [each for each in map(str, speaking) if each not in set(map(str, silent))]
    packages, *others = new
    assert "espeak-ng" in packages
    assert others == ["folder /var/lib/lobby-sound", "/var/lib/lobby-sound/.rendered made"]


def test_process_starts_anew_when_what_it_reads_at_its_start_is_new(whole: Whole) -> None:
    watched = {each.unit: each.files for each in whole.steps if isinstance(each, steps.Fresh)}
    for name, text in whole.units.items():
        for line in text.splitlines():
            if line.startswith("LoadCredential="):
                assert line.rpartition(":")[2] in watched[name]


def test_updates_come_in_their_window_and_the_lists_an_hour_before(
    office: Office, material: Material
) -> None:
    text = office.inventory_path.read_text()
    office.inventory_path.write_text(text.replace("[care]", '[care]\nupdates_at = "00:30"'))
    made = files(wanted(office, material))
    folder = "/etc/systemd/system"
    assert "*-*-* 00:30" in made[f"{folder}/apt-daily-upgrade.timer.d/lobby.conf"]
    assert "*-*-* 23:30" in made[f"{folder}/apt-daily.timer.d/lobby.conf"]


def test_nothing_secret_is_brought(office: Office, material: Material) -> None:
    secret = [path.read_bytes() for path in (*office.folder.rglob("*.key"),)]
    assert secret
    for each in wanted(office, material):
        if isinstance(each, steps.File):
            assert not [one for one in secret if one in each.content]


# What is gathered.


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('id = "SUED"', 'id = "NORD"', "site"),
        ('id = "EINGANG"', 'id = "NEU"', "lobby"),
        ('id = "1"', 'id = "2"', "counters"),
    ],
)
def test_configuration_that_tells_something_else_than_the_inventory_is_refused(
    office: Office, sources: Sources, old: str, new: str, what: str
) -> None:
    office.configuration.write_text(office.configuration.read_text().replace(old, new))
    with pytest.raises(MaterialError, match=what):
        gather(office.inventory, office.device, sources)


def test_wrong_configuration_reaches_no_device(office: Office, sources: Sources) -> None:
    office.configuration.write_text("[site]\n")
    with pytest.raises(ConfigError):
        gather(office.inventory, office.device, sources)


def test_release_that_somebody_changed_reaches_no_device(office: Office, sources: Sources) -> None:
    (sources.release / "appliance.whl").write_bytes(b"something else")
    with pytest.raises(ReleaseError, match="not as it was signed"):
        gather(office.inventory, office.device, sources)


# Certificates.


@pytest.mark.parametrize(
    ("ago", "well"),
    [(timedelta(0), True), (timedelta(days=303), True), (timedelta(days=306), False)],
)
def test_certificate_is_renewed_sixty_days_before_its_end(
    office: Office,
    ago: timedelta,
    well: bool,  # noqa: FBT001  (a table)
) -> None:
    certificate, public = signed(office, ago=ago)
    assert judge(office)(certificate, public) is well


def test_certificate_of_another_key_or_nothing_at_all_does_not_do(office: Office) -> None:
    certificate, _ = signed(office)
    _, another = signed(office)
    assert not judge(office)(certificate, another)
    assert not judge(office)("", another)
    assert not judge(office)("-----BEGIN CERTIFICATE-----\nx", "")


def test_certificate_for_another_host_does_not_do(office: Office) -> None:
    certificate, public = signed(office)
    text = office.inventory_path.read_text().replace("192.0.2.7", "192.0.2.8")
    office.inventory_path.write_text(text)
    assert not judge(office)(certificate, public)


def judge(office: Office) -> Callable[[str, str], bool]:
    holder = office.inventory.holders[DEVICE]
    return suits(holder, office.authority.certificate(), datetime.now(UTC))


def signed(office: Office, *, ago: timedelta = timedelta(0)) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    made = office.authority.sign(
        ask(DEVICE, key), office.inventory.holders, datetime.now(UTC) - ago
    ).certificate
    assert isinstance(made, x509.Certificate)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), public.decode()
