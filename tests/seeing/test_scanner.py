from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.camera import CameraGone
from appliance.scanner import kind_of
from tests.seeing.codes import appointment, qr
from tests.seeing.kiosk import SLIP, START, Kiosk

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma


def small(text: str) -> Luma:
    return qr(text, module_px=4)


OURS, SECOND = appointment(1), appointment(2)


def test_a_code_held_up_is_one_scan() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=1, for_s=5).run(until_s=8)
    assert kiosk.seen == [("code", OURS)]


def test_a_code_is_passed_on_in_the_frame_that_shows_it() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=5, for_s=1).run(until_s=7)
    assert kiosk.published_s == [pytest.approx(5.1, abs=0.11)]


def test_a_scan_tells_the_kiosk_and_when_the_frame_was_taken() -> None:
    (scan,) = Kiosk().hold_up(small(OURS), at_s=1, for_s=1).run(until_s=2).scans
    assert scan.kiosk == "entrance"
    assert scan.frame_at == START


def test_a_code_taken_away_for_less_than_two_seconds_is_the_same_scan() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=1, for_s=1).hold_up(small(OURS), at_s=3.7, for_s=1)
    assert kiosk.run(until_s=6).seen == [("code", OURS)]


def test_a_code_shown_again_after_two_seconds_is_another_scan() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=1, for_s=1).hold_up(small(OURS), at_s=4.3, for_s=1)
    assert kiosk.run(until_s=6).seen == [("code", OURS), ("code", OURS)]


def test_two_people_right_after_each_other_are_two_scans() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=1, for_s=1).hold_up(small(SECOND), at_s=2, for_s=1)
    assert kiosk.run(until_s=4).seen == [("code", OURS), ("code", SECOND)]


def test_our_slip_is_passed_on() -> None:
    kiosk = Kiosk().hold_up(qr(SLIP + "abc"), at_s=1, for_s=1).run(until_s=3)
    assert kiosk.seen == [("slip", SLIP + "abc")]


FOREIGN = {
    "https://bank.example/?customer=4711": "url",
    "HTTP://BANK.EXAMPLE": "url",
    "WIFI:S:home;T:WPA;P:secret;;": "wifi",
    "BEGIN:VCARD\nN:Muster": "contact",
    "MECARD:N:Muster;;": "contact",
    "4711-0815": "other",
    "lb1:small letters are not ours": "other",
}


