"""A decoder that hangs ends its process, and no other."""

from __future__ import annotations

import signal
import subprocess
import sys

import numpy as np
import pytest

from appliance.drivers.deadline import Deadline
from appliance.drivers.decode import Seen, TwoDecoders
from tests.seeing.codes import appointment, qr

SECONDS = 30.0


def end_of(deed: str, *, height: int = 10, deadline_s: float = 0.2) -> tuple[int, str]:
    """Give exit code and output of a process whose decoder does this."""
    program = f"""
import ctypes, sys, time
import numpy as np
from appliance.drivers.deadline import Deadline, leave_no_core
from appliance.drivers.decode import Seen
class Decoder:
    def look(self, luma):
        {deed}
        return Seen(frozenset())
leave_no_core()
looking = Deadline(Decoder(), {deadline_s})
looking.look(np.zeros(({height}, 1000), np.uint8))
time.sleep(0.4)
print("alive")
"""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(
    "deed",
    [
        "time.sleep(600)",
        "exec('while True: pass')",
        "ctypes.PyDLL(None).pause()  # in C, with the interpreter's lock held",
    ],
)
def test_whatever_hangs_ends_the_process(deed: str) -> None:
    assert end_of(deed) == (-signal.SIGALRM, "")


def test_who_is_in_time_goes_on_living() -> None:
    assert end_of("pass") == (0, "alive\n")


def test_a_decoder_that_raises_goes_on_living() -> None:
    class Broken:
        def look(self, luma: object) -> Seen:
            raise ValueError(luma)

    with pytest.raises(ValueError, match="0"):
        Deadline(Broken(), 600.0).look(np.zeros((1, 1), np.uint8))
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_larger_pictures_have_more_time() -> None:
    assert end_of("time.sleep(0.4)", height=10_000) == (0, "alive\n")


def test_what_is_seen_is_handed_on() -> None:
    picture = qr(appointment())
    assert Deadline(TwoDecoders()).look(picture) == Seen(frozenset({appointment()}))
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
