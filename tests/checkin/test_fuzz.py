"""Whatever is held before the camera: an answer from the closed list, and nothing unsigned."""

from __future__ import annotations

import json
from pathlib import Path

import base45
import cbor2
import pytest
from hypothesis import HealthCheck, given, settings

from appliance.checkin.code import CodeError, CodeReason, verify
from tests.checkin import forge
from tests.checkin.forge import AT, SITE, Forged
from tests.checkin.hostile import TRIES, Try

TRUST = forge.trust_of(forge.trusted())
CORPUS = Path(__file__).parent / "corpus.jsonl"


def hold_up(hostile: Try) -> CodeReason | None:
    """Verify a text; gives the reason why not, or None for an accepted one that was signed so."""
    try:
        verify(hostile.text, TRUST, SITE, AT)
    except CodeError as error:
        return error.reason
    data = base45.b45decode(hostile.text.removeprefix("LB1:"))
    payload = cbor2.loads(data).value[2]
    assert payload == hostile.signed_payload, "accepted, but nobody signed it"
    content = cbor2.loads(payload)
    right = Forged(payload=cbor2.dumps({key: content[key] for key in (3, 4, 7, -65537)}))
    assert hostile.text == right.text, "accepted, but written in another way"
    return None


@settings(max_examples=2_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(TRIES)
def test_no_text_is_accepted_unsigned_or_raises_anything_else(hostile: Try) -> None:
    hold_up(hostile)


def kept() -> list[pytest.ParameterSet]:
    entries = [json.loads(line) for line in CORPUS.read_text("ascii").splitlines()]
    return [
        pytest.param(entry["text"], entry["reason"], id=f"{entry['reason']}-{number}")
        for number, entry in enumerate(entries)
    ]


@pytest.mark.parametrize(("text", "reason"), kept())
def test_what_a_long_fuzz_found_gets_the_same_answer(text: str, reason: str) -> None:
    with pytest.raises(CodeError) as caught:
        verify(text, TRUST, SITE, AT)
    assert caught.value.reason.value == reason
