"""A trust list counts if the root signed it, in the one form, and none was newer."""

from __future__ import annotations

import base64
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import cbor2
import pytest

from appliance.checkin.keys import TrustError, TrustList, parse_root, read_root, read_trust_list
from appliance.checkin.store import TrustStore
from tests.checkin import forge
from tests.checkin.forge import ISSUER, KID, ROOT, SITE, SLOT_S

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ROOT_KEY = ROOT.public_key()
PUBLIC = ISSUER.public_key().public_bytes_raw()
ENTRY: list[Any] = [KID, PUBLIC, [SITE, "KOELN"], SLOT_S, SLOT_S + 9]
CONTENT: dict[Any, Any] = {1: 5, 2: SLOT_S, 3: [ENTRY]}
NOW = datetime.fromtimestamp(SLOT_S, UTC)


def signed(
    content: object = CONTENT,
    *,
    payload: bytes | None = None,
    protected: bytes = b"\xa1\x01\x32",
    head: bytes = b"\xd2\x84",
    tail: bytes = b"",
    key: Ed25519PrivateKey = ROOT,
) -> bytes:
    payload = cbor2.dumps(content) if payload is None else payload
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    parts = cbor2.dumps(protected) + b"\xa0" + cbor2.dumps(payload) + cbor2.dumps(signature)
    return head + parts + tail


def entry(position: int, value: object) -> bytes:
    changed = list(ENTRY)
    changed[position] = value
    return signed({1: 5, 2: SLOT_S, 3: [changed]})


def sequence(number: int, **more: object) -> bytes:
    return signed({1: number, 2: more.get("issued", SLOT_S), 3: [ENTRY]})


@pytest.fixture
def store(tmp_path: Path) -> TrustStore:
    (tmp_path / "trust.cose").write_bytes(sequence(5))
    return TrustStore(tmp_path / "trust.cose", tmp_path / "sequence", ROOT_KEY)


def again(store_path: Path) -> TrustStore:
    return TrustStore(store_path / "trust.cose", store_path / "sequence", ROOT_KEY)


def test_a_signed_list_names_its_keys() -> None:
    trust = TrustList.parse(signed(), ROOT_KEY)
    assert (trust.sequence, trust.issued) == (5, NOW)
    (key,) = trust.keys_for(KID)
    assert key.public_key == ISSUER.public_key()
    assert key.sites == (SITE, "KOELN")
    assert (key.not_before, key.not_after) == (NOW, NOW + timedelta(seconds=9))
    assert trust.keys_for(b"\x08") == ()


def test_several_keys_may_share_a_kid() -> None:
    other = [KID, forge.STRANGER.public_key().public_bytes_raw(), [SITE], 0, 1]
    trust = TrustList.parse(signed({1: 5, 2: SLOT_S, 3: [ENTRY, other]}), ROOT_KEY)
    assert len(trust.keys_for(KID)) == 2


