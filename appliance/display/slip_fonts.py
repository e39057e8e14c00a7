"""Which font a line of a slip is drawn in: the first that has all of its characters.

Fonts have one script, or a few: Noto Sans has no Arabic, Noto Sans Arabic no Latin. DejaVu Sans has
Latin, Cyrillic, Greek, Arabic and Hebrew together, so mixed lines are drawn in it. A line that no
font has whole gets the one that lacks least, and an empty box for what is missing: a mixture of,
say, Amharic and Latin in one line is not set well yet.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PIL import ImageFont

from appliance.display.text import FONT_FOLDERS, FontFiles, FontsMissing, Typesetter

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES: Final = (
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    ("NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf"),
    ("NotoSansEthiopic-Regular.ttf", "NotoSansEthiopic-Bold.ttf"),
    ("NotoSansGeorgian-Regular.ttf", "NotoSansGeorgian-Bold.ttf"),
    ("NotoSansArmenian-Regular.ttf", "NotoSansArmenian-Bold.ttf"),
    ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"),
    ("NotoSansTamil-Regular.ttf", "NotoSansTamil-Bold.ttf"),
)
_NO_CHARACTER: Final = "\uffff"
_PROBE_PX: Final = 24


class SlipFonts:
    """The fonts of this machine, each opened when a text first asks for it. For one thread.

    Args:
        folders: Where fonts are looked for.
    """

    def __init__(self, folders: tuple[Path, ...] = FONT_FOLDERS) -> None:
        self._files = [
            files
            for regular, bold in FAMILIES
            for folder in folders
            if (files := FontFiles(folder / regular, folder / bold)).regular.is_file()
            and files.bold.is_file()
        ]
        self._folders = folders
        self._has = cache(_Characters)
        self._typesetters = cache(Typesetter)

    def choose(self, text: str, preferred: FontFiles | None = None) -> FontFiles:
        """Give the font for a text.

        Args:
            text: What is to be drawn.
            preferred: Taken where it has the whole text.

        Raises:
            FontsMissing: There is none at all.
        """
        signs = {sign for sign in text if not sign.isspace()}
        best: FontFiles | None = None
        least = len(signs) + 1
        for files in ([preferred] if preferred else []) + self._files:
            lacking = self._has(files).lacking(signs)
            if lacking < least:
                best, least = files, lacking
            if not least:
                break
        if best is None:
            raise FontsMissing(
                "no font to draw a slip with is in "
                f"{', '.join(map(str, self._folders))}. Install the packages fonts-noto-core and"
                " fonts-dejavu-core."
            )
        return best

    def typesetter(self, files: FontFiles) -> Typesetter:
        """Give what sets lines in a font.

        Raises:
            FontsMissing: It cannot be read, or Pillow cannot shape text here.
        """
        return self._typesetters(files)


class _Characters:
    """Which characters a font has, as far as anybody asked."""

    def __init__(self, files: FontFiles) -> None:
        # Pillow tells of no font what it has: what it lacks is drawn as a box, always the same.
        self._font = ImageFont.truetype(
            files.regular, _PROBE_PX, layout_engine=ImageFont.Layout.BASIC
        )
        self._box = bytes(self._font.getmask(_NO_CHARACTER))
        self._known: dict[str, bool] = {}

    def lacking(self, signs: set[str]) -> int:
        """Tell how many of these characters it lacks."""
        for sign in signs - self._known.keys():
            self._known[sign] = bytes(self._font.getmask(sign)) != self._box
        return sum(not self._known[sign] for sign in signs)
