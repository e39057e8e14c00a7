"""The office's private certificate authority, in a folder of files.

    ca.key     private; signs certificates, and the list of the revoked ones
    ca.pem     its certificate: what every Pi, broker and clerk's browser trusts
    crl.pem    the revoked ones: mosquitto's `crlfile`
    issued/    a copy of each certificate that was ever signed: {name}-{serial}.pem

A private key never leaves where it was made: a device makes its own, and sends a request. The list
of the revoked is there from the beginning, as mosquitto refuses everyone without one; it is what
says which are revoked, and there is no second truth.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.config.problems import did_you_mean
from appliance.files import write_atomically
from central.access.authority_files import (
    AuthorityError,
    pem_of,
    read_certificate,
    read_private,
    read_revocations,
)
from central.access.certificates import (
    LONGEST_NAME,
    RequestError,
    days_left,
    key_of,
    name_of,
    new_authority,
    new_certificate,
    new_revocation_list,
    read_request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from central.access.inventory import Holder

_PRIVATE, _PUBLIC = 0o600, 0o644
RENEW: Final = timedelta(days=60)
"""So long before its end a certificate is to be followed by another one."""


class Issued(NamedTuple):
    """A certificate that was signed.

    Args:
        certificate: It.
        path: Where its copy is.
        revoked: Since when it counts no more; None: it does.
    """

    certificate: x509.Certificate
    path: Path
    revoked: datetime | None

    @property
    def name(self) -> str:
        """Whose it is."""
        return name_of(self.certificate.subject)

    @property
    def serial(self) -> str:
        """Its number, as it stands in the name of its file."""
        return f"{self.certificate.serial_number:x}"


class Authority:
    """The authority in one folder.

    Args:
        folder: It is made, for its owner alone, with the authority.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "ca.pem"
        self.revocations_path = folder / "crl.pem"
        self._key_path = folder / "ca.key"
        self._issued = folder / "issued"

    def create(self, name: str, now: datetime) -> x509.Certificate:
        """Make the authority, and an empty list of revoked certificates. It lasts 10 years.

        Args:
            name: What people read in their browsers, 1 to 64 characters.
            now: Aware time.

        Raises:
            AuthorityError: There is one, the name is too long, or it cannot be written.
        """
        if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
            raise AuthorityError(f"the name has 1 to {LONGEST_NAME} characters, on one line")
        self._make_folders()
        with self._alone():
            if self._key_path.exists():
                raise AuthorityError(f"{self._key_path} exists, and is never overwritten")
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = new_authority(key, name, now)
            # The key last: without it one begins anew.
            self._write(self.path, certificate.public_bytes(serialization.Encoding.PEM))
            self._write_revoked({}, 1, certificate, key, now)
            self._write(self._key_path, pem_of(key), _PRIVATE)
        return certificate

    def sign(self, request_pem: bytes, holders: Mapping[str, Holder], now: datetime) -> Issued:
        """Sign a request for a year. The same request again gets the same certificate.

        Whoever has a certificate may get another one: it goes on counting, so that nobody is cut
        off while the new one is put in place. Of a lost device revoke it.

        Args:
            request_pem: A certificate request (PKCS #10) in PEM form.
            holders: Who may have certificates, from the inventory.
            now: Aware time.

        Raises:
            RequestError: It is not signed: an unknown name, a key that was there before.
            AuthorityError: There is no authority, or its files cannot be used.
        """
        request = read_request(request_pem)
        name = name_of(request.subject)
        if name not in holders:
            near = did_you_mean(name, holders)
            hint = f"; did you mean {near}?" if near else ""
            raise RequestError(f"the inventory has no {name or 'name as in the request'!r}{hint}")
        key, authority = self._key(), self.certificate()
        with self._alone():
            if (before := self._before(request, now)) is not None:
                return before
            certificate = new_certificate(request, holders[name], authority, key, now)
            path = self._issued / f"{name}-{certificate.serial_number:x}.pem"
            self._write(path, certificate.public_bytes(serialization.Encoding.PEM))
        return Issued(certificate, path, None)

    def revoke(self, name: str, now: datetime, serial: str | None = None) -> tuple[Issued, ...]:
        """Let the certificates of a name count no more.

        Args:
            name: Whose.
            now: Aware time.
            serial: Only the one with this number; None: all that are not revoked.

        Returns:
            Those that are revoked now.

        Raises:
            AuthorityError: There is none of that name and number that counts, or the files cannot
                be used.
        """
        key, authority = self._key(), self.certificate()
        with self._alone():
            found = [
                each
                for each in self.issued()
                if each.name == name and serial in {None, each.serial} and each.revoked is None
            ]
            if not found:
                which = f"certificate {serial}" if serial else "certificate that counts"
                raise AuthorityError(f"there is no {which} of {name!r}: see `ca list`")
            before = self._revocations()
            number = before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
            since = now.replace(microsecond=0)
            revoked = {each.serial_number: each.revocation_date_utc for each in before}
            revoked |= {each.certificate.serial_number: since for each in found}
            self._write_revoked(revoked, number + 1, authority, key, now)
        return tuple(each._replace(revoked=since) for each in found)

    def issued(self) -> tuple[Issued, ...]:
        """Give all certificates that were signed, by name and age.

        Raises:
            AuthorityError: A file is damaged.
        """
        revoked = {each.serial_number: each.revocation_date_utc for each in self._revocations()}
        found = []
        for path in self._issued.glob("*.pem"):
            certificate = read_certificate(path)
            found.append(Issued(certificate, path, revoked.get(certificate.serial_number)))
        return tuple(sorted(found, key=lambda each: (each.name, *_age(each.certificate))))

    def certificate(self) -> x509.Certificate:
        """Give the authority's own certificate.

        Raises:
            AuthorityError: There is none, or it is damaged.
        """
        return read_certificate(self.path)

    def _before(self, request: x509.CertificateSigningRequest, now: datetime) -> Issued | None:
        """Give the certificate that this request got before, as after an interruption.

        Raises:
            RequestError: Its key was there before, and may not come again.
        """
        wanted, name = key_of(request), name_of(request.subject)
        if wanted == key_of(self.certificate()):
            raise RequestError("the request has the authority's own key: make a new one")
        same = [each for each in self.issued() if key_of(each.certificate) == wanted]
        for each in same:
            lasts = days_left(each.certificate, now) > RENEW.days
            if each.name == name and each.revoked is None and lasts:
                return each
        if same:
            whose = ", ".join(sorted({each.name for each in same}))
            raise RequestError(
                f"the key in the request of {name!r} is in a certificate of {whose} already:"
                " make a new key, on the device itself"
            )
        return None

    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = read_private(self._key_path)
        if key.public_key() != self.certificate().public_key():
            raise AuthorityError(f"{self._key_path} is not the key of {self.path}: restore both")
        return key

    def _revocations(self) -> x509.CertificateRevocationList:
        return read_revocations(self.revocations_path, self.certificate())

    def _write_revoked(
        self,
        revoked: Mapping[int, datetime],
        number: int,
        authority: x509.Certificate,
        key: ec.EllipticCurvePrivateKey,
        now: datetime,
    ) -> None:
        made = new_revocation_list(revoked, number, authority, key, now)
        self._write(self.revocations_path, made.public_bytes(serialization.Encoding.PEM))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else sign or revoke meanwhile: many Pis are provisioned at once."""
        try:
            handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise AuthorityError(f"cannot open {self.folder}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _make_folders(self) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._issued.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise AuthorityError(f"cannot make {self.folder}: {error.strerror}") from error

    def _write(self, path: Path, data: bytes, mode: int = _PUBLIC) -> None:
        try:
            write_atomically(path, data, mode=mode)
        except OSError as error:
            raise AuthorityError(f"cannot write {path}: {error.strerror}") from error


def _age(certificate: x509.Certificate) -> tuple[datetime, int]:
    return certificate.not_valid_before_utc, certificate.serial_number
