"""Codes of an independent COSE library verify here, and ours verified there."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from appliance.checkin.code import CodeError, verify
from appliance.checkin.keys import TrustList
from tests.checkin import forge
from tests.checkin.vectors.ours import BOOKINGS, codes

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cwt.json").read_text("utf-8"))
TRUST = TrustList.parse(bytes.fromhex(VECTORS["trust"]), forge.ROOT.public_key())
AT = datetime.fromisoformat(VECTORS["at"])


def answer(text: str) -> str:
    """Verify a text; gives the booking's id, or the reason why not."""
    try:
        return verify(text, TRUST, VECTORS["site"], AT).id
    except CodeError as error:
        return str(error.reason.value)


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda vector: vector["name"])
def test_a_code_of_another_library_gets_the_right_answer(vector: dict[str, str | None]) -> None:
    assert answer(vector["text"] or "") == (vector["reason"] or forge.ID.hex())


def test_our_codes_are_those_that_another_library_verified() -> None:
    assert codes() == [vector["text"] for vector in VECTORS["ours"]]


def test_another_library_read_what_we_wrote() -> None:
    for vector, booking in zip(VECTORS["ours"], BOOKINGS, strict=True):
        slot_s = int(booking.slot.timestamp())
        appointment = [slot_s, booking.minutes, booking.service]
        appointment += [] if booking.place is None else [booking.place]
        assert vector["booking"] == appointment
        assert (vector["id"], vector["site"]) == (booking.id, forge.SITE)
        assert vector["exp"] == forge.EXP_S