WRONG = {
    "signed by another": signed(key=ISSUER),
    "empty": b"",
    "not signed": cbor2.dumps(CONTENT),
    "byte after": signed(tail=b"\0"),
    "tag 17": signed(head=b"\xd1\x84"),
    "with a kid": signed(protected=b"\xa2\x01\x32\x04\x41\x07"),
    "alg -8": signed(protected=b"\xa1\x01\x27"),
    "no alg": signed(protected=b"\xa0"),
    "too long": signed(payload=bytes(70_000)),
    "byte after the content": signed(payload=cbor2.dumps(CONTENT) + b"\0"),
    "content not CBOR": signed(payload=b"\xff"),
    "content a list": signed([5, SLOT_S, [ENTRY]]),
    "content nested": signed(payload=b"\x81" * 3000 + b"\0"),
    "sequence true": signed({1: True, 2: SLOT_S, 3: [ENTRY]}),
    "sequence negative": signed({1: -1, 2: SLOT_S, 3: [ENTRY]}),
    "sequence as float": signed({1: 5.0, 2: SLOT_S, 3: [ENTRY]}),
    "sequence huge": signed({1: 2**63, 2: SLOT_S, 3: [ENTRY]}),
    "sequence not shortest": signed(
        payload=b"\xa3\x01\x18\x05" + cbor2.dumps(CONTENT).removeprefix(b"\xa3\x01\x05")
    ),
    "key true": signed({True: 5, 2: SLOT_S, 3: [ENTRY]}),
    "issued as text": signed({1: 5, 2: "2026", 3: [ENTRY]}),
    "issued in the year 10000": signed({1: 5, 2: 253402300800, 3: [ENTRY]}),
    "reordered": signed({2: SLOT_S, 1: 5, 3: [ENTRY]}),
    "one more": signed({1: 5, 2: SLOT_S, 3: [ENTRY], 4: 0}),
    "no keys": signed({1: 5, 2: SLOT_S}),
    "keys a map": signed({1: 5, 2: SLOT_S, 3: {}}),
    "key a map": signed({1: 5, 2: SLOT_S, 3: [{}]}),
    "key of four": signed({1: 5, 2: SLOT_S, 3: [ENTRY[:4]]}),
    "key of six": signed({1: 5, 2: SLOT_S, 3: [[*ENTRY, 0]]}),
    "kid as number": entry(0, 7),
    "kid of 2 bytes": entry(0, b"\x07\x07"),
    "key of 31 bytes": entry(1, PUBLIC[:31]),
    "key as text": entry(1, "a" * 32),
    "site as text": entry(2, SITE),
    "site lower case": entry(2, ["dus"]),
    "site as bytes": entry(2, [b"DUS"]),
    "not before as float": entry(3, float(SLOT_S)),
    "not before true": entry(3, value=True),
    "not after negative": entry(4, -1),
    "not after huge": entry(4, 2**64 - 1),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG.keys())
def test_another_list_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(TrustError) as caught:
        TrustList.parse(data, ROOT_KEY)
    assert "\n" not in str(caught.value)


def test_a_changed_bit_is_refused() -> None:
    data = signed()
    for position in range(0, 8 * len(data), 7):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(TrustError):
            TrustList.parse(bytes(flipped), ROOT_KEY)


def test_the_root_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "root.pub"
    path.write_bytes(base64.b64encode(ROOT_KEY.public_bytes_raw()) + b"\n")
    assert read_root(path) == ROOT_KEY


@pytest.mark.parametrize("text", ["", "AAAA", "not base64", "-----BEGIN PUBLIC KEY-----", "é"])
def test_another_root_key_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(TrustError, match="provision it again"):
        parse_root(text)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="absent: No such file"):
        read_root(tmp_path / "absent")
    with pytest.raises(TrustError, match="Is a directory"):
        read_trust_list(tmp_path, ROOT_KEY)
    (tmp_path / "binary").write_bytes(bytes([200] * 32))
    with pytest.raises(TrustError, match="not base64"):
        read_root(tmp_path / "binary")


def test_a_store_trusts_nobody_until_it_has_a_list(tmp_path: Path) -> None:
    store = again(tmp_path)
    with pytest.raises(TrustError, match="No such file"):
        store.load()
    assert store.trust.keys == ()
    assert store.empty
    assert store.stale_for(NOW) is None
    store.replace(sequence(1))
    assert store.trust.keys_for(KID)
    assert not store.empty


