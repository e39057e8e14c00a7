"""`lobby decode` as a black box: files in, lines out."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from appliance.drivers.decode_files import DEADLINE_S, WORKER, decode_files
from tests.seeing.codes import appointment, qr, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def decode(
    *files: Path | str,
    max_side: int | None = None,
    deadline_s: float = DEADLINE_S,
    worker: Sequence[str] = WORKER,
) -> tuple[int, list[dict[str, Any]]]:
    """Give the exit code and the lines."""
    out = io.StringIO()
    code = decode_files(
        map(str, files), max_side=max_side, out=out, deadline_s=deadline_s, worker=worker
    )
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def picture(path: Path, *texts: str) -> Path:
    Image.fromarray(side_by_side(*map(qr, texts))).save(path)
    return path


def test_a_line_holds_the_file_its_texts_and_the_time(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", appointment())
    code, (line,) = decode(path)
    assert code == 0
    assert line.keys() == {"file", "texts", "ms"}
    assert line["file"] == str(path)
    assert line["texts"] == [appointment()]
    assert line["ms"] > 0


def test_texts_are_distinct_and_sorted_and_not_filtered(tmp_path: Path) -> None:
    texts = ["5", "LB1:X", "WIFI:S:a;;", "a", "https://b.example", "z"]
    path = picture(tmp_path / "a.png", *texts[::-1], "z")
    assert decode(path)[1][0]["texts"] == texts


def test_a_text_that_is_not_ascii_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.fromarray(side_by_side(qr("Straße", encoding="utf-8"), qr("ASCII 1"))).save(path)
    code, (line,) = decode(path)
    assert (code, line["texts"]) == (0, ["ASCII 1"])


def test_a_picture_without_a_code_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("L", (1280, 720), 96).save(path)
    code, (line,) = decode(path)
    assert code == 0
    assert line["texts"] == []
    assert "error" not in line


def test_an_unreadable_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()
    good = picture(tmp_path / "good.png", "LB1:X")
    code, lines = decode(empty, tmp_path / "missing", tmp_path, good)
    assert code == 1
    assert [line["texts"] for line in lines] == [[], [], [], ["LB1:X"]]
    assert all(line["error"] for line in lines[:3])
    assert "error" not in lines[3]


def test_max_side_shrinks_before_decoding(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", appointment())
    assert decode(path, max_side=200)[1][0]["texts"] == [appointment()]
    assert decode(path, max_side=60)[1][0]["texts"] == []


def test_names_of_any_bytes_are_taken(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/new\nline \xff\xfe.png")
    picture(tmp_path / "a.png", "LB1:X").rename(path)
    code, (line,) = decode(path)
    assert (code, line["file"], line["texts"]) == (0, path, ["LB1:X"])


def test_no_files_are_no_lines() -> None:
    assert decode() == (0, [])


def test_a_missing_decoder_is_said_with_what_to_install(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["pyzbar"] = None
from appliance.drivers import decode_worker
decode_worker.main()
"""
    path = picture(tmp_path / "a.png", "LB1:X")
    code, lines = decode(path, path, worker=(sys.executable, "-c", program))
    assert code == 1
    assert all("apt install libzbar0" in line["error"] for line in lines)


def hostile_to(deed: str) -> tuple[str, ...]:
    """Give the command of a worker whose decoder does this when it meets a hostile picture."""
    program = f"""
import json, os, sys, time
from appliance.drivers import decode_worker
from appliance.drivers.decode import Seen
class Hostile:
    def look(self, luma):
        if luma.shape[0] == 13:
            {deed}
        return Seen(frozenset({{"LB1:X"}}))
decode_worker.answer(sys.stdin, sys.stdout, Hostile())
"""
    return sys.executable, "-c", program


@pytest.mark.parametrize(
    ("deed", "deadline_s", "error"),
    [
        ("os.abort()", DEADLINE_S, "the decoder died of it (SIGABRT)"),
        ("os._exit(3)", DEADLINE_S, "the decoder died of it (exit code 3)"),
        ("raise ValueError", DEADLINE_S, "the decoder died of it (exit code 1)"),
        ("time.sleep(600)", 2.0, "gave up after 2 s"),
    ],
)
def test_a_picture_that_takes_the_decoder_down_costs_its_own_line_alone(
    deed: str, deadline_s: float, error: str, tmp_path: Path
) -> None:
    good, hostile = tmp_path / "good.png", tmp_path / "hostile.png"
    Image.new("L", (20, 20)).save(good)
    Image.new("L", (20, 13)).save(hostile)
    code, lines = decode(good, hostile, good, deadline_s=deadline_s, worker=hostile_to(deed))
    assert code == 1
    assert lines[1] == {"file": str(hostile), "texts": [], "error": error}
    assert [line["texts"] for line in lines] == [["LB1:X"], [], ["LB1:X"]]
