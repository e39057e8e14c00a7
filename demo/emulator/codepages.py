"""Which characters the numbers of ESC t mean, by maker.

Makers number their pages differently; that is why a real installation needs the right profile.
Epson's are those of the TM-T88, Wincor Nixdorf's those of the TH230. Pages for which Python has no
codec are left out: text in them is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CodePages = Mapping[int, str]

DEFAULT_PAGE: Final = 0

EPSON: Final[CodePages] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859_2",
    40: "iso8859_15",
    44: "cp1125",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}

WINCOR: Final[CodePages] = {
    0: "cp437",
    1: "cp850",
    2: "cp852",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    6: "cp858",
    7: "cp866",
    8: "cp1252",
    9: "cp862",
    10: "cp737",
    12: "cp857",
    16: "cp1254",
    17: "cp1250",
    22: "cp864",
    23: "cp720",
    24: "cp1256",
    27: "cp775",
    28: "cp1257",
}
