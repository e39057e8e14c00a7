"""Payloads: strict in what they take, and quiet about what a later version adds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from appliance.bus.messages.asked import Command, Scan
from appliance.bus.messages.payload import LIMIT_BYTES, MessageError, decode, encode
from appliance.bus.messages.shown import Board, Call, Waiting

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_board_comes_back_as_it_went() -> None:
    board = Board(
        as_of=NOW,
        day=date(2026, 3, 2),
        session="s",
        valid_s=30,
        calls=[Call(id="1", ticket="A001", counter="3", age_s=1.5, right_of_way=True)],
        at_counters=[],
        next=[Waiting(ticket="A002")],
        waiting=1,
        open_counters=2,
    )
    assert decode(encode(board), Board) == board


def test_members_that_a_later_version_adds_are_ignored() -> None:
    assert decode(b'{"kind": "url", "kiosk": "e", "later": [1]}', Scan) == Scan(
        kind="url", kiosk="e"
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"next",
        b"\xff\xfe",
        b"[]",
        b'{"kind": "url"}',
        b'{"kind": 5, "kiosk": "e"}',
        b'{"kind": "code", "kiosk": "e", "text": "' + b"A" * 513 + b'"}',
        b'{"kind": "url", "kiosk": "e"' + b" " * LIMIT_BYTES + b"}",
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    ],
)
def test_what_does_not_fit_is_refused(payload: bytes) -> None:
    with pytest.raises(MessageError):
        decode(payload, Scan)


def test_command_says_only_what_it_means() -> None:
    assert encode(Command()) == b"{}"
    assert encode(Command(ticket="A001", force=True)) == b'{"ticket":"A001","force":true}'
