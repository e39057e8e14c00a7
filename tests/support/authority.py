"""A certificate authority of a test's own; its certificates may be wrong in any way."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance.bus.addresses import Identity

if TYPE_CHECKING:
    from pathlib import Path

YEAR = timedelta(days=365)


class Authority:
    """Signs certificates.

    Args:
        folder: Where its files go.
        name: Of it, and of its file.
    """

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 10 * YEAR)
            .not_valid_after(now + 10 * YEAR)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, name: str, *, until: datetime | None = None, host: str = "localhost"
    ) -> Identity:
        """Make a key and a certificate, valid since a year ago.

        Args:
            name: Its common name, and that of its files.
            until: When it expires; None: in a year.
            host: For whom it speaks, as a broker; 127.0.0.1 as well, if that is localhost.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - YEAR)
            .not_valid_after(until or now + YEAR)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        found = Identity(self.path, self._folder / f"{name}.pem", self._folder / f"{name}.key")
        found.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        found.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return found


def tls_listener(identity: Identity, port: int, host: str, *, websockets: bool = False) -> str:
    """Give mosquitto's lines for a listener that wants a certificate of everyone."""
    return "\n".join(
        [
            f"listener {port} {host}",
            *(["protocol websockets"] if websockets else []),
            f"cafile {identity.ca}",
            f"certfile {identity.certificate}",
            f"keyfile {identity.key}",
            "require_certificate true",
            "use_identity_as_username true",
            "allow_anonymous true",
            "",
        ]
    )
