"""How a key of the configuration is declared: beside the field of the settings that it fills.

One declaration serves the reader, `lobby check --defaults` and the manual, so that they cannot
disagree. Defaults are written as they would stand in the file and read like anything in it.
"""

from __future__ import annotations

import sys
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

import msgspec

from appliance.config.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class Need(Enum):
    """Stands where a default would, for a key without one."""

    REQUIRED = "required"


REQUIRED: Final = Need.REQUIRED


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """What the keys of a section fill; base of all settings.

    A struct, as a data class takes 35 times as long to define (0.5 ms), and every process defines
    them all as it starts.
    """


class Key(msgspec.Struct, frozen=True):
    """Declares a key; stands in the `Annotated` type of its field.

    Args:
        kind: What it may hold.
        meaning: A sentence for administrators.
        default: As it would stand in the file; `REQUIRED`; or None: the key may be left out.
        example: As it would stand in the file, for a key without default.
        absent: What happens where it is left out, for a key without default that may be.
        name: In the file; by default the field's name and the suffix of its kind.
    """

    kind: Kind
    meaning: str
    default: object = REQUIRED
    example: object = None
    absent: str = ""
    name: str = ""

    @property
    def required(self) -> bool:
        """Whether it must stand in the file."""
        return self.default is REQUIRED


class Declared(msgspec.Struct, frozen=True):
    """A key together with the field that it fills."""

    field: str
    key: Key


@cache
def keys_of(settings: type) -> Mapping[str, Declared]:
    """Give the keys of a class of settings by their names in the file, in the order of declaration.

    Fields without a `Key` are not in the file: the reader fills them in.
    """
    found = {}
    for name, hint in _hints(settings).items():
        if get_origin(hint) is Annotated:
            key: Key = get_args(hint)[1]
            found[key.name or name + key.kind.suffix] = Declared(name, key)
    return found


def _hints(settings: type) -> Mapping[str, Any]:
    """Give name → type, base classes first.

    As `typing.get_type_hints` does, which takes three times as long: it looks into each type for
    names that are not known yet, and here all are. Every process reads its settings as it starts.
    """
    hints = {}
    for each in reversed(settings.__mro__):
        known = vars(sys.modules[each.__module__])
        for name, hint in vars(each).get("__annotations__", {}).items():
            hints[name] = eval(hint, known)  # noqa: S307  (annotations of our own)
    return hints
