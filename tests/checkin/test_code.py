"""A right code is accepted, and whatever differs from one is refused for the right reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import cbor2
import pytest

from appliance.checkin.code import CodeError, CodeReason, verify
from appliance.checkin.cose import FormError, Sign1
from appliance.line.model import Booking
from tests.checkin import forge
from tests.checkin.forge import AT, EXP_S, ID, SITE, SLOT, SLOT_S, Forged, saying

if TYPE_CHECKING:
    from appliance.checkin.keys import TrustList

TRUST = forge.trust_of(forge.trusted())
NAN = float("nan")
BOOKING = cbor2.dumps([SLOT_S, 15, "A"])


def reason(
    text: str, *, trust: TrustList = TRUST, site: str = SITE, at: datetime = AT
) -> CodeReason:
    with pytest.raises(CodeError) as caught:
        verify(text, trust, site, at)
    return caught.value.reason


def test_a_right_code_gives_its_booking() -> None:
    booking = verify(Forged().text, TRUST, SITE, AT)
    assert booking == Booking(id=ID.hex(), slot=SLOT, minutes=15, service="A")
    assert booking.slot.tzinfo is UTC


def test_an_adviser_code_gives_its_place() -> None:
    text = saying(booking=[SLOT_S, 480, "A1B2C3", "3.OG ~R.12"])
    assert verify(text, TRUST, SITE, AT).place == "3.OG ~R.12"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "LB1",
        "lb1:" + Forged().text[4:],
        " " + Forged().text,
        "LB2:" + Forged().text[4:],
        "https://example.org/LB1:",
        "WIFI:T:WPA;S=hall;P=secret;;",
        "BEGIN:VCARD\nVERSION:4.0\nFN:A\nEND:VCARD",
        "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOA+I",
        "x" * 1_000_000,
        "\ud800",
    ],
)
def test_what_is_no_code_is_told_from_a_bad_code(text: str) -> None:
    assert reason(text) is CodeReason.NOT_A_CODE


@pytest.mark.parametrize("text", ["LB1:" + "0" * 509, "LB1:" + "0" * 1_000_000])
def test_more_than_512_characters_are_not_read(text: str) -> None:
    assert reason(text) is CodeReason.TOO_LONG


@pytest.mark.parametrize(
    "text",
    [
        "LB1:",
        "LB1:0",
        "LB1:00",
        "LB1:" + "0" * 508,
        "LB1:" + "Z" * 508,
        "LB1:" + "\ud800" * 100,
        "LB1:" + "\0" * 100,
        "LB1:" + "ſ" * 100,
        Forged().text + "\n",
        Forged().text + "\r\n",
        Forged().text + " ",
        Forged().text[:-1],
        Forged().text[:4] + " " + Forged().text[4:],
        Forged().text[:4] + Forged().text[4:].lower(),
    ],
)
def test_broken_base45_is_malformed(text: str) -> None:
    assert reason(text) is CodeReason.MALFORMED


def test_every_truncation_is_malformed() -> None:
    data = Forged().data
    for size in range(len(data)):
        assert reason(forge.text_of(data[:size])) is CodeReason.MALFORMED


def test_every_flipped_bit_is_refused() -> None:
    data = Forged().data
    for position in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        assert reason(forge.text_of(bytes(flipped))) in {
            CodeReason.MALFORMED,
            CodeReason.UNKNOWN_KEY,
            CodeReason.BAD_SIGNATURE,
        }


def header(content: object) -> Forged:
    return Forged(protected=cbor2.dumps(content))


FORMS = {
    "alg of RFC 9053": header({1: -8, 4: forge.KID}),
    "alg ES256": header({1: -7, 4: forge.KID}),
    "alg 0": header({1: 0, 4: forge.KID}),
    "alg none": header({4: forge.KID}),
    "alg null": header({1: None, 4: forge.KID}),
    "alg as text": header({1: "Ed25519", 4: forge.KID}),
    "alg as float": header({1: -19.0, 4: forge.KID}),
    "key true": header({True: -19, 4: forge.KID}),
    "key 1.0": header({1.0: -19, 4: forge.KID}),
    "key 4.0": header({1: -19, 4.0: forge.KID}),
    "key as text": header({"1": -19, 4: forge.KID}),
    "no kid": header({1: -19}),
    "kid of 2 bytes": header({1: -19, 4: b"\x07\x07"}),
    "kid of 0 bytes": header({1: -19, 4: b""}),
    "kid as number": header({1: -19, 4: 7}),
    "kid as text": header({1: -19, 4: "\x07"}),
    "crit": header({1: -19, 2: [4], 4: forge.KID}),
    "content type": header({1: -19, 3: 61, 4: forge.KID}),
    "iv": header({1: -19, 4: forge.KID, 5: b"0"}),
    "empty protected map": header({}),
    "protected is an array": header([1, -19, 4, forge.KID]),
    "empty protected": Forged(protected=b""),
    "alg unprotected": Forged(protected=b"\xa1\x04\x41\x07", unprotected=b"\xa1\x01\x32"),
    "alg in both": Forged(unprotected=b"\xa1\x01\x32"),
    "another alg unprotected": Forged(unprotected=b"\xa1\x01\x26"),
    "kid unprotected": Forged(protected=b"\xa1\x01\x32", unprotected=b"\xa1\x04\x41\x07"),
    "unprotected null": Forged(unprotected=b"\xf6"),
    "unprotected empty array": Forged(unprotected=b"\x80"),
    "unprotected empty bytes": Forged(unprotected=b"\x40"),
    "unprotected of long length": Forged(unprotected=b"\xb8\x00"),
    "unprotected of indefinite length": Forged(unprotected=b"\xbf\xff"),
    "alg twice": Forged(protected=b"\xa3\x01\x32\x01\x32\x04\x41\x07"),
    "two algs": Forged(protected=b"\xa3\x01\x26\x01\x32\x04\x41\x07"),
    "header reordered": Forged(protected=b"\xa2\x04\x41\x07\x01\x32"),
    "header of indefinite length": Forged(protected=b"\xbf\x01\x32\x04\x41\x07\xff"),
    "alg not shortest": Forged(protected=b"\xa2\x01\x38\x12\x04\x41\x07"),
    "key not shortest": Forged(protected=b"\xa2\x18\x01\x32\x04\x41\x07"),
    "kid length not shortest": Forged(protected=b"\xa2\x01\x32\x04\x58\x01\x07"),
    "byte after the header": Forged(protected=b"\xa2\x01\x32\x04\x41\x07\x00"),
    "header signed in another form": Forged(
        protected=b"\xa2\x04\x41\x07\x01\x32", signed_protected=b"\xa2\x01\x32\x04\x41\x07"
    ),
    "tag 16": Forged(head=b"\xd0\x84"),
    "tag 17": Forged(head=b"\xd1\x84"),
    "tag 61": Forged(head=b"\xd8\x3d\x84"),
    "tag 61 around tag 18": Forged(head=b"\xd8\x3d\xd2\x84"),
    "tag 98": Forged(head=b"\xd8\x62\x84"),
    "tag 18 twice": Forged(head=b"\xd2\xd2\x84"),
    "tag 18 not shortest": Forged(head=b"\xd8\x12\x84"),
    "tag 55799": Forged(head=b"\xd9\xd9\xf7\xd2\x84"),
    "no tag": Forged(head=b"\x84"),
    "array of 3": Forged(head=b"\xd2\x83"),
    "array of 5": Forged(head=b"\xd2\x85"),
    "array of 5, with its fifth": Forged(head=b"\xd2\x85", tail=b"\x00"),
    "array length not shortest": Forged(head=b"\xd2\x98\x04"),
    "array of indefinite length": Forged(head=b"\xd2\x9f", tail=b"\xff"),
    "a map": Forged(head=b"\xd2\xa2"),
    "byte after the end": Forged(tail=b"\x00"),
    "signature of 0 bytes": Forged(signature=b""),
    "signature of 63 bytes": Forged(signature=Forged().right_signature()[:-1]),
    "signature of 65 bytes": Forged(signature=Forged().right_signature() + b"\0"),
    "signature of 65 bytes, zero first": Forged(signature=b"\0" + Forged().right_signature()),
}


@pytest.mark.parametrize("forged", FORMS.values(), ids=FORMS.keys())
def test_another_form_is_malformed_though_well_signed(forged: Forged) -> None:
    assert reason(forged.text) is CodeReason.MALFORMED


RAW = {
    "unsigned claims": cbor2.dumps(forge.claims()),
    "unsigned claims in tag 61": b"\xd8\x3d" + cbor2.dumps(forge.claims()),
    "unsigned claims in tag 18": b"\xd2" + cbor2.dumps(forge.claims()),
    "detached payload": Forged().data.replace(cbor2.dumps(Forged().payload), b"\xf6"),
    "payload as text": b"\xd2\x84\x46\xa2\x01\x32\x04\x41\x07\xa0\x78\x40"
    + b"a" * 64
    + b"\x58\x40",
    "payload of 2^63 bytes": Forged().data[:10] + b"\x5b\x80" + bytes(7) + Forged().data[12:],
    "payload of 2^32 bytes": Forged().data[:10] + b"\x5a\xff\xff\xff\xff" + Forged().data[12:],
    "payload of indefinite length": Forged().data[:10]
    + b"\x5f"
    + cbor2.dumps(Forged().payload)
    + b"\xff"
    + cbor2.dumps(Forged().right_signature()),
    "payload length not shortest": Forged().data[:10] + b"\x59\x00" + Forged().data[11:],
    "array of 2^63": b"\xd2\x9b\x80" + bytes(7) + Forged().data[2:],
    "map of 2^63": b"\xd2\xbb\x80" + bytes(7) + Forged().data[2:],
    "nested arrays": b"\xd2" + b"\x81" * 330,
    "nested tags": b"\xd2" * 330,
    "nested maps": b"\xd2" + b"\xa1\x00" * 160,
    "a regular expression": b"\xd2\x84\xd8\x23\x78\x40" + b"(a*)*" * 12 + b"aaaa",
    "an e-mail": b"\xd2\x84\xd8\x24\x78\x40" + b"a" * 64,
    "a huge decimal": b"\xd2\x84\xc4\x82\x1b\x0f" + b"\xff" * 7 + b"\x01",
    "a huge float": b"\xd2\x84\xc5\x82\x1b\x0f" + b"\xff" * 7 + b"\x01",
    "a cycle": b"\xd2\xd8\x1c\x84\xd8\x1d\x00\xd8\x1d\x00\xd8\x1d\x00\xd8\x1d\x00",
    "nothing": b"",
    "a tag of nothing": b"\xd2",
}


@pytest.mark.parametrize("data", RAW.values(), ids=RAW.keys())
def test_other_cbor_is_malformed(data: bytes) -> None:
    assert reason(forge.text_of(data)) is CodeReason.MALFORMED


@pytest.mark.parametrize("tag", ["c4", "c5", "d81c", "d823", "d824", "d90102"])
def test_what_is_no_byte_string_is_not_even_decoded(tag: str) -> None:
    head = Forged().data[:10]
    with pytest.raises(FormError, match="no byte string where the payload must stand"):
        Sign1.parse(head + bytes.fromhex(tag) + Forged().data[10:], with_kid=True)


def test_3000_levels_deep_is_refused_though_signed() -> None:
    text = Forged(payload=b"\x81" * 3000 + b"\x00").text
    assert reason(text) is CodeReason.TOO_LONG
    text = Forged(payload=b"\x81" * 200 + b"\x00").text
    assert reason(text) is CodeReason.BAD_CLAIMS


def test_a_kid_that_nobody_has_is_an_unknown_key() -> None:
    assert reason(header({1: -19, 4: b"\x08"}).text) is CodeReason.UNKNOWN_KEY
    assert reason(Forged().text, trust=forge.trust_of()) is CodeReason.UNKNOWN_KEY


def test_a_strangers_signature_is_bad() -> None:
    assert reason(Forged(key=forge.STRANGER).text) is CodeReason.BAD_SIGNATURE


def test_a_signature_over_other_claims_is_bad() -> None:
    other = Forged(payload=cbor2.dumps(forge.claims(site="KOELN")))
    assert reason(Forged(signature=other.right_signature()).text) is CodeReason.BAD_SIGNATURE


def test_a_signature_with_a_larger_s_is_bad() -> None:
    right = Forged().right_signature()
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(right[32:], "little") + order
    forged = Forged(signature=right[:32] + larger.to_bytes(32, "little"))
    assert reason(forged.text) is CodeReason.BAD_SIGNATURE


CONTENTS = {
    "exp as float": saying(exp=float(EXP_S)),
    "exp NaN": saying(exp=NAN),
    "exp infinite": saying(exp=float("inf")),
    "exp as text": saying(exp=str(EXP_S)),
    "exp as bool": saying(exp=True),
    "exp null": saying(exp=None),
    "exp negative": saying(exp=-EXP_S),
    "exp huge": saying(exp=2**64 - 1),
    "exp beyond 64 bit": saying(exp=2**80),
    "exp as date": saying(exp=datetime.fromtimestamp(EXP_S, UTC)),
    "exp missing": saying(exp=...),
    "exp at the slot": saying(exp=SLOT_S),
    "exp 36 h and a second after the slot": saying(exp=SLOT_S + 36 * 3600 + 1),
    "slot as float": saying(booking=[float(SLOT_S), 15, "A"]),
    "slot NaN": saying(booking=[NAN, 15, "A"]),
    "slot as text": saying(booking=[str(SLOT_S), 15, "A"]),
    "slot as bool": saying(booking=[True, 15, "A"]),
    "slot negative": saying(booking=[-SLOT_S, 15, "A"]),
    "slot huge": saying(booking=[2**63, 15, "A"], exp=2**63 + 1),
    "slot before 2020": saying(booking=[1577836799, 15, "A"], exp=1577836800),
    "slot in 2100": saying(booking=[4102444800, 15, "A"], exp=4102444801),
    "slot missing": saying(booking=[15, "A"]),
    "minutes 0": saying(booking=[SLOT_S, 0, "A"]),
    "minutes 481": saying(booking=[SLOT_S, 481, "A"]),
    "minutes negative": saying(booking=[SLOT_S, -1, "A"]),
    "minutes as bool": saying(booking=[SLOT_S, True, "A"]),
    "minutes as float": saying(booking=[SLOT_S, 15.0, "A"]),
    "minutes as text": saying(booking=[SLOT_S, "15", "A"]),
    "service empty": saying(booking=[SLOT_S, 15, ""]),
    "service of 7": saying(booking=[SLOT_S, 15, "ABCDEFG"]),
    "service lower case": saying(booking=[SLOT_S, 15, "a"]),
    "service as bytes": saying(booking=[SLOT_S, 15, b"A"]),
    "service with a line end": saying(booking=[SLOT_S, 15, "A\n"]),
    "service in other digits": saying(booking=[SLOT_S, 15, "٣"]),
    "place empty": saying(booking=[SLOT_S, 15, "A", ""]),
    "place of 11": saying(booking=[SLOT_S, 15, "A", "12345678901"]),
    "place not ASCII": saying(booking=[SLOT_S, 15, "A", "Büro"]),
    "place with a line end": saying(booking=[SLOT_S, 15, "A", "3\n"]),
    "place with DEL": saying(booking=[SLOT_S, 15, "A", "3\x7f"]),
    "place null": saying(booking=[SLOT_S, 15, "A", None]),
    "place as number": saying(booking=[SLOT_S, 15, "A", 312]),
    "a fifth element": saying(booking=[SLOT_S, 15, "A", "R", "X"]),
    "booking a map": saying(booking={0: SLOT_S, 1: 15, 2: "A"}),
    "booking missing": saying(booking=...),
    "id of 11 bytes": saying(cti=ID[:11]),
    "id of 13 bytes": saying(cti=ID + b"\0"),
    "id as text": saying(cti=ID.hex()),
    "id as number": saying(cti=int.from_bytes(ID)),
    "id missing": saying(cti=...),
    "site of 9": saying(site="DUS-SUED9"),
    "site empty": saying(site=""),
    "site lower case": saying(site="dus-sued"),
    "site with a line end": saying(site="DUS\n"),
    "site as bytes": saying(site=SITE.encode()),
    "site missing": saying(site=...),
}


@pytest.mark.parametrize("text", CONTENTS.values(), ids=CONTENTS.keys())
def test_other_content_is_refused_though_well_signed(text: str) -> None:
    assert reason(text) is CodeReason.BAD_CLAIMS


def payload(text: str) -> str:
    return Forged(payload=bytes.fromhex(text)).text


SITE_C, EXP_C, CTI_C, BOOKING_C = (
    cbor2.dumps(key).hex() + cbor2.dumps(value).hex() for key, value in forge.claims().items()
)
PAYLOADS = {
    "empty": payload(""),
    "null": payload("f6"),
    "empty map": payload("a0"),
    "array": payload("84" + SITE_C + EXP_C),
    "reordered": payload("a4" + EXP_C + SITE_C + CTI_C + BOOKING_C),
    "site twice": payload("a5" + SITE_C + SITE_C + EXP_C + CTI_C + BOOKING_C),
    "two sites": payload("a5" + SITE_C + "03614b" + EXP_C + CTI_C + BOOKING_C),
    "one claim more": payload("a5" + "016161" + SITE_C + EXP_C + CTI_C + BOOKING_C),
    "nbf": payload("a5" + SITE_C + EXP_C + "0500" + CTI_C + BOOKING_C),
    "map of indefinite length": payload("bf" + SITE_C + EXP_C + CTI_C + BOOKING_C + "ff"),
    "map length not shortest": payload("b804" + SITE_C + EXP_C + CTI_C + BOOKING_C),
    "key not shortest": payload("a4" + "18" + SITE_C + EXP_C + CTI_C + BOOKING_C),
    "site length not shortest": payload(
        "a4" + "037808" + SITE.encode().hex() + EXP_C + CTI_C + BOOKING_C
    ),
    "exp not shortest": payload("a4" + SITE_C + f"041b{EXP_S:016x}" + CTI_C + BOOKING_C),
    "exp as bignum": payload("a4" + SITE_C + f"04c244{EXP_S:08x}" + CTI_C + BOOKING_C),
    "key 3.0": payload("a4f94200" + SITE_C[2:] + EXP_C + CTI_C + BOOKING_C),
    "key as bignum": payload("a4c24103" + SITE_C[2:] + EXP_C + CTI_C + BOOKING_C),
    "id in chunks": payload(
        "a4" + SITE_C + EXP_C + "075f46" + ID[:6].hex() + "46" + ID[6:].hex() + "ff" + BOOKING_C
    ),
    "byte after the end": payload("a4" + SITE_C + EXP_C + CTI_C + BOOKING_C + "00"),
    "claims in tag 61": payload("d83da4" + SITE_C + EXP_C + CTI_C + BOOKING_C),
    "one byte short": payload("a4" + SITE_C + EXP_C + CTI_C + BOOKING_C[:-2]),
    "a set as key": payload("a1d9010280" + "00"),
    "site not UTF-8": payload("a4" + "0361ff" + EXP_C + CTI_C + BOOKING_C),
}


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_content_in_another_form_is_refused_though_well_signed(text: str) -> None:
    assert reason(text) is CodeReason.BAD_CLAIMS


def test_a_key_counts_from_its_first_to_its_last_moment() -> None:
    second = timedelta(seconds=1)
    trust = forge.trust_of(forge.trusted(not_before=AT - second, not_after=AT + second))
    for offset in (-second, timedelta(), second):
        assert verify(Forged().text, trust, SITE, AT + offset)
    for offset in (-2 * second, second + timedelta(microseconds=1), timedelta(days=9000)):
        assert reason(Forged().text, trust=trust, at=AT + offset) is CodeReason.KEY_NOT_VALID_NOW


def test_both_keys_of_one_kid_are_tried() -> None:
    trust = forge.trust_of(forge.trusted(forge.STRANGER), forge.trusted())
    assert verify(Forged().text, trust, SITE, AT)
    assert verify(Forged(key=forge.STRANGER).text, trust, SITE, AT)


def test_a_key_that_is_listed_twice_counts_in_both_times() -> None:
    over = forge.trusted(not_after=AT - timedelta(days=1))
    assert verify(Forged().text, forge.trust_of(over, forge.trusted()), SITE, AT)


def test_another_sites_key_cannot_sign_for_this_one() -> None:
    trust = forge.trust_of(forge.trusted(sites=("KOELN",)))
    assert reason(Forged().text, trust=trust) is CodeReason.KEY_NOT_FOR_SITE


def test_an_older_key_for_this_site_does_not_lend_it_to_a_newer_one() -> None:
    over = forge.trusted(not_after=AT - timedelta(days=1))
    elsewhere = forge.trusted(sites=("KOELN",))
    trust = forge.trust_of(over, elsewhere)
    assert reason(Forged().text, trust=trust) is CodeReason.KEY_NOT_FOR_SITE


def test_a_code_for_another_site_says_which() -> None:
    trust = forge.trust_of(forge.trusted(sites=("KOELN", SITE)))
    with pytest.raises(CodeError) as caught:
        verify(saying(site="KOELN"), trust, SITE, AT)
    assert caught.value.reason is CodeReason.WRONG_SITE
    assert caught.value.claims is not None
    assert caught.value.claims.site == "KOELN"


def test_a_code_ends_at_the_second_of_its_exp() -> None:
    end = datetime.fromtimestamp(EXP_S, UTC)
    assert verify(Forged().text, TRUST, SITE, end - timedelta(microseconds=1))
    assert reason(Forged().text, at=end) is CodeReason.EXPIRED


def test_the_longest_validity_is_36_hours() -> None:
    assert verify(saying(exp=SLOT_S + 36 * 3600), TRUST, SITE, AT)


def test_a_code_is_good_in_any_time_zone_of_the_asker() -> None:
    at = datetime.fromisoformat("2026-03-02T22:05:00+14:00")
    assert verify(Forged().text, TRUST, SITE, at)
