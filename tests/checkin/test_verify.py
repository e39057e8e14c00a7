"""`lobby code verify`: one answer a line, whatever the line is."""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import cbor2
import pytest

from appliance.checkin.verify import bounded_lines, run, verify_lines
from tests.checkin import forge
from tests.checkin.forge import AT, ID, ROOT, SITE, Forged, saying

if TYPE_CHECKING:
    from pathlib import Path

TRUST = forge.trust_of(forge.trusted())
CODE = Forged().text.encode()
BOOKING = {
    "id": ID.hex(),
    "slot": "2026-03-02T08:10:00Z",
    "minutes": 15,
    "service": "A",
    "place": None,
}


@pytest.fixture
def root_path(tmp_path: Path) -> Path:
    path = tmp_path / "root.pub"
    path.write_bytes(base64.b64encode(ROOT.public_key().public_bytes_raw()))
    return path


@pytest.fixture
def trust_path(tmp_path: Path) -> Path:
    path = tmp_path / "trust.cose"
    payload = TRUST.encode()
    signature = ROOT.sign(cbor2.dumps(["Signature1", b"\xa1\x01\x32", b"", payload]))
    parts: tuple[object, ...] = (b"\xa1\x01\x32", {}, payload, signature)
    path.write_bytes(b"\xd2\x84" + b"".join(map(cbor2.dumps, parts)))
    return path


def answers(data: bytes) -> list[Any]:
    lines = verify_lines(bounded_lines(io.BytesIO(data)), TRUST, SITE, AT)
    return [json.loads(line) for line in lines]


def refused(reason: str) -> dict[str, object]:
    return {"ok": False, "reason": reason}


def test_a_good_code_is_answered_with_its_booking() -> None:
    assert answers(CODE) == [{"ok": True, "booking": BOOKING}]


def test_a_place_is_told() -> None:
    text = saying(booking=[forge.SLOT_S, 15, "A", "R.312"])
    assert answers(text.encode()) == [{"ok": True, "booking": BOOKING | {"place": "R.312"}}]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_end_is_no_part_of_the_code(end: bytes) -> None:
    assert answers(CODE + end) == [{"ok": True, "booking": BOOKING}]


@pytest.mark.parametrize("end", [b" \n", b"\r", b"\r\r\n", b"\t\n", b"\x0b\n", b"\xe2\x80\xa8\n"])
def test_anything_else_at_the_end_is_part_of_the_code(end: bytes) -> None:
    assert answers(CODE + end) == [refused("malformed")]


def test_every_line_has_one_answer() -> None:
    lines = [b"", b" ", b"\xff\xfe", b"LB1:\xff", b"\0" * 10, b"\r", CODE, b"{}", b"x" * 3_000_000]
    lines += [b"LB1:" + b"0" * 1_000_000, b"LB1:" + "ä".encode() * 500, CODE]
    lines += [b"LB1:" + character.encode() * 509 for character in "0ä€😀"]
    reasons = [answer.get("reason") for answer in answers(b"\n".join(lines))]
    assert reasons == [
        "not_a_code",
        "not_a_code",
        "not_a_code",
        "malformed",
        "not_a_code",
        "not_a_code",
        None,
        "not_a_code",
        "not_a_code",
        "too_long",
        "malformed",
        None,
        *["too_long"] * 4,
    ]


def test_no_lines_have_no_answers() -> None:
    assert answers(b"") == []
    assert answers(b"\n") == [refused("not_a_code")]


