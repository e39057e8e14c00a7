"""Which fonts there are on this machine: the family of the board, and what helps it out.

Fonts come with packages of the system: a board that fetched its own would be one more thing to keep
up to date. Noto Sans has Latin, Cyrillic and Greek; each other script has a family of its own.
"""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterable

FONT_FOLDERS = (
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/noto"),
    Path("/usr/share/fonts/TTF"),
)
FAMILIES = (
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)

OTHERS = (
    ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    ("NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf"),
    ("NotoSansEthiopic-Regular.ttf", "NotoSansEthiopic-Bold.ttf"),
    ("NotoSansGeorgian-Regular.ttf", "NotoSansGeorgian-Bold.ttf"),
    ("NotoSansArmenian-Regular.ttf", "NotoSansArmenian-Bold.ttf"),
    ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"),
    ("NotoSansTamil-Regular.ttf", "NotoSansTamil-Bold.ttf"),
)
"""For what the first family has not."""


class FontsMissing(LobbyError, LookupError):  # noqa: N818  (says what happened; every error of ours does)
    """No font that the board is drawn with; the sentence says what to install."""


class Weight(Enum):
    """How heavy the strokes are."""

    REGULAR = "regular"
    BOLD = "bold"


class FontFiles(msgspec.Struct, frozen=True):
    """One family: the two files that everything is set in.

    Args:
        regular: Normal strokes.
        bold: Heavy strokes.
        others: Families for what this one has not, the first one first.
    """

    regular: Path
    bold: Path
    others: tuple[FontFiles, ...] = ()

    def of(self, weight: Weight) -> Path:
        """Give the file of a weight."""
        return self.bold if weight is Weight.BOLD else self.regular


def find_fonts(
    folders: tuple[Path, ...] = FONT_FOLDERS, first: FontFiles | None = None
) -> FontFiles:
    """Find Noto Sans, or else DejaVu Sans; with them what there is for other scripts.

    Args:
        folders: Where fonts are looked for.
        first: A family that goes before all of them, such as an office's own.

    Raises:
        FontsMissing: Neither is there.
    """
    if first is not None:
        return replace(first, others=families((*FAMILIES, *OTHERS), folders))
    for family in FAMILIES:
        for found in families((family,), folders):
            others = families((*OTHERS, *FAMILIES), folders)
            return replace(found, others=tuple(each for each in others if each != found))
    raise FontsMissing(
        "no font for the board: neither Noto Sans nor DejaVu Sans is in "
        f"{', '.join(str(folder) for folder in folders)}. Install the package fonts-noto-core."
    )


def families(names: Iterable[tuple[str, str]], folders: tuple[Path, ...]) -> tuple[FontFiles, ...]:
    """Give the families of these names that are there, in their order."""
    return tuple(
        files
        for regular, bold in names
        for folder in folders
        if (files := FontFiles(folder / regular, folder / bold)).regular.is_file()
        and files.bold.is_file()
    )
