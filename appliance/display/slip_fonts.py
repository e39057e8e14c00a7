"""Which font a line of a slip is drawn in: the first that has all of its characters.

Fonts have one script, or a few: Noto Sans has no Arabic, Noto Sans Arabic no Latin. DejaVu Sans has
Latin, Cyrillic, Greek, Arabic and Hebrew together, so mixed lines are drawn in it. What it lacks
too, of Amharic and Latin in one line say, is drawn in the next font that has it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from appliance.display.fonts import (
    FAMILIES,
    FONT_FOLDERS,
    OTHERS,
    FontFiles,
    FontsMissing,
    families,
)
from appliance.display.runs import Characters
from appliance.display.text import Typesetter

if TYPE_CHECKING:
    from pathlib import Path


class SlipFonts:
    """The fonts of this machine, each opened when a text first asks for it. For one thread.

    Args:
        folders: Where fonts are looked for.
    """

    def __init__(self, folders: tuple[Path, ...] = FONT_FOLDERS) -> None:
        self._files = families((*FAMILIES, *OTHERS), folders)
        self._folders = folders
        self._characters = cache(Characters)
        self._typesetters = cache(self._typesetter)

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
        for files in ((preferred,) if preferred else ()) + self._files:
            has = self._characters(files.regular).has
            lacking = sum(not has(sign) for sign in signs)
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

    def _typesetter(self, files: FontFiles) -> Typesetter:
        others = tuple(each for each in self._files if each != files)
        return Typesetter(replace(files, others=others))
