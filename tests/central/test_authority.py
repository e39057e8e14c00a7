"""The office's own certificates: what they say, whose they are, and what is refused."""

from __future__ import annotations

import re
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from central.access.authority import Authority, Issued
from central.access.authority_files import AuthorityError
from central.access.certificates import RequestError, days_left, name_of
from central.access.inventory import Holder
from central.cli import main

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

NOW: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DESK, SATELLITE = "sued.eingang-1", "sued.hof-1"
HOLDERS: Final = {
    each.name: each
    for each in (
        Holder("broker", ("mqtt.example",), serves=True, connects=False),
        Holder("issuer"),
        Holder(DESK, ("eingang-1.example",), serves=True),
        Holder(SATELLITE, ("192.0.2.7",)),
    )
}
ROOT: Final = Path(__file__).parent.parent.parent


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    authority = Authority(tmp_path / "ca")
    authority.create("Jobcenter Musterstadt", NOW)
    return authority


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def request(
    name: str, key: CertificateIssuerPrivateKeyTypes | None = None, host: str = ""
) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    if host:
        wanted = x509.SubjectAlternativeName([x509.DNSName(host)])
        builder = builder.add_extension(wanted, critical=False)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key or new_key(), algorithm).public_bytes(serialization.Encoding.PEM)


def sign(authority: Authority, name: str, now: datetime = NOW) -> Issued:
    return authority.sign(request(name), HOLDERS, now)


def revoked_in(authority: Authority) -> set[int]:
    listed = x509.load_pem_x509_crl(authority.revocations_path.read_bytes())
    return {each.serial_number for each in listed}


def test_keys_are_for_their_owner_alone_and_the_rest_for_everyone(authority: Authority) -> None:
    issued = sign(authority, DESK)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in (
            authority.folder,
            authority.folder / "ca.key",
            authority.path,
            authority.revocations_path,
            issued.path,
        )
    }
    assert list(modes.values()) == [0o700, 0o600, 0o644, 0o644, 0o644]


def test_authority_signs_no_other_authority_and_lasts_ten_years(authority: Authority) -> None:
    certificate = authority.certificate()
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert usage.crl_sign
    assert not usage.digital_signature
    assert days_left(certificate, NOW) == 3650


def test_authority_is_never_overwritten(authority: Authority) -> None:
    before = (authority.folder / "ca.key").read_bytes()
    with pytest.raises(AuthorityError, match="never overwritten"):
        authority.create("another", NOW)
    assert (authority.folder / "ca.key").read_bytes() == before


def test_certificate_says_who_it_is_and_what_for(authority: Authority) -> None:
    certificate = sign(authority, DESK).certificate
    assert name_of(certificate.subject) == DESK
    assert certificate.not_valid_after_utc == NOW + timedelta(days=365)
    # A Pi whose clock is behind must not refuse it.
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
    extensions = certificate.extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert not usage.key_cert_sign
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["eingang-1.example"]
    assert set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == {
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.SERVER_AUTH,
    }


def test_only_who_serves_may_pass_for_a_server(authority: Authority) -> None:
    uses = {
        name: set(
            sign(authority, name)
            .certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
            .value
        )
        for name in HOLDERS
    }
    client, server = {ExtendedKeyUsageOID.CLIENT_AUTH}, {ExtendedKeyUsageOID.SERVER_AUTH}
    assert uses == {"broker": server, "issuer": client, DESK: client | server, SATELLITE: client}


def test_address_stands_in_the_certificate_as_one(authority: Authority) -> None:
    extensions = sign(authority, SATELLITE).certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [ip_address("192.0.2.7")]


def test_names_that_a_request_asks_for_do_not_count(authority: Authority) -> None:
    issued = authority.sign(request(DESK, host="mqtt.example"), HOLDERS, NOW)
    names = issued.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["eingang-1.example"]


def test_certificate_does_not_outlive_the_authority(authority: Authority) -> None:
    late = NOW + timedelta(days=3600)
    certificate = sign(authority, DESK, late).certificate
    assert certificate.not_valid_after_utc == authority.certificate().not_valid_after_utc


@pytest.mark.parametrize(
    ("pem", "complaint"),
    [
        (request("sued.eingng-1"), "'sued.eingng-1'; did you mean \"sued.eingang-1\""),
        (request("*"), "the inventory has no"),
        (request(DESK, rsa.generate_private_key(65537, 2048)), "EC P-256 is needed"),
        (request(DESK, ec.generate_private_key(ec.SECP384R1())), "EC P-256 is needed"),
        (request(DESK, ed25519.Ed25519PrivateKey.generate()), "EC P-256 is needed"),
        (b"", "no certificate request"),
        (b"\xff" * 99, "no certificate request"),
        (request(DESK) * 50, "too long"),
    ],
)
def test_request_that_is_not_right_is_refused(
    authority: Authority, pem: bytes, complaint: str
) -> None:
    with pytest.raises(RequestError, match=complaint):
        authority.sign(pem, HOLDERS, NOW)
    assert authority.issued() == ()


