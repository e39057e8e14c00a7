"""Until when a certificate counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def expires(path: Path) -> datetime | None:
    """Give when the first certificate in a PEM file expires; None: it cannot be read.

    Why not, if so, is told by the link, which needs the file.
    """
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None
