from __future__ import annotations

import msgspec
import pytest

from appliance.display.theme import DAY, Pair


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [
        # From the worked examples of WCAG's understanding documents and common checkers.
        ((0, 0, 0), (255, 255, 255), 21.0),
        ((255, 255, 255), (255, 255, 255), 1.0),
        ((119, 119, 119), (255, 255, 255), 4.48),
        ((89, 89, 89), (255, 255, 255), 7.0),
        ((255, 0, 0), (255, 255, 255), 4.0),
    ],
)
def test_contrast_is_reckoned_as_wcag_does(
    ink: tuple[int, int, int], ground: tuple[int, int, int], ratio: float
) -> None:
    assert Pair(ink, ground).contrast() == pytest.approx(ratio, abs=0.01)
    assert Pair(ground, ink).contrast() == pytest.approx(ratio, abs=0.01)


def test_the_day_theme_keeps_aaa() -> None:
    assert DAY.too_faint() == ()


def test_a_faint_pair_is_named() -> None:
    faint = msgspec.structs.replace(DAY, page_soft=Pair((150, 150, 150), (255, 255, 255)))
    assert [complaint.partition(":")[0] for complaint in faint.too_faint()] == ["page_soft"]


def test_parts_that_share_a_ground_share_it_exactly() -> None:
    for name in ("head", "call", "rest", "page", "priority", "done", "told", "ask"):
        grounds = {
            getattr(DAY, field.name).ground
            for field in msgspec.structs.fields(DAY)
            if field.name.split("_")[0] == name
        }
        assert len(grounds) == 1, name