def test_request_that_its_key_did_not_sign_is_refused(authority: Authority) -> None:
    der = bytearray(x509.load_pem_x509_csr(request(DESK)).public_bytes(serialization.Encoding.DER))
    at = der.index(DESK.encode())
    der[at : at + len(DESK)] = DESK.replace("1", "2").encode()
    forged = x509.load_der_x509_csr(bytes(der)).public_bytes(serialization.Encoding.PEM)
    holders = {"sued.eingang-2": Holder("sued.eingang-2")}
    with pytest.raises(RequestError, match="not signed with its own key"):
        authority.sign(forged, holders, NOW)


def test_private_key_sent_by_mistake_is_refused_and_not_repeated(authority: Authority) -> None:
    pem = new_key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(RequestError) as refused:
        authority.sign(pem, HOLDERS, NOW)
    assert pem.decode().splitlines()[1] not in str(refused.value)


def test_same_request_again_gets_the_same_certificate(authority: Authority) -> None:
    pem = request(DESK)
    first = authority.sign(pem, HOLDERS, NOW)
    assert authority.sign(pem, HOLDERS, NOW + timedelta(days=9)) == first
    assert len(authority.issued()) == 1


@pytest.mark.parametrize("case", ["another device", "revoked", "ends soon", "the authority's"])
def test_key_that_was_there_before_is_refused(authority: Authority, case: str) -> None:
    key, name, now = new_key(), DESK, NOW
    authority.sign(request(DESK, key), HOLDERS, NOW)
    match case:
        case "another device":
            name = SATELLITE
        case "revoked":
            authority.revoke(DESK, NOW)
        case "ends soon":
            now += timedelta(days=310)
        case _:
            pem = (authority.folder / "ca.key").read_bytes()
            loaded = serialization.load_pem_private_key(pem, None)
            assert isinstance(loaded, ec.EllipticCurvePrivateKey)
            key = loaded
    with pytest.raises(RequestError, match=r"already|own key"):
        authority.sign(request(name, key), HOLDERS, now)


def test_openssl_takes_what_a_device_made_and_we_signed(
    authority: Authority, tmp_path: Path
) -> None:
    made = ["bash", "-euc", manual("sh")[0]]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    pem = (tmp_path / "device.csr").read_bytes()
    issued = authority.sign(pem, HOLDERS, datetime.now(UTC))
    assert _verified(authority, issued.path)
    authority.revoke(DESK, datetime.now(UTC))
    assert not _verified(authority, issued.path)


def _verified(authority: Authority, path: Path) -> bool:
    command = ["openssl", "verify", "-x509_strict", "-crl_check", "-purpose", "sslclient"]
    trusted = ["-CAfile", str(authority.path), "-CRLfile", str(authority.revocations_path)]
    command += [*trusted, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0 or "certificate revoked" in done.stderr
    return done.returncode == 0


def test_passwords_are_made_as_the_manual_says(tmp_path: Path) -> None:
    (tmp_path / "logins").write_text("# a comment\ncounter.1\nstaff.console\n")
    made = ["bash", "-euc", manual("sh")[1]]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    secrets = dict(line.split(":") for line in (tmp_path / "secrets").read_text().splitlines())
    passwords = (tmp_path / "passwords").read_text()
    assert secrets.keys() == {"counter.1", "staff.console"}
    assert len(set(secrets.values())) == 2
    assert re.findall(r"^[^:]+(?=:\$7\$)", passwords, re.MULTILINE) == list(secrets)
    assert stat.S_IMODE((tmp_path / "passwords").stat().st_mode) == 0o600


def manual(language: str) -> list[str]:
    """Give the examples of the manual."""
    text = (ROOT / "docs/access.md").read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_revoking_keeps_what_was_revoked_before(authority: Authority) -> None:
    desk, satellite = sign(authority, DESK), sign(authority, SATELLITE)
    authority.revoke(DESK, NOW)
    authority.revoke(SATELLITE, NOW + timedelta(days=1))
    serials = {each.certificate.serial_number for each in (desk, satellite)}
    assert revoked_in(authority) == serials
    listed = x509.load_pem_x509_crl(authority.revocations_path.read_bytes())
    assert listed.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert [each.revoked for each in authority.issued()] == [NOW, NOW + timedelta(days=1)]


def test_list_of_the_revoked_is_there_at_once_and_never_runs_out(authority: Authority) -> None:
    end = authority.certificate().not_valid_after_utc
    for revoked in (0, 1):
        listed = x509.load_pem_x509_crl(authority.revocations_path.read_bytes())
        assert len(listed) == revoked
        assert listed.next_update_utc == end
        # A broker's clock may be behind.
        assert listed.last_update_utc < NOW
        if not revoked:
            sign(authority, DESK)
            authority.revoke(DESK, NOW)


def test_one_of_two_certificates_is_revoked_by_its_number(authority: Authority) -> None:
    lost, spare = sign(authority, DESK), sign(authority, DESK)
    (revoked,) = authority.revoke(DESK, NOW, lost.serial)
    assert revoked.serial == lost.serial
    assert revoked_in(authority) == {lost.certificate.serial_number}
    assert {each.serial: each.revoked for each in authority.issued()}[spare.serial] is None


def test_what_is_not_there_is_not_revoked(authority: Authority) -> None:
    sign(authority, DESK)
    authority.revoke(DESK, NOW)
    for name, serial in ((DESK, None), (SATELLITE, None), (DESK, "abc")):
        with pytest.raises(AuthorityError, match="see `ca list`"):
            authority.revoke(name, NOW, serial)


def test_many_at_once_lose_no_revocation(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    Authority(folder).create("x", NOW)
    names = [f"sued.d-{n}" for n in range(12)]
    holders = {name: Holder(name) for name in names}

    def live_and_die(name: str) -> int:
        authority = Authority(folder)
        issued = authority.sign(request(name), holders, NOW)
        authority.revoke(name, NOW)
        return issued.certificate.serial_number

    with ThreadPoolExecutor(max_workers=6) as pool:
        serials = set(pool.map(live_and_die, names))
    assert revoked_in(Authority(folder)) == serials


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (timedelta(days=30), 30),
        (timedelta(days=30) - timedelta(seconds=1), 29),
        (timedelta(seconds=1), 0),
        (-timedelta(seconds=1), -1),
    ],
)
def test_days_left_are_whole_ones_and_below_zero_when_over(
    authority: Authority, left: timedelta, days: int
) -> None:
    certificate = sign(authority, DESK).certificate
    assert days_left(certificate, certificate.not_valid_after_utc - left) == days


