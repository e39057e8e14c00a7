"""Info slides: what to bring, the wireless network, where to charge a phone, how to book next time.

An office writes them into one file, `slides.toml`, with pictures beside it. Each has its days and
hours. They take the place of the waits for some seconds, in turn with them; calls, numbers and
notices are never covered. Which slide stands there follows from the time alone, so that every board
of a lobby shows the same, and one that was killed comes back with it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from appliance.display.board_view import SlideView
from appliance.display.picture_file import PictureError, read_picture
from appliance.display.text import clean
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PIL import Image

FILE: Final = "slides.toml"
BYTES_MAX: Final = 256 * 1024
SLIDES_MAX: Final = 40
PIXELS_MAX: Final = 8_000_000
"""Of all pictures together, as they are shown: 24 MB, or twenty on a board of 1920 by 1080."""
TITLE_MAX, TEXT_MAX, QR_MAX = 80, 300, 300
LANGUAGES_MAX: Final = 20
SECONDS: Final = (3, 120)
USUAL_S: Final = 12
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS: Final = frozenset(
    {"picture", "sha256", "title", "text", "qr", "seconds", "from", "until", "days", "hours"}
)


class SlidesError(LobbyError, ValueError):
    """Slides that are not shown; the sentence says why, and which."""


@dataclass(frozen=True, slots=True, repr=False)
class Slide:
    """A slide, and when it is shown.

    Args:
        view: What is on it.
        seconds: How long it stands.
        first: The first day; None: from the beginning.
        last: The last day, included; None: for ever.
        days: Monday is 0; empty: every day.
        hours: From and until, the second not included; None: all day.
        sha256: What its picture has to be, in hexadecimal; "": anything.
    """

    view: SlideView
    seconds: float = USUAL_S
    first: date | None = None
    last: date | None = None
    days: frozenset[int] = frozenset()
    hours: tuple[time, time] | None = None
    sha256: str = ""

    def counts(self, at: datetime) -> bool:
        """Tell whether it is shown at this time of the site."""
        day, clock = at.date(), at.time()
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (not self.days or day.weekday() in self.days)
            and (self.hours is None or self.hours[0] <= clock < self.hours[1])
        )


@dataclass(frozen=True, slots=True, repr=False)
class Show:
    """Slides that take turns with the waits.

    Args:
        slides: In their order.
        between_s: So long the waits stand before each.
    """

    slides: tuple[Slide, ...] = ()
    between_s: float = 20.0

    def at(self, moment: datetime, seconds: float) -> tuple[SlideView | None, float]:
        """Give what is shown, and for how many seconds more; None: the waits.

        Args:
            moment: Time of the site.
            seconds: The same for every board, growing in real seconds.
        """
        counting = [slide for slide in self.slides if slide.counts(moment)]
        if not counting:
            return None, 60.0
        into = seconds % sum(self.between_s + slide.seconds for slide in counting)
        for slide in counting:
            if into < self.between_s:
                return None, self.between_s - into
            into -= self.between_s
            if into < slide.seconds:
                return slide.view, slide.seconds - into
            into -= slide.seconds
        return None, 1.0


def read_slides(source: bytes) -> tuple[Slide, ...]:
    """Read `slides.toml`.

    Raises:
        SlidesError: It is too large, no TOML, or a slide is not as it should be.
    """
    if len(source) > BYTES_MAX:
        raise SlidesError(f"{FILE} has more than {BYTES_MAX} bytes. Is it a list of slides?")
    try:
        document = tomllib.loads(source.decode())
    except ValueError as error:
        raise SlidesError(f"{FILE} is not TOML: {error}. Mend it.") from error
    listed = document.get("slide", [])
    if set(document) - {"slide"} or not isinstance(listed, list):
        raise SlidesError(f"{FILE} has something else than [[slide]]. Mend it.")
    if len(listed) > SLIDES_MAX:
        raise SlidesError(f"{FILE} has more than {SLIDES_MAX} slides. Nobody would see the last.")
    return tuple(_slide(number, raw) for number, raw in enumerate(listed, 1))


def read_pictures(
    folder: Path, slides: tuple[Slide, ...], room: tuple[int, int]
) -> tuple[Mapping[str, Image.Image], tuple[str, ...]]:
    """Read the pictures of slides, made small enough for `room`.

    Returns:
        Name → picture; and a sentence for each that cannot be shown, whose slide is left out.
    """
    pictures: dict[str, Image.Image] = {}
    problems = []
    left = PIXELS_MAX
    for name in dict.fromkeys(slide.view.picture for slide in slides if slide.view.picture):
        try:
            picture = read_picture(folder / name, room)
        except PictureError as error:
            problems.append(str(error))
            continue
        left -= picture.width * picture.height
        if left < 0:
            problems.append(f"picture {name} is one too many. Show fewer, or smaller ones.")
            break
        pictures[name] = picture
    return pictures, tuple(problems)


def _slide(number: int, raw: object) -> Slide:
    at = f"{FILE}, slide {number}"
    if not isinstance(raw, dict):
        raise SlidesError(f"{at} is no table. Begin each with [[slide]].")
    if unknown := raw.keys() - _KEYS:
        raise SlidesError(
            f"{at}: {min(unknown)!r} is not known. Known are {', '.join(sorted(_KEYS))}."
        )
    view = SlideView(
        title=_words(at, "title", raw, TITLE_MAX),
        text=_words(at, "text", raw, TEXT_MAX),
        qr=_plain(at, "qr", raw, QR_MAX),
        picture=_name(at, raw),
    )
    if not (view.title or view.picture):
        raise SlidesError(f"{at} has neither a picture nor a title. Give it one.")
    return Slide(
        view,
        _seconds(at, raw),
        _day(at, "from", raw),
        _day(at, "until", raw),
        _days(at, raw),
        _hours(at, raw),
        _plain(at, "sha256", raw, 64).lower(),
    )


def _words(at: str, key: str, raw: dict[str, Any], most: int) -> tuple[tuple[str, str], ...]:
    table = raw.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
        raise SlidesError(f'{at}: {key} is not like {{ de = "…", en = "…" }}. Mend it.')
    return tuple(
        (str(language)[:35], words)
        for language, said in islice(table.items(), LANGUAGES_MAX)
        if (words := clean(said, most))
    )


def _plain(at: str, key: str, raw: dict[str, Any], most: int) -> str:
    text = raw.get(key, "")
    if not isinstance(text, str) or len(text) > most or not text.isprintable():
        raise SlidesError(f"{at}: {key} is not a text of at most {most} characters. Mend it.")
    return text


def _name(at: str, raw: dict[str, Any]) -> str:
    name = _plain(at, "picture", raw, 100)
    if name and ("/" in name or "\\" in name or name.startswith(".")):
        raise SlidesError(f"{at}: picture {name!r} is not the name of a file beside {FILE}.")
    return name


def _seconds(at: str, raw: dict[str, Any]) -> float:
    seconds = raw.get("seconds", USUAL_S)
    least, most = SECONDS
    if type(seconds) not in {int, float} or not least <= seconds <= most:
        raise SlidesError(f"{at}: seconds is not a number from {least} to {most}. Mend it.")
    return float(seconds)


def _day(at: str, key: str, raw: dict[str, Any]) -> date | None:
    day = raw.get(key)
    if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
        raise SlidesError(f"{at}: {key} is not a date, unquoted, as 2026-12-24. Mend it.")
    return day


def _days(at: str, raw: dict[str, Any]) -> frozenset[int]:
    days = raw.get("days", [])
    if not isinstance(days, list) or any(day not in WEEKDAYS for day in days):
        raise SlidesError(f'{at}: days is not a list such as ["monday", "friday"]. Mend it.')
    return frozenset(map(WEEKDAYS.index, days))


def _hours(at: str, raw: dict[str, Any]) -> tuple[time, time] | None:
    if "hours" not in raw:
        return None
    try:
        begin, _, end = raw["hours"].partition("-")
        hours = time.fromisoformat(begin), time.fromisoformat(end)
    except (AttributeError, ValueError):
        hours = time.max, time.min
    if hours[0] >= hours[1] or any(each.tzinfo for each in hours):
        raise SlidesError(f'{at}: hours is not like "08:00-12:30". Mend it.')
    return hours
