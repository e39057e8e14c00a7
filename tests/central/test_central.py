"""What the issuer makes, a Pi accepts; and what no Pi would accept is not made."""

from __future__ import annotations

import io
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from appliance.checkin.claims import Claims, ClaimsError
from appliance.checkin.code import verify
from appliance.checkin.keys import TrustList, read_root, read_trust_list
from appliance.line.model import Booking
from central.bookings import qr
from central.bookings.issuing import LIMIT_CHARACTERS, IssueError, issue
from central.cli import main
from central.keys.key_files import KeyringError
from central.keys.keyring import IssuerKey, Keyring

if TYPE_CHECKING:
    from pathlib import Path

SLOT = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
BEGIN = SLOT - timedelta(days=30)
END = SLOT + timedelta(days=300)
AT = SLOT - timedelta(minutes=5)
SITE = "DUS-SUED"
BOOKING = Booking(id="0123456789ab0123456789ab", slot=SLOT, minutes=15, service="A")
CLAIMS = Claims(SITE, SLOT + timedelta(hours=12), BOOKING)
LONGEST = Claims(
    SITE,
    SLOT + timedelta(hours=36),
    Booking(id="f" * 24, slot=SLOT, minutes=480, service="ABC123", place="4.OG R.401"),
)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    keyring = Keyring(tmp_path / "keys")
    keyring.new_root()
    return keyring


@pytest.fixture
def key(keyring: Keyring) -> IssuerKey:
    return keyring.new_issuer((SITE,), BEGIN, END, None)


def trust_of(keyring: Keyring) -> TrustList:
    keyring.sign_trust(AT)
    return read_trust_list(keyring.trust_path, read_root(keyring.root_path))


@pytest.mark.parametrize("claims", [CLAIMS, LONGEST])
def test_an_issued_code_is_accepted(keyring: Keyring, key: IssuerKey, claims: Claims) -> None:
    assert verify(issue(claims, key), trust_of(keyring), SITE, AT) == claims.booking


def test_the_longest_code_fits_into_its_qr(key: IssuerKey) -> None:
    assert len(issue(LONGEST, key)) <= LIMIT_CHARACTERS


def test_a_code_that_is_too_long_names_what_to_shorten(key: IssuerKey) -> None:
    with pytest.raises(IssueError, match=r"200 fit into its QR: shorten place '4\.OG R\.401'"):
        issue(LONGEST, key, limit_characters=200)


def test_a_field_that_is_too_long_is_named() -> None:
    with pytest.raises(ClaimsError, match="service 'ABCDEFG' has 7 characters; allowed are 1 to 6"):
        Claims(SITE, SLOT, Booking("0" * 24, SLOT, 15, "ABCDEFG"))


@pytest.mark.parametrize(
    "slot", [SLOT.replace(tzinfo=None), SLOT.replace(microsecond=1), SLOT + timedelta(seconds=0.5)]
)
def test_a_time_without_zone_or_between_seconds_is_not_signed(slot: datetime) -> None:
    with pytest.raises(ClaimsError, match="whole seconds and a time zone"):
        Claims(SITE, SLOT + timedelta(hours=12), replace(BOOKING, slot=slot))


def test_a_key_does_not_sign_what_no_pi_accepts(keyring: Keyring, key: IssuerKey) -> None:
    elsewhere = keyring.new_issuer(("KOELN",), BEGIN, END, None)
    with pytest.raises(IssueError, match="may not sign for site DUS-SUED, only for KOELN"):
        issue(CLAIMS, elsewhere)
    over = keyring.new_issuer((SITE,), BEGIN, BEGIN + timedelta(days=1), None)
    with pytest.raises(IssueError, match="use another key"):
        issue(CLAIMS, over)
    assert keyring.issuer_for(SITE, SLOT).trusted == key.trusted


