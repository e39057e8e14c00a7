"""What verification costs, beside its bare parts; and what importing it costs.

    .venv/bin/python bench/verify.py

The bare parts are one Ed25519 check with a key that is ready, the libraries' base45 decoding, and
cbor2's decoding of envelope and claims. Both run in turns, and the best round of each counts, so
that a busy machine does not decide. Limits: 2 times the bare parts, 60 ms of import.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import base45
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from appliance.checkin.claims import Claims
from appliance.checkin.code import PREFIX, text_of, verify
from appliance.checkin.cose import Sign1, to_be_signed
from appliance.checkin.keys import TrustedKey, TrustList
from appliance.line.model import Booking

if TYPE_CHECKING:
    from collections.abc import Callable

RATIO_LIMIT = 2.0
IMPORT_LIMIT_MS = 60.0
ROUNDS, TIMES = 40, 250
IMPORTS = 15
CHECKIN = ", ".join(
    f"appliance.checkin.{module}"
    for module in ("admission", "check_code", "daybook", "short_number", "store", "tries", "verify")
)

SLOT = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
SITE, KID = "DUS-SUED", b"\x07"


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    ours_us, bare_us = verification_us()
    ratio = ours_us / bare_us
    print(f"verification {ours_us:6.1f} µs, bare parts {bare_us:6.1f} µs", end="")
    print(f": {ratio:.2f} x (limit {RATIO_LIMIT})")
    import_ms = imported_ms(CHECKIN)
    print(f"import of the check-in {import_ms:.0f} ms (limit {IMPORT_LIMIT_MS:.0f})")
    return int(ratio > RATIO_LIMIT or import_ms > IMPORT_LIMIT_MS)


def verification_us() -> tuple[float, float]:
    """Measure our verification and its bare parts, each per code."""
    private_key = Ed25519PrivateKey.generate()
    month = timedelta(days=30)
    key = TrustedKey(KID, private_key.public_key(), (SITE,), SLOT - month, SLOT + month)
    trust = TrustList(1, SLOT, (key,))
    claims = Claims(SITE, SLOT + timedelta(hours=12), Booking("0f" * 12, SLOT, 15, "A"))
    payload = claims.encode()
    signed = to_be_signed(payload, KID)
    signature = private_key.sign(signed)
    text = text_of(Sign1(payload, signature, KID))

    def ours() -> None:
        verify(text, trust, SITE, SLOT)

    def bare() -> None:
        envelope = cbor2.loads(base45.b45decode(text.removeprefix(PREFIX).encode()))
        cbor2.loads(envelope.value[2])
        key.public_key.verify(signature, signed)

    rounds = [(round_us(ours), round_us(bare)) for _ in range(ROUNDS)]
    return min(ours for ours, _ in rounds), min(bare for _, bare in rounds)


def round_us(work: Callable[[], None]) -> float:
    """Measure one piece of work, in microseconds of CPU time."""
    start = time.process_time()
    for _ in range(TIMES):
        work()
    return (time.process_time() - start) / TIMES * 1e6


def imported_ms(modules: str) -> float:
    """Measure importing `modules` in a fresh interpreter, in milliseconds; the best of some."""
    program = (
        f"import time; t = time.perf_counter(); import {modules}; print(time.perf_counter()-t)"
    )
    command = [sys.executable, "-c", program]
    runs = [
        subprocess.check_output(command, text=True)  # noqa: S603  (our own interpreter)
        for _ in range(IMPORTS)
    ]
    return min(map(float, runs)) * 1e3


if __name__ == "__main__":
    sys.exit(main())
