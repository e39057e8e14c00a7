"""The tests' own tools: a tool that cannot fail hides what it is there to find."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.support.broker import BrokerError, Mosquitto
from tests.support.collection import uncollected
from tests.support.leftovers import Running, left_since
from tests.support.ports import accepts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeMosquitto

NO_GRACE_S = 0.0


def connect(broker: Mosquitto, user: str | None = None, password: str | None = None) -> str:
    """Connect over the unix socket, and give the broker's answer in its own words."""
    answer: list[str] = []
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, transport="unix", protocol=MQTTProtocolVersion.MQTTv5
    )
    client.username_pw_set(user, password)
    client.on_connect = lambda _client, _data, _flags, reason, _properties: answer.append(
        reason.getName()
    )
    client.connect(str(broker.socket), 1)
    while not answer:
        client.loop(1.0)
    client.disconnect()
    return answer[0]


def test_a_thread_left_running_is_named() -> None:
    before = Running.now()
    enough = threading.Event()
    thread = threading.Thread(target=enough.wait, name="pump", daemon=True)
    thread.start()
    try:
        assert left_since(before, NO_GRACE_S) == ["thread 'pump'"]
    finally:
        enough.set()
        thread.join()


def test_a_thread_that_ends_in_time_is_no_leftover() -> None:
    before = Running.now()
    enough = threading.Event()
    thread = threading.Thread(target=enough.wait, name="pump")
    thread.start()
    enough.set()
    assert left_since(before, grace_s=30.0) == []


def test_a_process_left_running_is_named_and_ended() -> None:
    before = Running.now()
    with subprocess.Popen(["sleep", "60"]) as child:
        assert left_since(before, NO_GRACE_S) == [f"process {child.pid}: sleep 60"]
    assert left_since(before, NO_GRACE_S) == []


def test_an_orphan_is_found() -> None:
    before = Running.now()
    pid = subprocess.check_output(["sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!"], text=True)
    assert left_since(before, NO_GRACE_S) == [f"process {pid.strip()}: sleep 60"]


def test_the_children_of_what_is_killed_are_found_too(tmp_path: Path) -> None:
    said = tmp_path / "said"
    said.write_text("here\n")
    before = Running.now()
    with subprocess.Popen(
        ["sh", "-c", f"tail -f {said} & wait"], stdout=subprocess.PIPE, text=True
    ) as shell:
        assert shell.stdout
        # Said by the child itself: until then it may still be a copy of the shell.
        shell.stdout.readline()
        first, second = left_since(before, NO_GRACE_S)
    assert first.startswith(f"process {shell.pid}: sh")
    assert second.endswith(f": tail -f {said}")


def test_a_process_that_ended_unwaited_is_no_leftover() -> None:
    before = Running.now()
    subprocess.check_call(["sh", "-c", "sh -c : &"])
    assert left_since(before, grace_s=30.0) == []


def test_uncollected_tests_are_named(tmp_path: Path) -> None:
    run = "def test_run(): ...\ndef helper(): ...\n"
    (tmp_path / "test_good.py").write_text(run)
    (tmp_path / "test_class.py").write_text("class Checks:\n    def test_never(self): ...\n" + run)
    (tmp_path / "test_empty.py").write_text("def check_something(): ...\n")
    (tmp_path / "slips.py").write_text("async def test_slip(): ...\n")
    (tmp_path / "test_machine.py").write_text("TestLine = LineMachine.TestCase\n")
    (tmp_path / "helpers.py").write_text("def outer():\n    def test_inner(): ...\n")
    collected = {(tmp_path / name, "test_run") for name in ("test_good.py", "test_class.py")}
    collected.add((tmp_path / "test_machine.py", "runTest"))

    assert uncollected(tmp_path, collected) == [
        f"{tmp_path}/slips.py: holds tests, but its name does not begin with test_",
        f"{tmp_path}/test_class.py: test_never is not collected",
        f"{tmp_path}/test_empty.py: holds no test",
    ]


def test_anyone_may_connect_to_the_plain_broker(mosquitto: Mosquitto) -> None:
    assert connect(mosquitto) == "Success"
    assert accepts((mosquitto.host, mosquitto.port))


def test_a_killed_broker_comes_back_at_the_same_addresses(mosquitto: Mosquitto) -> None:
    port = mosquitto.port
    mosquitto.kill()
    assert not accepts((mosquitto.host, port))
    assert not accepts(str(mosquitto.socket))
    mosquitto.start()
    assert mosquitto.port == port
    assert connect(mosquitto) == "Success"


def test_only_the_given_logins_are_let_in(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto(logins={"desk": "sesame"}, acl="user desk\ntopic readwrite #\n")
    assert connect(broker, "desk", "sesame") == "Success"
    assert connect(broker, "desk", "guess") == "Not authorized"
    assert connect(broker) == "Not authorized"


def test_a_broker_that_cannot_start_says_why(make_mosquitto: MakeMosquitto) -> None:
    with pytest.raises(BrokerError, match="Unknown configuration variable"):
        make_mosquitto(extra="no_such_option true")


def test_a_broker_is_not_started_twice(mosquitto: Mosquitto) -> None:
    with pytest.raises(BrokerError, match="runs already"):
        mosquitto.start()
    mosquitto.close()
    mosquitto.close()
    with pytest.raises(BrokerError, match="does not run"):
        mosquitto.kill()
