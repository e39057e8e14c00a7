"""Packets out of WebSocket messages: they need not come as they were sent (MQTT 5, section 6.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.hall import Hall

SPLIT: Final = """async (messages) => {
    const { Packets } = await import('/js/packets.js');
    const packets = new Packets();
    return messages.flatMap((each) => packets.take(Uint8Array.from(each)).map((one) => [...one]));
}"""
PING: Final = [0xD0, 0]
SHORT: Final = [0x30, 3, 1, 2, 3]
LONG: Final = [0x30, 0x80 | 72, 1, *([7] * 200)]
"""A body of 200 bytes: its length takes two."""
ALL: Final = [*PING, *LONG, *SHORT, *PING]


@pytest.fixture
def page(hall: Hall) -> Page:
    return hall.window()


def test_packets_are_whole_however_they_come(page: Page) -> None:
    for size in (1, 2, 3, 50, 203, len(ALL)):
        messages = [ALL[at : at + size] for at in range(0, len(ALL), size)]
        assert page.evaluate(SPLIT, messages) == [PING, LONG, SHORT, PING], size


def test_what_is_no_packet_ends_the_connection(page: Page) -> None:
    with pytest.raises(Exception, match="no MQTT packet"):
        page.evaluate(SPLIT, [[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]])
