"""The document is what it says it is: AsyncAPI 3.0.0, and each reference leads somewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from tests.contract.document import CHANNELS, DOCUMENT, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: Final = Path(__file__).parent / "asyncapi" / "3.0.0.json"


def references(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (a piece of YAML)
    if isinstance(part, dict):
        if "$ref" in part:
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def test_document_is_asyncapi() -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
    wrong = jsonschema.exceptions.best_match(validator.iter_errors(DOCUMENT))
    assert wrong is None, f"{wrong.json_path}: {wrong.message}"


def test_each_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        assert resolved(reference)


def test_each_component_is_used() -> None:
    used = {reference["$ref"] for reference in references(DOCUMENT)}
    used |= {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    for group, members in DOCUMENT["components"].items():
        for name in members:
            assert f"#/components/{group}/{name}" in used


def test_each_channel_has_an_operation() -> None:
    operations = DOCUMENT["operations"].values()
    assert {operation["channel"]["$ref"] for operation in operations} == {
        f"#/channels/{name}" for name in CHANNELS
    }