@pytest.mark.parametrize("text", FOREIGN)
def test_of_a_foreign_code_only_the_kind_is_told(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        kiosk = Kiosk().hold_up(qr(text), at_s=1, for_s=3).run(until_s=5)
    assert kiosk.seen == [(FOREIGN[text], None)]
    assert text not in caplog.text


def test_a_foreign_code_beside_ours_is_left_out() -> None:
    kiosk = Kiosk().hold_up(small(OURS), qr("https://example.org"), at_s=1, for_s=1)
    assert kiosk.run(until_s=3).seen == [("code", OURS)]


def test_a_foreign_code_does_not_count_when_ours_is_missed_for_a_moment() -> None:
    kiosk = Kiosk().hold_up(small(OURS), qr("https://example.org"), at_s=1, for_s=1)
    kiosk.hold_up(qr("https://example.org"), at_s=2, for_s=0.5)
    kiosk.hold_up(small(OURS), qr("https://example.org"), at_s=2.5, for_s=1)
    assert kiosk.run(until_s=5).seen == [("code", OURS)]


def test_two_foreign_codes_of_a_kind_are_told_once() -> None:
    pictures = qr("https://example.org/1"), qr("https://example.org/2")
    assert Kiosk().hold_up(*pictures, at_s=1, for_s=1).run(until_s=3).seen == [("url", None)]


def test_of_two_codes_of_ours_in_one_picture_none_is_passed_on() -> None:
    kiosk = Kiosk().hold_up(small(OURS), small(SECOND), at_s=1, for_s=3).run(until_s=5)
    assert kiosk.seen == [("several", None)]


def test_a_code_beside_our_slip_is_several_too() -> None:
    kiosk = Kiosk().hold_up(small(OURS), qr(SLIP + "abc"), at_s=1, for_s=1).run(until_s=3)
    assert kiosk.seen == [("several", None)]


def test_the_same_code_twice_in_one_picture_is_one() -> None:
    kiosk = Kiosk().hold_up(small(OURS), small(OURS), at_s=1, for_s=1).run(until_s=3)
    assert kiosk.seen == [("code", OURS)]


def test_one_of_several_counts_when_it_is_held_up_alone() -> None:
    kiosk = Kiosk().hold_up(small(OURS), small(SECOND), at_s=1, for_s=1)
    kiosk.hold_up(small(SECOND), at_s=2, for_s=2)
    assert kiosk.run(until_s=5).seen == [("several", None), ("code", SECOND)]


def test_one_of_several_does_not_count_when_the_other_is_missed_for_a_moment() -> None:
    kiosk = Kiosk().hold_up(small(OURS), small(SECOND), at_s=1, for_s=1)
    kiosk.hold_up(small(OURS), at_s=2, for_s=0.5)
    kiosk.hold_up(small(OURS), small(SECOND), at_s=2.5, for_s=1)
    assert kiosk.run(until_s=5).seen == [("several", None)]


def test_a_scanned_code_that_stays_beside_another_is_not_scanned_again() -> None:
    kiosk = Kiosk().hold_up(small(OURS), at_s=1, for_s=1)
    kiosk.hold_up(small(OURS), small(SECOND), at_s=2, for_s=3)
    kiosk.hold_up(small(OURS), at_s=5, for_s=3)
    assert kiosk.run(until_s=9).seen == [("code", OURS), ("several", None)]


def test_every_frame_is_a_sign_of_life() -> None:
    kiosk = Kiosk().run(until_s=5)
    assert kiosk.alive == [""] * 51


def test_a_camera_that_hangs_is_opened_afresh_after_three_seconds() -> None:
    kiosk = Kiosk().do(lambda kiosk: kiosk.camera.hang(), at_s=2)
    kiosk.hold_up(small(OURS), at_s=8, for_s=1).run(until_s=10)
    assert len(kiosk.cameras) == 2
    assert kiosk.seen == [("code", OURS)]
    assert "camera: no frame for 2 s" in kiosk.alive
    assert "camera: no frame from the camera for 3 s: check its cable" in kiosk.alive


def test_a_camera_that_was_unplugged_is_opened_afresh_at_once() -> None:
    kiosk = Kiosk().do(lambda kiosk: kiosk.camera.unplug(), at_s=2)
    kiosk.hold_up(small(OURS), at_s=3, for_s=1).run(until_s=5)
    assert kiosk.seen == [("code", OURS)]


def test_a_camera_that_stays_away_ends_the_scanner_with_a_sentence() -> None:
    def tear_off(kiosk: Kiosk) -> None:
        kiosk.camera_works = False
        kiosk.camera.unplug()

    kiosk = Kiosk().do(tear_off, at_s=2)
    with pytest.raises(CameraGone, match="the camera was unplugged"):
        kiosk.run(until_s=10)
    assert len(kiosk.cameras) == 2


def test_a_camera_that_hangs_from_the_start_ends_the_scanner() -> None:
    kiosk = Kiosk()
    kiosk.camera_delivers = False
    with pytest.raises(CameraGone, match="no frame from the camera for 3 s"):
        kiosk.run(until_s=10)


def test_every_camera_that_was_opened_is_closed() -> None:
    kiosk = Kiosk().do(lambda kiosk: kiosk.camera.hang(), at_s=1).run(until_s=6)
    assert len(kiosk.cameras) == 2
    for camera in kiosk.cameras:
        with pytest.raises(CameraGone, match="closed"):
            camera.frame()


def test_a_text_too_long_to_be_ours_is_not_passed_on() -> None:
    assert kind_of("LB1:" + "A" * 508, SLIP) == "code"
    assert kind_of("LB1:" + "A" * 509, SLIP) == "other"


def test_a_text_that_is_not_ascii_is_not_ours() -> None:
    assert kind_of("LB1:ÄÖÜ", SLIP) == "other"
    assert kind_of(SLIP + "ü", SLIP) == "url"


def test_without_a_prefix_no_text_is_a_slip() -> None:
    assert kind_of(SLIP + "abc", None) == "url"
    assert kind_of(SLIP + "abc", "") == "url"
