"""Picture files through the scanner's own pipeline: the black box behind `lobby decode`.

Gate, debounce and content filter are off. A child process does the work, because a picture can
abort zbar or keep it busy for ever (both were reported): then the child dies, the picture's line
says so, and the next picture gets a new child. Starting one costs some 0.2 s.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

DEADLINE_S = 30.0
"""For reading and decoding one picture; the largest that are read take a few seconds."""

WORKER = (sys.executable, "-m", "appliance.drivers.decode_worker")

DYING_S = 5.0
"""Between the last of the child's pipes and its exit code."""

Answer = dict[str, Any]


def decode_files(
    files: Iterable[str],
    *,
    max_side: int | None,
    out: TextIO,
    deadline_s: float = DEADLINE_S,
    worker: Sequence[str] = WORKER,
) -> int:
    """Decode each file and write one line of JSON for it, at once.

    A line is `{"file", "texts", "ms"}`: distinct ASCII texts, sorted, and the CPU time of decoding
    in milliseconds, without reading the file. For what can't be read it is
    `{"file", "texts": [], "error"}`.

    Args:
        files: The files' names, as they shall stand in the lines.
        max_side: Shrink pictures first until no side is longer than this many pixels.
        out: Where the lines go.
        deadline_s: How long one picture may take.
        worker: The command of the child: answers a line of JSON with a line of JSON.

    Returns:
        The exit code: 0, or 1 if any file could not be read.
    """
    exit_code = 0
    with _Child(worker, deadline_s) as child:
        for file in files:
            answer = child.ask({"file": file, "max_side": max_side})
            if "error" in answer:
                exit_code = 1
            out.write(json.dumps({"file": file} | answer) + "\n")
            out.flush()
    return exit_code


class _Child:
    """The process that decodes: started when it is needed, and again after it died."""

    def __init__(self, command: Sequence[str], deadline_s: float) -> None:
        self._command = command
        self._deadline_s = deadline_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def ask(self, question: Answer) -> Answer:
        """Give the child's answer, or what became of the child."""
        process = self._process = self._process or self._start()
        try:
            line = self._exchange(process, json.dumps(question).encode() + b"\n")
        except TimeoutError:
            self._end()
            return _error(f"gave up after {self._deadline_s:g} s")
        if line is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(DYING_S)
            return _error(f"the decoder died of it ({_fate(self._end())})")
        answer: Answer = json.loads(line)
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  (our own module, by our own interpreter)
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what C libraries grumble about broken pictures
            bufsize=0,
            # The child finds our modules where we found them.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def _exchange(self, process: subprocess.Popen[bytes], question: bytes) -> bytes | None:
        """Give the line that answers; None if the child ends instead.

        Raises:
            TimeoutError: There was none within the deadline.
        """
        ask, reply = process.stdin, process.stdout
        if ask is None or reply is None:
            raise AssertionError("the child has pipes")
        try:
            ask.write(question)
        except BrokenPipeError:
            return None
        line = b""
        deadline = time.monotonic() + self._deadline_s
        while not line.endswith(b"\n"):
            if not select.select([reply], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            piece = reply.read(65536)
            if not piece:
                return None
            line += piece
        return line

    def _end(self) -> int:
        """End the child if it has not ended, and give the code that it ended with."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.kill()
        with process:  # closes the pipes and waits
            pass
        return process.returncode


def _error(sentence: str) -> Answer:
    return {"texts": [], "error": sentence}


def _fate(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"
