"""Colours and sizes of what people look at, and the arithmetic that holds them to WCAG AAA.

A hall is bright and its screens are old: every text stands on a ground of its own with at least
7 : 1, signs with at least 3 : 1. Colour never speaks alone: what is navy is also larger or worded,
what is yellow is also a diamond.

Sizes are capital heights, not font sizes: that is what one reads from afar. The rule of thumb is
1 : 200, a capital of 75 mm is read from 15 m. A 55-inch screen is 1218 mm wide and 685 mm high, or
0.634 mm for one of 1080 lines.
"""

from __future__ import annotations

import msgspec

Colour = tuple[int, int, int]

AAA_TEXT = 7.0
AAA_SIGN = 3.0


class Pair(msgspec.Struct, frozen=True):
    """What is drawn, and what it stands on."""

    ink: Colour
    ground: Colour

    def contrast(self) -> float:
        """Give the ratio of WCAG 2.2, 1 to 21."""
        light, dark = sorted((luminance(self.ink), luminance(self.ground)), reverse=True)
        return (light + 0.05) / (dark + 0.05)


def luminance(colour: Colour) -> float:
    """Give the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""

    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  (sRGB's own)

    red, green, blue = colour
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


class Theme(msgspec.Struct, frozen=True):
    """Colours, by what they are for. All are text colours but `sign` ones.

    Args:
        head: Header: office, clock.
        head_soft: Header: lobby, date.
        call: The call that asks people to come now.
        call_soft: Its second language and labels.
        call_sign: Its arrow and diamond.
        rest: The large place when nobody is asked to come now.
        rest_soft: Its second language and labels.
        rest_sign: Its arrow.
        page: Everything below.
        page_soft: The second language, labels.
        page_sign: Arrows, rules of weight, people.
        priority: Numbers with right of way.
        priority_sign: Their diamond.
        badge: Letter of a service.
        warn: News that are old.
        done: A notice: a number was given.
        told: A notice: where to go, or what to wait for.
        ask: A notice: somebody helps.
        hairline: Thin rules; decoration, so without a ratio to keep.
    """

    head: Pair
    head_soft: Pair
    call: Pair
    call_soft: Pair
    call_sign: Pair
    rest: Pair
    rest_soft: Pair
    rest_sign: Pair
    page: Pair
    page_soft: Pair
    page_sign: Pair
    priority: Pair
    priority_soft: Pair
    priority_sign: Pair
    badge: Pair
    warn: Pair
    done: Pair
    done_soft: Pair
    done_sign: Pair
    told: Pair
    told_soft: Pair
    told_sign: Pair
    ask: Pair
    ask_soft: Pair
    ask_sign: Pair
    hairline: Colour

    def too_faint(self) -> tuple[str, ...]:
        """Name the pairs that miss AAA; empty when all is well."""
        return tuple(
            f"{field.name}: {pair.contrast():.1f}, at least {least:g} is needed"
            for field in msgspec.structs.fields(self)
            if isinstance(pair := getattr(self, field.name), Pair)
            and pair.contrast() < (least := AAA_SIGN if "sign" in field.name else AAA_TEXT)
        )


_WHITE: Colour = (255, 255, 255)
_NAVY: Colour = (11, 31, 66)
_SLATE: Colour = (61, 77, 102)
_MIST: Colour = (233, 238, 245)
_ICE: Colour = (196, 210, 232)
_SUN: Colour = (255, 204, 0)
_CREAM: Colour = (255, 244, 204)
_MINT: Colour = (217, 242, 227)
_FIR: Colour = (0, 107, 66)
_SKY: Colour = (214, 238, 250)
_SEA: Colour = (0, 92, 138)
_PEACH: Colour = (255, 231, 214)
_RUST: Colour = (156, 62, 0)
_DUSK: Colour = (52, 66, 90)

DAY = Theme(
    head=Pair(_NAVY, _WHITE),
    head_soft=Pair(_SLATE, _WHITE),
    call=Pair(_WHITE, _NAVY),
    call_soft=Pair(_ICE, _NAVY),
    call_sign=Pair(_SUN, _NAVY),
    rest=Pair(_NAVY, _MIST),
    rest_soft=Pair(_SLATE, _MIST),
    rest_sign=Pair(_SLATE, _MIST),
    page=Pair(_NAVY, _WHITE),
    page_soft=Pair(_SLATE, _WHITE),
    page_sign=Pair(_SLATE, _WHITE),
    priority=Pair(_NAVY, _CREAM),
    priority_soft=Pair(_SLATE, _CREAM),
    priority_sign=Pair(_NAVY, _CREAM),
    badge=Pair(_WHITE, _NAVY),
    warn=Pair(_NAVY, _SUN),
    done=Pair(_NAVY, _MINT),
    done_soft=Pair(_DUSK, _MINT),
    done_sign=Pair(_FIR, _MINT),
    told=Pair(_NAVY, _SKY),
    told_soft=Pair(_DUSK, _SKY),
    told_sign=Pair(_SEA, _SKY),
    ask=Pair(_NAVY, _PEACH),
    ask_soft=Pair(_DUSK, _PEACH),
    ask_sign=Pair(_RUST, _PEACH),
    hairline=(205, 214, 227),
)

_BLACK: Colour = (8, 12, 20)
_COAL: Colour = (17, 24, 38)
_FOG: Colour = (222, 228, 238)
_HAZE: Colour = (176, 188, 207)
_AMBER: Colour = (255, 204, 77)
_BROWN: Colour = (48, 38, 10)
_FERN: Colour = (8, 46, 30)
_LEAF: Colour = (120, 220, 165)
_DEEP: Colour = (8, 40, 58)
_POOL: Colour = (130, 205, 245)
_EMBER: Colour = (58, 26, 8)
_PEEL: Colour = (255, 178, 120)

NIGHT = Theme(
    head=Pair(_FOG, _BLACK),
    head_soft=Pair(_HAZE, _BLACK),
    call=Pair(_WHITE, _NAVY),
    call_soft=Pair(_ICE, _NAVY),
    call_sign=Pair(_SUN, _NAVY),
    rest=Pair(_FOG, _COAL),
    rest_soft=Pair(_HAZE, _COAL),
    rest_sign=Pair(_HAZE, _COAL),
    page=Pair(_FOG, _BLACK),
    page_soft=Pair(_HAZE, _BLACK),
    page_sign=Pair(_HAZE, _BLACK),
    priority=Pair(_AMBER, _BROWN),
    priority_soft=Pair(_FOG, _BROWN),
    priority_sign=Pair(_AMBER, _BROWN),
    badge=Pair(_BLACK, _FOG),
    warn=Pair(_BLACK, _AMBER),
    done=Pair(_FOG, _FERN),
    done_soft=Pair(_HAZE, _FERN),
    done_sign=Pair(_LEAF, _FERN),
    told=Pair(_FOG, _DEEP),
    told_soft=Pair(_HAZE, _DEEP),
    told_sign=Pair(_POOL, _DEEP),
    ask=Pair(_FOG, _EMBER),
    ask_soft=Pair(_HAZE, _EMBER),
    ask_sign=Pair(_PEEL, _EMBER),
    hairline=(54, 64, 84),
)
"""For a hall that is dark: the same signs, a tenth of the light."""