def test_the_newest_key_that_may_sign_is_taken(keyring: Keyring, key: IssuerKey) -> None:
    newer = keyring.new_issuer((SITE,), BEGIN + timedelta(days=1), END, None)
    assert newer.trusted.kid != key.trusted.kid
    assert keyring.issuer_for(SITE, SLOT).trusted == newer.trusted
    assert keyring.issuer_for(SITE, BEGIN).trusted == key.trusted


def test_private_keys_are_for_their_owner_alone(keyring: Keyring, key: IssuerKey) -> None:
    assert key.trusted.kid == b"\x00"
    for name in ("root.key", "issuer-000.key"):
        assert stat.S_IMODE((keyring.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(keyring.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o601, 0o660])
def test_a_private_key_that_others_may_read_is_not_used(
    keyring: Keyring, key: IssuerKey, mode: int
) -> None:
    (keyring.folder / "issuer-000.key").chmod(mode)
    with pytest.raises(KeyringError, match="others may read"):
        keyring.issuer(key.trusted.kid[0])
    (keyring.folder / "root.key").chmod(mode)
    with pytest.raises(KeyringError, match="others may read"):
        keyring.sign_trust(AT)


def test_no_key_is_ever_overwritten(keyring: Keyring, key: IssuerKey) -> None:
    with pytest.raises(KeyringError, match="never overwritten"):
        keyring.new_root()
    with pytest.raises(KeyringError, match="never overwritten"):
        keyring.new_issuer((SITE,), BEGIN, END, key.trusted.kid[0])


def test_each_trust_list_has_a_higher_sequence(keyring: Keyring, key: IssuerKey) -> None:
    assert [keyring.sign_trust(AT).sequence for _ in range(3)] == [1, 2, 3]
    assert trust_of(keyring).keys == (key.trusted,)


def test_a_damaged_last_list_is_not_signed_over(keyring: Keyring) -> None:
    keyring.sign_trust(AT)
    keyring.trust_path.write_bytes(b"")
    with pytest.raises(KeyringError, match="is damaged"):
        keyring.sign_trust(AT)


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"\xff", b"[1]", b"[" * 100_000, b'{"kid": 1, "more": 2}']
)
def test_a_damaged_card_is_one_sentence(keyring: Keyring, key: IssuerKey, damage: bytes) -> None:
    (keyring.folder / "issuer-000.json").write_bytes(damage)
    with pytest.raises(KeyringError, match=r"issuer-000\.json: "):
        keyring.issuer(key.trusted.kid[0])


def test_a_card_of_another_key_is_refused(keyring: Keyring, key: IssuerKey) -> None:
    other = keyring.new_issuer((SITE,), BEGIN, END, 1)
    (keyring.folder / "issuer-001.key").rename(keyring.folder / "issuer-000.key")
    assert other != key
    with pytest.raises(KeyringError, match="not of one key"):
        keyring.issuer(0)


def test_the_picture_is_read_back_and_stands_free(key: IssuerKey) -> None:
    text = issue(CLAIMS, key)
    image = Image.open(io.BytesIO(qr.png(text, module_px=4))).convert("L")
    (found,) = zxingcpp.read_barcodes(image)
    assert found.text == text
    assert found.ec_level == "M"
    assert image.size == ((49 + 8) * 4,) * 2  # version 8
    border = [image.getpixel((x, y)) for x in range(image.width) for y in range(16)]
    assert set(border) == {255}
    assert image.getpixel((16, 16)) == 0


def test_what_is_not_base45_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="alphanumeric"):
        qr.png("lb1:")


