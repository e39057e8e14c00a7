"""Waiting for a message is over in time, also if a signal comes at the wrong moment."""

from __future__ import annotations

import queue
import subprocess
import sys

import pytest

from appliance.mailbox import take

PATIENT_S = 30.0
INTERRUPTED = """\
import queue, signal, sys, threading, time
from appliance.mailbox import take

# Busier than the wait is long: as where the interpreter is held by other threads.
signal.signal(signal.SIGTERM, lambda *_: time.sleep(0.2))
threading.Timer(0.05, signal.pthread_kill, (threading.main_thread().ident, signal.SIGTERM)).start()
try:
    take(queue.SimpleQueue(), 0.1)
except queue.Empty:
    sys.exit(7)
"""


def test_what_is_there_is_given_and_what_is_not_is_waited_for_in_vain() -> None:
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    inbox.put("news")
    assert take(inbox, 0.0) == "news"
    with pytest.raises(queue.Empty):
        take(inbox, 0.01)


def test_signal_whose_handler_outlasts_the_wait_does_not_make_it_endless() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], check=False, timeout=PATIENT_S)
    assert done.returncode == 7