def test_key_that_others_may_read_is_not_used(authority: Authority) -> None:
    (authority.folder / "ca.key").chmod(0o640)
    with pytest.raises(AuthorityError, match="others may read"):
        sign(authority, DESK)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("crl.pem", b"", "damaged"),
        ("ca.pem", b"x", "no certificate in PEM form"),
        ("ca.key", b"x", "no private key in PEM form"),
    ],
)
def test_damaged_file_is_one_sentence(
    authority: Authority, name: str, content: bytes, complaint: str
) -> None:
    path = authority.folder / name
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(AuthorityError, match=complaint):
        sign(authority, DESK)


def test_list_of_another_authority_is_not_taken_for_ours(
    authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "other")
    stranger.create("another", NOW)
    authority.revocations_path.write_bytes(stranger.revocations_path.read_bytes())
    with pytest.raises(AuthorityError, match="not signed by this authority"):
        authority.issued()


def test_the_command_goes_from_a_request_to_a_revocation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory, asked, ca = tmp_path / "i.toml", tmp_path / "device.csr", str(tmp_path / "ca")
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/access.md").read_text("utf-8"), re.DOTALL)
    assert found
    inventory.write_text(manual("toml")[0], "utf-8")
    asked.write_bytes(request(DESK))
    assert main(["ca", "sign", str(asked), "--inventory", str(inventory), "--ca", ca]) == 1
    assert "see `ca new`" in capsys.readouterr().err
    assert main(["ca", "new", "--name", "Jobcenter", "--ca", ca]) == 0
    assert main(["ca", "sign", str(asked), "--inventory", str(inventory), "--ca", ca]) == 0
    made = x509.load_pem_x509_certificate((tmp_path / "device.pem").read_bytes())
    assert name_of(made.subject) == DESK
    assert main(["ca", "list", "--ca", ca]) == 0
    assert re.search(rf"{DESK} .* counts for 36\d days", capsys.readouterr().out)
    assert main(["ca", "revoke", DESK, "--ca", ca]) == 0
    assert "restart mosquitto" in capsys.readouterr().out
    assert main(["ca", "list", "--ca", ca]) == 0
    assert "revoked on" in capsys.readouterr().out
    assert main(["ca", "revoke", DESK, "--ca", ca]) == 1


def test_certificate_is_not_written_over_its_request(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "device.pem"
    asked.write_bytes(request(DESK))
    before = asked.read_bytes()
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/access.md").read_text("utf-8"), re.DOTALL)
    assert found
    (tmp_path / "i.toml").write_text(manual("toml")[0], "utf-8")
    arguments = ["--inventory", str(tmp_path / "i.toml"), "--ca", str(authority.folder)]
    assert main(["ca", "sign", str(asked), *arguments]) == 1
    assert "--out" in capsys.readouterr().err
    assert asked.read_bytes() == before
    assert authority.issued() == ()
