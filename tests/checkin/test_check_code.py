"""The short code on a slip: this device's own, for this number at this time."""

from __future__ import annotations

from datetime import timedelta

from appliance.checkin.check_code import LENGTH, check_code
from appliance.checkin.short_number import ALPHABET
from tests.support.lobby import at

KEY = bytes(range(32))


def test_code_is_the_same_for_the_same_slip_and_another_for_any_other() -> None:
    code = check_code(KEY, "sued.eingang-1", "A017", at("08:00"))
    assert code == check_code(KEY, "sued.eingang-1", "A017", at("08:00"))
    others = {
        check_code(bytes(32), "sued.eingang-1", "A017", at("08:00")),
        check_code(KEY, "sued.eingang-2", "A017", at("08:00")),
        check_code(KEY, "sued.eingang-1", "A018", at("08:00")),
        check_code(KEY, "sued.eingang-1", "A017", at("08:00") + timedelta(seconds=1)),
    }
    assert code not in others
    assert len(others) == 4


def test_code_can_be_read_aloud() -> None:
    codes = {check_code(KEY, "d", f"A{n:03d}", at("08:00")) for n in range(300)}
    assert len(codes) > 295
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert not set(ALPHABET) & set("01258BGILOQSUZ6A")
