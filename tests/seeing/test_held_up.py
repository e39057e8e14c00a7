"""Help for who holds up what cannot be read, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.held_up import AGAIN_AFTER_S, DUE_AFTER_S, QUIET_AFTER_READING_S, HeldUp
from bench.frames import Conditions, code_text, frame, hall
from bench.people import standing, walking_by
from tests.seeing.codes import appointment, qr
from tests.seeing.kiosk import Kiosk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.drivers.camera import Luma

OURS = appointment()
READABLE = qr(OURS, module_px=4)
BLURRED = np.asarray(
    Image.fromarray(np.pad(READABLE, 20, constant_values=255)).filter(ImageFilter.BoxBlur(4))
)
HELP = ("unreadable", None)
HALL = hall(np.random.default_rng(1))


def test_who_holds_up_what_cannot_be_read_gets_help_after_eight_seconds() -> None:
    kiosk = Kiosk().hold_up(BLURRED, at_s=3, for_s=12).run(until_s=17)
    assert kiosk.seen == [HELP]
    assert kiosk.published_s == [pytest.approx(3 + DUE_AFTER_S, abs=1.5)]


@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(brightness=0.03, room=0.02),
        Conditions(defocus_px=9),
        Conditions(phone=False, defocus_px=8),
        Conditions(module_px=12, defocus_px=20),
        Conditions(motion_px=25),
        Conditions(contrast=0.03),
        Conditions(module_px=1.5),
        Conditions(covered=0.7),
        Conditions(inverted=True, defocus_px=9),
    ],
    ids=str,
)
def test_whatever_makes_it_unreadable(conditions: Conditions) -> None:
    rng = np.random.default_rng(2)
    view = frame(code_text(rng), conditions, rng)
    kiosk = Kiosk(hall(np.random.default_rng(2), room=conditions.room))
    kiosk.hold_up(view, at_s=2, for_s=12).run(until_s=15)
    assert kiosk.seen == [HELP]


def test_a_camera_that_tries_exposures_shows_it_in_one_of_them() -> None:
    rng = np.random.default_rng(2)
    view = frame(code_text(rng), Conditions(defocus_px=9), rng)
    burnt, black = np.full_like(view, 255), np.full_like(view, 4)
    kiosk = Kiosk(HALL)
    for number in range(20):
        for place, exposure in enumerate((view, burnt, black)):
            kiosk.hold_up(exposure, at_s=2 + 0.6 * number + 0.2 * place, for_s=0.2)
    assert kiosk.run(until_s=15).seen == [HELP]


def test_nobody_is_helped_who_only_passes_the_camera() -> None:
    kiosk = Kiosk().hold_up(BLURRED, at_s=3, for_s=5).run(until_s=20)
    assert kiosk.seen == []


def test_who_is_read_in_the_end_needs_no_help() -> None:
    kiosk = Kiosk().hold_up(BLURRED, at_s=3, for_s=6).hold_up(READABLE, at_s=9, for_s=2)
    assert kiosk.run(until_s=14).seen == [("code", OURS)]


def test_who_was_just_served_may_hold_the_phone_up_still() -> None:
    kiosk = Kiosk().hold_up(READABLE, at_s=3, for_s=1)
    kiosk.hold_up(BLURRED, at_s=4, for_s=QUIET_AFTER_READING_S)
    assert kiosk.run(until_s=22).seen == [("code", OURS)]


def test_a_card_without_a_code_is_no_code() -> None:
    card = np.full((200, 320), 230, np.uint8)
    assert Kiosk().hold_up(card, at_s=3, for_s=15).run(until_s=20).seen == []


def test_help_is_repeated_but_a_poster_becomes_part_of_the_hall() -> None:
    kiosk = Kiosk().hold_up(BLURRED, at_s=3, for_s=240).run(until_s=240)
    assert kiosk.seen == [HELP, HELP]
    first_s, second_s = kiosk.published_s
    assert second_s - first_s == pytest.approx(AGAIN_AFTER_S, abs=1.5)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_who_stands_there_and_reads_the_screen_gets_no_help(seed: int) -> None:
    views = standing(HALL, np.random.default_rng(seed), seconds=14, frames_per_s=4)
    assert not any(_asked_for_help(views))


@pytest.mark.parametrize("seed", [1, 3])
def test_people_who_walk_by_get_no_help(seed: int) -> None:
    views = walking_by(HALL, np.random.default_rng(seed), seconds=14, frames_per_s=4)
    assert not any(_asked_for_help(views))


def test_a_trolley_full_of_things_is_no_code() -> None:
    rng = np.random.default_rng(1)
    picture = Image.fromarray(HALL)
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, side = rng.uniform(300, 800), rng.uniform(100, 600), rng.uniform(40, 120)
        draw.rectangle([x, y, x + side, y + 0.7 * side], int(rng.integers(20, 230)))
    trolley = np.asarray(picture.filter(ImageFilter.BoxBlur(2)))
    assert not any(_asked_for_help([trolley] * 56))


def test_a_grille_that_was_always_there_is_no_code() -> None:
    grille = np.asarray(
        Image.fromarray(
            frame(
                code_text(np.random.default_rng(3)),
                Conditions(defocus_px=8),
                np.random.default_rng(3),
            )
        )
    )
    people = walking_by(grille, np.random.default_rng(1), seconds=14, frames_per_s=4)
    assert not any(_asked_for_help(people, empty=grille))


def _asked_for_help(views: Iterable[Luma], empty: Luma = HALL) -> list[bool]:
    """Show views, four a second, after the empty hall; give for each whether it asked for help."""
    decoder, held_up = TwoDecoders(), HeldUp()
    for second in range(5):
        held_up.needs_help(empty, second, read=False, broken=False)
    asked = []
    for number, view in enumerate(views):
        seen = decoder.look(view)
        at_s = 5 + number / 4
        read = bool(seen.texts)
        asked.append(held_up.needs_help(view, at_s, read=read, broken=seen.broken))
    return asked
