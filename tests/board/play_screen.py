"""A board process for the tests: messages come as lines on standard input, pictures go to a folder.

Each line is topic, a space, and the payload; as after connecting, all of them were kept by the bus.
"""

from __future__ import annotations

import queue
import sys
import threading
from pathlib import Path

from appliance.board.screen import News, Screen
from appliance.bus.link import Received
from appliance.bus.topics import Topics
from appliance.display.board import BoardPainter
from appliance.display.board_state import BoardState, Timing
from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter
from appliance.drivers.folder_monitor import FolderMonitor
from tests.board.states import BERLIN, SIGNS, SMALL


def main(folder: str) -> None:
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    topics = Topics("SUED", "EINGANG", "sued.eingang-1")
    for line in sys.stdin.buffer.read().splitlines():
        topic, _, payload = line.partition(b" ")
        inbox.put(Received(topic.decode(), payload, retained=True))
    # Long enough that a slow machine does not change the picture by itself, and at rest at once.
    state = BoardState(BERLIN, Timing(emphasis_s=600, turn_s=300, step_s=1e-6))
    painter = BoardPainter(SMALL, SIGNS, Typesetter(find_fonts()))
    with FolderMonitor(Path(folder), SMALL) as monitor:
        Screen(inbox, topics, state, painter, monitor).run(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1])
