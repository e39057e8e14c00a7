"""The inventory, and the files that are made from it: complete, reviewable, without a secret."""

from __future__ import annotations

import difflib
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.access import Rights, access_list, meaning_of, rights_of_processes
from appliance.bus.topics import Topics
from appliance.config import ConfigError
from central.access.inventory_file import load
from central.access.rights import files_of, left_over, write
from central.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parent.parent.parent
MANUAL: Final = (ROOT / "docs/access.md").read_text("utf-8")
EXAMPLE: Final = re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL)[0]
SECOND_DESK: Final = """
[[device]]
site = "SUED"
name = "eingang-2"
lobby = "EINGANG"
host = "eingang-2.example"
"""


def made(folder: Path, text: str = EXAMPLE) -> Mapping[str, str]:
    path = folder / "inventory.toml"
    path.write_text(text, "utf-8")
    return files_of(load(path))


def test_the_manuals_example_is_read(tmp_path: Path) -> None:
    path = tmp_path / "inventory.toml"
    path.write_text(EXAMPLE, "utf-8")
    inventory = load(path)
    (lobby,) = inventory.lobbies
    assert inventory.desk_of(lobby).id == "sued.eingang-1"
    assert [each.id for each in inventory.devices_of(lobby)] == ["sued.eingang-1", "sued.hof-1"]
    assert list(inventory.holders) == [
        "broker",
        "issuer",
        "collector",
        "curves",
        "sued.eingang-1",
        "sued.hof-1",
    ]
    assert [each.name for each in inventory.holders.values() if each.serves] == [
        "broker",
        "sued.eingang-1",
    ]
    assert "staff.console" in lobby.callers


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("[central]", "[centre]", 'centre: there is no such section.*did you mean "central"'),
        ("counters =", "counter =", 'lobby.1..counter: .*did you mean "counters"'),
        ('lobby = "EINGANG"', 'lobby = "EINGAGN"', 'device.1..lobby: .*did you mean "EINGANG"'),
        ('id = "SUED"\n\n', 'id = "SÜD"\n\n', "site.1..id: .*allowed: 1 to 8 of A-Z"),
        ('sites = ["SUED"]', 'sites = ["SUD"]', 'dashboard.2..sites: .*did you mean "SUED"'),
        ('name = "hof-1"', 'name = "eingang-1"', "device.2..name: .*is that of device.1. already"),
        ("hof-1.sued", "EINGANG-1.sued", "device.2..host: .*is that of device.1. already"),
        ('"hof-1.sued.m', '"mqtt.m', "device.2..host: .*is that of central already"),
        ('["scanner", "board"]', '["scaner"]', 'device.2..roles: .*did you mean "scanner"'),
        ('["scanner", "board"]', '["desk"]', "device.2..roles: .*has its desk on device.1."),
        ('1"\nlobby', '1"\nroles = ["board"]\nlobby', "lobby.1..id: it needs a ..device.."),
        (
            '["scanner", "board"]',
            '["kiosk"]\nkiosk = "hof"',
            "device.2..kiosk: .*kiosk of lobby EINGANG",
        ),
        (
            '["scanner", "board"]',
            (
                '["kiosk"]\n\n[[device]]\nsite = "SUED"\nname = "hof-2"\nlobby = "EINGANG"\n'
                'host = "hof-2.example"\nroles = ["kiosk"]'
            ),
            'device.3..kiosk: "entrance" has its screen on device.2. already',
        ),
        ('["1", "2", "3"]', '["a", "A"]', 'lobby.1..counters: "A" is there in another case'),
        ('["1", "2", "3"]', '["1", "1"]', 'lobby.1..counters: "1" stands there twice'),
        ('["1", "2", "3"]', '["1\\n"]', "lobby.1..counters: .*is not allowed"),
        ('["1", "2", "3"]', '["#"]', "lobby.1..counters: .*is not allowed"),
        ('"lead"', '"console"', "lobby.1..staff: .*the command line's"),
        ("# port = 8883", "port = 8885", "central.office_port: 8885 is that of port already"),
        ('name = "waiting-page"', 'name = "city"', "dashboard.2..name: .*is that of dashboard.1."),
        ("[[site]]", 'collector = "issuer"\n[[site]]', "central.collector: .*name of issuer"),
        (
            "[[site]]",
            'issuer = "broker"\n[[site]]',
            "central.issuer: .*the broker's certificate",
        ),
        ("[[site]]", 'curves = "collector"\n[[site]]', "central.curves: .*name of collector"),
        ('host = "mqtt.', 'host = "mqtt..', "central.host: .*a host name or an IPv4 address"),
    ],
)
def test_mistake_is_told_with_its_line(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    assert before in EXAMPLE
    with pytest.raises(ConfigError, match=complaint) as refused:
        made(tmp_path, EXAMPLE.replace(before, after, 1))
    # A section that is missing has no line.
    assert all(problem.line or "is missing" in str(problem) for problem in refused.value.problems)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = EXAMPLE.replace("counters =", "counter =").replace('"hof-1"', '"eingang-1"')
    with pytest.raises(ConfigError) as refused:
        made(tmp_path, wrong + SECOND_DESK)
    told = str(refused.value)
    assert "counter: there is no such key" in told
    assert "counters: it is missing" in told
    assert '"eingang-1" is that of' in told
    assert "one desk a lobby" in told


def test_same_device_name_on_two_sites_is_two_devices(tmp_path: Path) -> None:
    north = '[[site]]\nid = "NORD"\n[[lobby]]\nsite = "NORD"\nid = "EINGANG"\ncounters = ["1"]\n'
    device = SECOND_DESK.replace("SUED", "NORD").replace("eingang-2", "eingang-1")
    files = made(tmp_path, f"{EXAMPLE}\n{north}\n{device}")
    assert "bus/nord.eingang-1/access.acl" in files


def test_same_inventory_in_another_order_gives_the_same_bytes(tmp_path: Path) -> None:
    sections = re.split(r"(?m)^(?=\[)", EXAMPLE)
    turned = "".join(reversed(sections)).replace('["1", "2", "3"]', '["3", "1", "2"]')
    assert turned != EXAMPLE
    assert made(tmp_path, turned) == made(tmp_path)


def test_new_counter_changes_nothing_of_the_others(tmp_path: Path) -> None:
    before = made(tmp_path)
    after = made(tmp_path, EXAMPLE.replace('["1", "2", "3"]', '["1", "2", "3", "20"]'))
    name = "bus/sued.eingang-1/access.acl"
    changes = list(difflib.ndiff(before[name].splitlines(), after[name].splitlines()))
    assert not [line for line in changes if line.startswith("- ")]
    new = [line for line in changes if line.startswith("+ topic")]
    assert "+ topic write lobby/v1/SUED/EINGANG/counter.20/cmd/+" in new
    assert {name for name in after if after[name] != before[name]} == {
        name,
        "bus/sued.eingang-1/logins",
        "bus/sued.eingang-1/mosquitto.conf",
    }


def test_each_line_has_a_comment_that_says_what_it_allows(tmp_path: Path) -> None:
    files = made(tmp_path)
    lists = [text for name, text in files.items() if name.endswith("access.acl")]
    assert len(lists) == 2
    for text in lists:
        lines = text.splitlines()
        for above, line in pairwise(lines):
            if line.startswith(("topic", "user")):
                assert above.startswith("# ")
        assert not [line for line in lines if line.startswith("pattern")]


def test_every_login_of_the_list_is_one_that_can_come(tmp_path: Path) -> None:
    files = made(tmp_path)
    users = re.findall(r"(?m)^user (.*)$", files["bus/sued.eingang-1/access.acl"])
    assert users == sorted(users)
    assert files["bus/sued.eingang-1/logins"].splitlines()[1:] == users
    users = re.findall(r"(?m)^user (.*)$", files["centre/access.acl"])
    passwords = files["centre/logins"].splitlines()[1:]
    assert passwords == ["dashboard.city", "dashboard.waiting-page"]
    assert [user for user in users if user not in passwords] == [
        "collector",
        "curves",
        "issuer",
        "sued.eingang-1",
    ]


def test_nothing_is_written_twice_and_what_is_left_over_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, out = made(tmp_path), tmp_path / "out"
    assert list(write(files, out)) == sorted(files)
    assert list(write(files, out)) == []
    (out / "centre/logins").write_text("changed by hand")
    assert list(write(files, out)) == ["centre/logins"]
    (out / "bus/sued.gone-1").mkdir()
    assert left_over(files, out) == ["bus/sued.gone-1"]
    arguments = ["--inventory", str(tmp_path / "inventory.toml"), "--out", str(out)]
    assert main(["acl", *arguments]) == 0
    said = capsys.readouterr().out
    assert "nothing to write" in said
    assert "sued.gone-1 is not in the inventory any more" in said


def test_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(tmp_path)
    in_the_way = tmp_path / "out"
    in_the_way.touch()
    arguments = ["--inventory", str(tmp_path / "inventory.toml"), "--out", str(in_the_way)]
    assert main(["acl", *arguments]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_every_topic_of_ours_has_its_words() -> None:
    topics = Topics("SUED", "EINGANG", "sued.eingang-1")
    rights = rights_of_processes(topics)
    assert all(meaning_of(topic) for right in rights for topic in (*right.writes, *right.reads))
    assert meaning_of("elsewhere") == ""
    assert access_list([Rights("x", ("elsewhere",))]) == "user x\ntopic write elsewhere\n"


def test_process_that_does_not_exist_has_no_rights() -> None:
    with pytest.raises(ValueError, match="there is no process 'kiosk'"):
        rights_of_processes(Topics("SUED", "EINGANG", "sued.eingang-1"), ["kiosk"])
