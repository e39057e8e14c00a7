"""A board process for the tests: messages come as lines on standard input, pictures go to a folder.

Each line is topic, a space, and the payload; as after connecting, all of them were kept by the bus.
"""

from __future__ import annotations

import queue
import sys
import threading
from pathlib import Path

from appliance.bus.link import Inbound, Received
from appliance.bus.topics import Topics
from appliance.display.board import BoardPainter
from appliance.display.board_state import BoardState, Timing
from appliance.display.text import Typesetter, find_fonts
from appliance.drivers.folder_monitor import FolderMonitor
from appliance.screen import Screen
from tests.board.states import BERLIN, SIGNS, SMALL


def main(folder: str) -> None:
    inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    topics = Topics("SUED", "EINGANG", "sued.eingang-1")
    for line in sys.stdin.buffer.read().splitlines():
        topic, _, payload = line.partition(b" ")
        inbox.put(Received(topic.decode(), payload, retained=True))
    # Long enough that a slow machine does not change the picture by itself.
    state = BoardState(BERLIN, Timing(emphasis_s=600, turn_s=300))
    painter = BoardPainter(SMALL, SIGNS, Typesetter(find_fonts()))
    with FolderMonitor(Path(folder), SMALL) as monitor:
        Screen(inbox, topics, state, painter, monitor).run(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1])
