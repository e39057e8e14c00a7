"""What stands in the certificates of the office's own authority, and in requests for them.

EC P-256: Ed25519 would be smaller, but no browser takes it, and clerks' browsers are to trust a
Pi's bus. Names come from the inventory, never from the request: a device that asks for the name of
the central broker does not get it.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from central.access.inventory import Holder

YEAR: Final = timedelta(days=365)
AUTHORITY_LASTS: Final = 10 * YEAR
LASTS: Final = YEAR
DRIFT: Final = timedelta(days=1)
"""All begins so long before it is made: a Pi's clock may be behind until it is set."""
REQUEST_LIMIT_BYTES: Final = 16 << 10
LONGEST_NAME: Final = 64
"""X.520 has no room for more in a CN."""


class RequestError(LobbyError, ValueError):
    """A request is not signed; the sentence says why, and what to do."""


def new_authority(key: ec.EllipticCurvePrivateKey, name: str, now: datetime) -> x509.Certificate:
    """Make the certificate of an authority, signed by itself; it may sign no other authority.

    Args:
        key: Its key.
        name: What people read, 1 to 64 characters.
        now: Aware time.
    """
    subject = _name(name)
    builder = _builder(subject, key.public_key(), now).issuer_name(subject)
    return (
        builder.not_valid_after(_whole(now) + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def new_certificate(
    request: x509.CertificateSigningRequest,
    holder: Holder,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    """Make the certificate that was asked for; of the request only the public key goes into it.

    Args:
        request: As `read_request` gave it.
        holder: Who asks.
        authority: Who signs.
        key: With which.
        now: Aware time.
    """
    uses = [
        *([ExtendedKeyUsageOID.CLIENT_AUTH] if holder.connects else []),
        *([ExtendedKeyUsageOID.SERVER_AUTH] if holder.serves else []),
    ]
    # A certificate without SAN is refused by everyone; who serves nobody has its own name there.
    names = list(map(_general_name, holder.hosts)) or [x509.DNSName(holder.name)]
    until = min(_whole(now) + LASTS, authority.not_valid_after_utc)
    public_key = request.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise TypeError("the request was not read with read_request")
    return (
        _builder(_name(holder.name), public_key, now)
        .issuer_name(authority.subject)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(_signer(authority), critical=False)
        .sign(key, hashes.SHA256())
    )


def new_revocation_list(
    revoked: Mapping[int, datetime],
    number: int,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.CertificateRevocationList:
    """Make the list of what counts no more.

    **It must never run out**: OpenSSL, and with it mosquitto, takes a list whose next update is
    over for no list, and then refuses *every* certificate; a whole fleet would fall off on that
    day. So it counts as long as the authority itself. Nothing is lost: brokers get it from us as a
    file, not from a network that could hand them an old one.

    Args:
        revoked: Serial number → since when.
        number: Grows with each list.
        authority: Who signs.
        key: With which.
        now: Aware time.
    """
    begin = max(_whole(now) - DRIFT, authority.not_valid_before_utc)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(begin)
        .next_update(authority.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_signer(authority), critical=False)
    )
    for serial, since in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key, hashes.SHA256())


def read_request(pem: bytes) -> x509.CertificateSigningRequest:
    """Read a request: who asks has the private key (it signed), and it is of the right kind.

    Raises:
        RequestError: It is none that we would sign, whoever asks.
    """
    if len(pem) > REQUEST_LIMIT_BYTES:
        raise RequestError("the request is too long: send what `openssl req -new` made")
    try:
        request = x509.load_pem_x509_csr(pem)
        public_key, signed = request.public_key(), request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestError("this is no certificate request in PEM form: make a new one") from error
    if not isinstance(public_key, ec.EllipticCurvePublicKey) or not isinstance(
        public_key.curve, ec.SECP256R1
    ):
        raise RequestError("the request has a key of another kind: EC P-256 is needed")
    if not signed:
        raise RequestError("the request is not signed with its own key: make a new one")
    return request


def name_of(subject: x509.Name) -> str:
    """Give the common name, empty if there is not just one."""
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if len(names) == 1 else ""


def key_of(certificate: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """Give the public key, for comparison."""
    return certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def days_left(certificate: x509.Certificate, now: datetime) -> int:
    """Give for how many whole days a certificate counts yet; below 0: it does not any more.

    Args:
        certificate: Any.
        now: Aware time.
    """
    return (certificate.not_valid_after_utc - now) // timedelta(days=1)


def _builder(
    subject: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_whole(now) - DRIFT)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _signer(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _whole(now: datetime) -> datetime:
    """Give it without what a certificate has no room for."""
    return now.replace(microsecond=0)