class Console:
    """The command line, as a person uses it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.keys = folder / "keys"
        self.capsys = capsys

    def __call__(self, line: str, *more: str) -> tuple[int, str, str]:
        arguments = [*line.split(), *more]
        try:
            code = main([*arguments, "--keys", str(self.keys)])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self.capsys.readouterr()
        return code, out, err


@pytest.fixture
def console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Console:
    console = Console(tmp_path, capsys)
    assert console("keys new root")[0] == 0
    assert console(f"keys new issuer --site {SITE} --begin 2026-01-01T00:00:00Z --kid 7")[0] == 0
    assert console("keys trust")[0] == 0
    return console


ISSUE = f"issue --site {SITE} --slot 2026-03-02T09:10:00+01:00 --minutes 15 --service A"


def test_a_code_is_issued_on_the_command_line(console: Console, tmp_path: Path) -> None:
    drawn = [tmp_path / "code.png", tmp_path / "code.svg"]
    code, out, err = console(ISSUE, "--png", str(drawn[0]), "--svg", str(drawn[1]))
    assert (code, err) == (0, "")
    keyring = Keyring(console.keys)
    trust = read_trust_list(keyring.trust_path, read_root(keyring.root_path))
    assert verify(out.removesuffix("\n"), trust, SITE, AT).slot == SLOT
    (found,) = zxingcpp.read_barcodes(Image.open(drawn[0]))
    assert found.text == out.removesuffix("\n")
    assert drawn[1].read_bytes().startswith(b"<?xml")


def test_every_code_has_an_id_of_its_own(console: Console) -> None:
    assert console(ISSUE)[1] != console(ISSUE)[1]


def test_keys_are_listed(console: Console) -> None:
    assert console("keys list")[1] == f"  7  2026-01-01 00:00 to 2027-02-05 00:00 UTC  {SITE}\n"


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("keys burn", 2, "invalid choice: 'burn'"),
        ("keys new root", 1, "never overwritten"),
        ("keys new issuer", 2, "--site"),
        ("keys new issuer --site dus", 1, "sites"),
        (f"keys new issuer --site {SITE} --kid 256", 1, "256"),
        (f"keys new issuer --site {SITE} --kid seven", 2, "seven"),
        (f"keys new issuer --site {SITE} --days 0", 2, "'0' is no number of days"),
        (f"keys new issuer --site {SITE} --begin 2026-01-01", 2, "is no time"),
        (f"keys new issuer --site {SITE} --begin 9999-12-31T00:00:00Z", 1, "too far away"),
        (ISSUE + " --slot tomorrow", 2, "'tomorrow' is no time"),
        (ISSUE + " --slot 2026-03-02T09:10:00", 2, "is no time"),
        (ISSUE + " --slot 9999-12-31T23:00:00Z", 1, "too far away"),
        (ISSUE + " --slot 2031-03-02T09:10:00Z", 1, "no key in"),
        (ISSUE + " --slot 2031-03-02T09:10:00Z --kid 7", 1, "use another key"),
        (ISSUE + " --kid 8", 1, "cannot read"),
        (ISSUE + " --minutes 0", 1, "minutes is 0; allowed are 1 to 480"),
        (ISSUE + " --minutes x", 2, "'x'"),
        (ISSUE + " --service a", 1, "service 'a'"),
        (ISSUE + " --place 12345678901", 1, "place '12345678901' has 11 characters"),
        (ISSUE + " --site KOELN", 1, "no key in"),
        (ISSUE + " --id 00", 1, "id '00'"),
        (ISSUE + " --expires 2026-03-09T09:10:00Z", 1, "up to 36 h"),
        (ISSUE + " --png /", 1, "'/' is no name of a file"),
        (ISSUE + " --png /absent/code.png", 1, "cannot write /absent/code.png: No such file"),
    ],
)
def test_wrong_use_is_one_sentence(console: Console, line: str, code: int, words: str) -> None:
    got, out, err = console(line)
    assert (got, out, err.count("\n")) == (code, "", 1)
    assert words in err
    assert err.startswith("lobby-central")


@pytest.mark.parametrize("line", ["", "keys", "keys new", "issue"])
def test_a_missing_verb_is_one_sentence(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(line.split())
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "required" in err


def test_without_any_key_nothing_is_signed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(tmp_path / "elsewhere", capsys)
    for line in ("keys trust", ISSUE):
        code, _, err = console(line)
        assert (code, err.count("\n")) == (1, 1)
    assert console("keys list") == (0, "", "")
