"""A scanner whose decoder can't bear some codes: `python poison.py run scanner --config FILE`.

It is the scanner as `lobby run scanner` runs it, and nothing in it knows of this: zxing-cpp is
wrapped from outside. At one text it aborts, as zbar did on hostile pictures. At another it hangs
inside C with the interpreter's lock held, so that no other thread of the process can do anything
about it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ABORTS: Final = "POISON:ABORT"
HANGS: Final = "POISON:HANG"


def poisoned(read: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Give a decoder that reads as well, and dies of some texts."""

    def read_or_die(*args: Any, **named: Any) -> list[Any]:  # noqa: ANN401  (whatever it takes)
        found = read(*args, **named)
        texts = {code.text for code in found}
        if ABORTS in texts:
            os.abort()
        if HANGS in texts:
            ctypes.PyDLL(None).pause()
        return found

    return read_or_die


def main() -> int:
    """Run what the arguments say, with a decoder that may die."""
    import zxingcpp  # noqa: PLC0415  (tests that import this module need no decoder)

    from appliance import cli  # noqa: PLC0415  (as above)

    zxingcpp.read_barcodes = poisoned(zxingcpp.read_barcodes)
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