def test_a_newer_list_replaces_the_one_in_use_and_stays_after_a_restart(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    store.replace(sequence(6))
    assert store.trust.sequence == 6
    assert again(tmp_path).load().sequence == 6


def test_an_older_list_is_refused(store: TrustStore, tmp_path: Path) -> None:
    store.load()
    with pytest.raises(TrustError, match="sequence 4, and 5 was in use"):
        store.replace(sequence(4))
    assert store.trust.sequence == 5
    assert again(tmp_path).load().sequence == 5


def test_an_older_list_is_refused_though_somebody_put_it_in_place(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    (tmp_path / "trust.cose").write_bytes(sequence(4))
    with pytest.raises(TrustError, match="fetch the newest"):
        again(tmp_path).load()


def test_an_older_list_is_refused_though_the_newer_one_is_gone(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    (tmp_path / "trust.cose").unlink()
    with pytest.raises(TrustError, match="fetch the newest"):
        again(tmp_path).replace(sequence(4))


def test_an_older_list_is_refused_though_the_number_is_gone(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    (tmp_path / "sequence").unlink()
    with pytest.raises(TrustError, match="fetch the newest"):
        store.replace(sequence(4))


def test_a_replaced_list_does_not_come_back(store: TrustStore, tmp_path: Path) -> None:
    store.load()
    store.replace(sequence(6))
    (tmp_path / "trust.cose").write_bytes(sequence(5))
    with pytest.raises(TrustError, match="sequence 5, and 6 was in use"):
        again(tmp_path).load()


def test_a_list_of_any_length_is_refused_unread() -> None:
    with pytest.raises(TrustError, match="more than 65536 bytes"):
        TrustList.parse(signed(payload=bytes(65_536)), ROOT_KEY)


def test_the_same_list_again_changes_nothing(store: TrustStore, tmp_path: Path) -> None:
    store.load()
    before = (tmp_path / "trust.cose").stat().st_ino
    store.replace(sequence(5))
    assert (tmp_path / "trust.cose").stat().st_ino == before


def test_another_list_of_the_same_sequence_is_refused(store: TrustStore) -> None:
    store.load()
    with pytest.raises(TrustError, match="two different trust lists"):
        store.replace(sequence(5, issued=SLOT_S + 1))


def test_a_list_that_the_root_did_not_sign_changes_nothing(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    with pytest.raises(TrustError, match="not signed by this root"):
        store.replace(signed(key=ISSUER))
    assert again(tmp_path).load().sequence == 5


def test_a_power_cut_between_list_and_number_leaves_a_list_that_loads(tmp_path: Path) -> None:
    (tmp_path / "trust.cose").write_bytes(sequence(6))
    (tmp_path / "sequence").write_text("5\n")
    assert again(tmp_path).load().sequence == 6
    assert (tmp_path / "sequence").read_text() == "6\n"


@pytest.mark.parametrize("damage", [b"", b"-1", b"five", b"\xff", b"9" * 5000])
def test_a_damaged_number_is_told_and_the_list_stays_in_use(
    damage: bytes, store: TrustStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sequence").write_bytes(damage)
    with caplog.at_level(logging.WARNING):
        assert store.load().sequence == 5
    assert "damaged" in caplog.text
    with pytest.raises(TrustError, match="fetch the newest"):
        store.replace(sequence(4))


def test_a_stale_list_is_told_and_stays_in_use(store: TrustStore) -> None:
    store.load()
    assert store.stale_for(NOW + timedelta(days=45)) is None
    assert store.stale_for(NOW + timedelta(days=46)) == timedelta(days=46)
    assert store.trust.keys_for(KID)


def test_a_list_that_cannot_be_written_is_in_use_all_the_same_and_written_when_it_comes_again(
    store: TrustStore, tmp_path: Path
) -> None:
    store.load()
    (tmp_path / "trust.cose").unlink()
    (tmp_path / "trust.cose").mkdir()
    with pytest.raises(OSError, match="directory"):
        store.replace(sequence(6))
    assert store.trust.sequence == 6
    assert {path.name for path in tmp_path.iterdir()} == {"trust.cose", "sequence"}
    assert (tmp_path / "sequence").read_text() == "5\n"
    (tmp_path / "trust.cose").rmdir()
    store.replace(sequence(6))
    assert again(tmp_path).load().sequence == 6
