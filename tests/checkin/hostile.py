"""Inputs for the fuzz: what strangers, broken phones and clever people hold before the camera.

From outside to inside: any text, any base45, right codes with changed letters or bytes, envelopes
of any CBOR, and well-signed content of any CBOR (an issuer that went wrong).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cbor2
from base45 import BASE45_CHARSET
from hypothesis import strategies as st

from tests.checkin.forge import EXP_S, ID, KID, SITE, SLOT_S, Forged, claims, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy


@dataclass(frozen=True)
class Try:
    """One input, and what of it an issuer signed."""

    text: str
    signed_payload: bytes = Forged().payload


NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 3, 4, 7, 15, 18, -19, -8, -65537, 480, SLOT_S, EXP_S, 2**63, 2**64]),
)
TAGS = st.sampled_from(
    [0, 1, 2, 3, 4, 5, 16, 17, 18, 24, 25, 28, 29, 30, 35, 36, 37, 52, 61, 98, 100, 256, 258, 260]
)
LEAVES: SearchStrategy[Any] = st.one_of(
    NUMBERS,
    st.booleans(),
    st.none(),
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=70),
    st.sampled_from([SITE, "A", "R.312", ID, KID, Forged().protected, Forged().payload]),
)
KEYS = st.one_of(NUMBERS, st.booleans(), st.floats(), st.text(max_size=3), st.binary(max_size=3))


def _containers(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(KEYS, inner, max_size=5),
        st.builds(cbor2.CBORTag, TAGS, inner),
    )


VALUES = st.recursive(LEAVES, _containers, max_leaves=8)
HEADS = st.sampled_from(
    [bytes([head]) for head in range(256)]
    + [bytes([head | 27]) + b"\x80" + bytes(7) for head in range(0, 256, 32)]
    + [b"\x81" * 100, b"\xd2" * 100, b"\xa1\x00" * 50, b"\xd8\x1c", b"\xd8\x1d\x00", b"\xd8\x23"]
)


@st.composite
def _changed(draw: DrawFn, whole: bytes) -> bytes:
    """Change some places of `whole`: other bits, bytes put in, cut out, doubled."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        to = draw(st.integers(at, min(len(data), at + 12)))
        what = draw(st.sampled_from(["flip", "put", "cut", "double"]))
        if what == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif what == "put":
            data[at:at] = draw(HEADS)
        elif what == "cut":
            del data[at:to]
        else:
            data[at:at] = data[at:to]
    return bytes(data)


@st.composite
def _changed_letters(draw: DrawFn) -> str:
    letters = list(Forged().text)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(letters)))
        width = draw(st.integers(0, 3))
        letters[at : at + width] = draw(st.text(BASE45_CHARSET + "aß\n\0\ud800", max_size=3))
    return "".join(letters)


@st.composite
def _envelopes(draw: DrawFn) -> Try:
    """Sign right content, and put other things around it."""
    forged = Forged(
        protected=draw(st.one_of(st.just(Forged().protected), VALUES.map(_encoded))),
        unprotected=draw(st.one_of(st.just(b"\xa0"), VALUES.map(_encoded))),
        head=draw(st.one_of(st.just(b"\xd2\x84"), HEADS)),
        signature=draw(st.one_of(st.none(), st.binary(max_size=70))),
        tail=draw(st.one_of(st.just(b""), st.binary(max_size=3))),
    )
    return Try(forged.text)


@st.composite
def _contents(draw: DrawFn) -> Try:
    """Sign claims of which some are something else."""
    names = draw(st.sets(st.sampled_from(["site", "exp", "cti", "booking"])))
    content = claims(**{name: draw(VALUES) for name in sorted(names)})
    if draw(st.booleans()):
        slot = st.one_of(st.just(SLOT_S), VALUES)
        minutes, service = st.one_of(st.just(15), VALUES), st.one_of(st.just("A"), VALUES)
        content[-65537] = list(draw(st.tuples(slot, minutes, service)))
        content[-65537] += draw(st.lists(VALUES, max_size=2))
    payload = _encoded(content)
    if draw(st.booleans()):
        payload = draw(_changed(payload))
    return _signed(payload)


def _signed(payload: bytes) -> Try:
    return Try(Forged(payload=payload).text, payload)


def _encoded(value: object) -> bytes:
    try:
        return cbor2.dumps(value)
    except cbor2.CBOREncodeError:
        return b"\xf6"


def _tries(make: Callable[[Any], str], inputs: SearchStrategy[Any]) -> SearchStrategy[Try]:
    return inputs.map(make).map(Try)


TRIES: SearchStrategy[Try] = st.one_of(
    st.text(max_size=600).map(Try),
    _tries("LB1:{}".format, st.text(max_size=520)),
    _tries("LB1:{}".format, st.text(BASE45_CHARSET, max_size=520)),
    _tries(text_of, st.binary(max_size=345)),
    _tries(text_of, VALUES.map(lambda value: b"\xd2" + _encoded(value))),
    _tries(text_of, _changed(Forged().data)),
    _tries(lambda data: text_of(b"\xd2" + data), _changed(Forged().data[1:])),
    _changed_letters().map(Try),
    _envelopes(),
    _contents(),
    VALUES.map(_encoded).map(_signed),
    _changed(Forged().payload).map(_signed),
)
