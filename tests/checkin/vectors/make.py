"""Makes cwt.json. Runs with python-cwt, without anything of ours: see README.md."""

from __future__ import annotations

import json
import sys
from typing import Any

import cbor2
import cwt  # type: ignore[import-not-found]
from base45 import b45decode, b45encode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cwt import COSE, COSEKey

SITE, SLOT, EXP, ID, KID = "DUS-SUED", 1772439000, 1772482200, bytes(range(12)), b"\x07"
ED25519, EDDSA = -19, -8


def key(seed: int, *, alg: int = ED25519, kid: bytes | None = KID) -> Any:  # noqa: ANN401  (no types of python-cwt here)
    """Make a private key of 32 equal bytes."""
    params: dict[int, Any] = {1: 1, 3: alg, -1: 6, -4: bytes([seed] * 32)}
    params[-2] = public(seed)
    if kid is not None:
        params[2] = kid
    return COSEKey.new(params)


def public(seed: int) -> bytes:
    """Give the public half of a key of 32 equal bytes."""
    return Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32)).public_key().public_bytes_raw()


def claims(**changes: object) -> bytes:
    """Write claims, right but for the changes."""
    right: dict[str, object] = {"site": SITE, "exp": EXP, "cti": ID, "booking": [SLOT, 15, "A"]}
    said = right | changes
    names = {"site": 3, "exp": 4, "cti": 7, "booking": -65537}
    return cbor2.dumps({names[name]: value for name, value in said.items()})


def code(
    payload: bytes,
    seed: int = 2,
    *,
    alg: int = ED25519,
    kid: bytes = KID,
    **headers: Any,  # noqa: ANN401  (any header: that is what is tried)
) -> str:
    """Sign a code with python-cwt."""
    protected = headers.get("protected", {1: alg, 4: kid})
    unprotected = headers.get("unprotected", {})
    signed = COSE.new().encode(
        payload, key(seed, alg=alg, kid=kid), protected=protected, unprotected=unprotected
    )
    encoded: bytes = b45encode(signed)
    return "LB1:" + encoded.decode()


def verified(text: str) -> dict[str, object]:
    """Verify one of our codes with python-cwt."""
    payload = COSE.new().decode(b45decode(text.removeprefix("LB1:")), key(2))
    said = cbor2.loads(payload)
    return {
        "text": text,
        "site": said[3],
        "exp": said[4],
        "id": said[7].hex(),
        "booking": said[-65537],
    }


def main() -> None:
    """Write the vectors to the standard output."""
    month = 30 * 24 * 3600
    trust = {1: 1, 2: SLOT, 3: [[KID, public(2), [SITE], SLOT - month, SLOT + month]]}
    long = [SLOT, 480, "ABC123", "4.OG R.401"]
    codes = [
        ("right", code(claims()), None),
        ("right, with a place", code(claims(booking=long)), None),
        ("alg -8", code(claims(), alg=EDDSA), "malformed"),
        (
            "kid unprotected",
            code(claims(), protected={1: ED25519}, unprotected={4: KID}),
            "malformed",
        ),
        ("header reordered", code(claims(), protected={4: KID, 1: ED25519}), "malformed"),
        ("unknown key", code(claims(), kid=b"\x08"), "unknown_key"),
        ("a stranger's signature", code(claims(), 3), "bad_signature"),
        ("exp as float", code(claims(exp=float(EXP))), "bad_claims"),
        ("another site", code(claims(site="KOELN")), "key_not_for_site"),
    ]
    vectors = {
        "made_with": f"python-cwt {cwt.__version__}",
        "site": SITE,
        "at": "2026-03-02T08:05:00Z",
        "trust": COSE.new().encode(cbor2.dumps(trust), key(1, kid=None), protected={1: -19}).hex(),
        "codes": [{"name": name, "text": text, "reason": why} for name, text, why in codes],
        "ours": [verified(line.rstrip("\n")) for line in sys.stdin],
    }
    json.dump(vectors, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
