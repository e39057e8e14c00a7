"""The files of the certificate authority, read with suspicion: its key counts for everyone."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class AuthorityError(LobbyError, ValueError):
    """The authority cannot do it; the sentence says why, and what to do."""


def read_private(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read the authority's key.

    Raises:
        AuthorityError: It is missing, damaged, of another kind, or others may read it.
    """
    try:
        mode, pem = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except FileNotFoundError:
        raise AuthorityError(f"there is no authority in {path.parent}: see `ca new`") from None
    except OSError as error:
        raise AuthorityError(f"cannot read {path}: {error.strerror}") from error
    if mode & _OTHERS:
        raise AuthorityError(f"others may read {path}: make a new authority, or `chmod 600` it")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AuthorityError(f"{path} is no private key in PEM form: restore it") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise AuthorityError(f"{path} is a key of another kind: restore the one of `ca new`")
    return key


def read_certificate(path: Path) -> x509.Certificate:
    """Read a certificate.

    Raises:
        AuthorityError: It is missing or damaged.
    """
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError:
        raise AuthorityError(f"there is no {path}: see `ca new`") from None
    except OSError as error:
        raise AuthorityError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise AuthorityError(f"{path} is no certificate in PEM form: restore it") from error


def read_revocations(path: Path, authority: x509.Certificate) -> x509.CertificateRevocationList:
    """Read the list of the revoked, which the authority must have signed.

    Raises:
        AuthorityError: It is missing or damaged, or somebody else signed it.
    """
    try:
        found = x509.load_pem_x509_crl(path.read_bytes())
    except OSError as error:
        raise AuthorityError(f"cannot read {path}: {error.strerror}; restore it") from error
    except ValueError as error:
        raise AuthorityError(f"{path} is damaged: restore it") from error
    signer = authority.public_key()
    if not isinstance(signer, ec.EllipticCurvePublicKey) or not found.is_signature_valid(signer):
        raise AuthorityError(f"{path} is not signed by this authority: restore it")
    return found


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Give a private key as it stands in its file: PKCS #8, PEM, not encrypted."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