class Endless(io.RawIOBase):
    """A line of `size` bytes that is never in memory as a whole."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (what io.RawIOBase says)
        count = min(len(buffer), self.left)
        self.largest = max(self.largest, count)
        buffer[:count] = b"L" * count
        self.left -= count
        return count


def test_a_very_long_line_is_never_held_as_a_whole() -> None:
    endless = Endless(200_000_000)
    (line,) = bounded_lines(io.BufferedReader(endless))
    assert len(line) < 4096
    assert endless.left == 0
    assert endless.largest < 1_000_000


def command(
    trust: Path, root: Path, *, site: str = SITE, at: str | None = "2026-03-02T08:05:00Z"
) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(trust, root, site, at, stdin=io.BytesIO(CODE), stdout=out, stderr=err)
    return code, out.getvalue(), err.getvalue()


def test_all_lines_answered_is_exit_code_0(trust_path: Path, root_path: Path) -> None:
    code, out, err = command(trust_path, root_path)
    assert (code, json.loads(out), err) == (0, {"ok": True, "booking": BOOKING}, "")


def test_a_line_that_is_refused_is_exit_code_0_too(trust_path: Path, root_path: Path) -> None:
    code, out, _ = command(trust_path, root_path, site="KOELN")
    assert (code, json.loads(out)) == (0, refused("wrong_site"))


def test_without_a_time_it_is_now(trust_path: Path, root_path: Path) -> None:
    code, out, _ = command(trust_path, root_path, at=None)
    assert (code, json.loads(out)["ok"]) == (0, False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"at": "yesterday"}, "'yesterday' is no time"),
        ({"at": ""}, "is no time"),
        ({"at": "2026-03-02T08:05:00"}, "has no offset"),
        ({"at": "2026-03-02"}, "has no offset"),
        ({"site": "dus"}, "'dus' is no site code"),
        ({"site": ""}, "is no site code"),
        ({"site": "DUS\n"}, "is no site code"),
    ],
)
def test_a_wrong_argument_is_one_sentence_and_exit_code_2(
    change: dict[str, str], words: str, trust_path: Path, root_path: Path
) -> None:
    code, out, err = command(trust_path, root_path, **change)
    assert (code, out) == (2, "")
    assert words in err


def test_a_bad_trust_list_or_root_is_one_sentence_and_exit_code_2(
    trust_path: Path, root_path: Path, tmp_path: Path
) -> None:
    for trust, root in [
        (root_path, root_path),
        (trust_path, trust_path),
        (tmp_path, root_path),
        (tmp_path / "absent", root_path),
        (trust_path, tmp_path / "absent"),
    ]:
        code, out, err = command(trust, root)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("lobby code verify: ")


PROGRAM = """
import sys
from pathlib import Path
from appliance.checkin.verify import run
trust, root, site, at = sys.argv[1:]
sys.exit(run(Path(trust), Path(root), site, at,
             stdin=sys.stdin.buffer, stdout=sys.stdout, stderr=sys.stderr))
"""


def process(trust_path: Path, root_path: Path, **streams: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401  (as Popen takes them)
    arguments = [str(trust_path), str(root_path), SITE, "2026-03-02T08:05:00Z"]
    # Whether an answer comes at once must not hang on how the tests were started.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], env=env, **streams)


def test_a_line_is_answered_before_the_next_one_comes(trust_path: Path, root_path: Path) -> None:
    pipe = subprocess.PIPE
    with process(trust_path, root_path, stdin=pipe, stdout=pipe) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        deadline = threading.Timer(30, running.kill)
        deadline.start()
        for _ in range(3):
            running.stdin.write(CODE + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["ok"]
        running.stdin.close()
        assert running.wait(30) == 0
        deadline.cancel()
        deadline.join()


def test_a_reader_who_leaves_early_gets_no_traceback(trust_path: Path, root_path: Path) -> None:
    pipe = subprocess.PIPE
    reader, writer = os.pipe()
    os.close(reader)
    with process(trust_path, root_path, stdin=pipe, stdout=writer, stderr=pipe) as running:
        os.close(writer)
        _, err = running.communicate(CODE + b"\n", timeout=30)
    assert (running.returncode, err) == (1, b"")


class Broken(io.RawIOBase):
    """A disk that gives way."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_an_input_that_breaks_off_is_one_sentence(trust_path: Path, root_path: Path) -> None:
    stdin, out, err = io.BufferedReader(Broken()), io.StringIO(), io.StringIO()
    code = run(trust_path, root_path, SITE, None, stdin=stdin, stdout=out, stderr=err)
    assert (code, out.getvalue()) == (1, "")
    assert err.getvalue() == "lobby code verify: reading or writing broke off: Input/output error\n"
