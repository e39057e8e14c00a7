"""What is sent to a browser: little, all of it ours or vendored, and the same in both languages."""

from __future__ import annotations

import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance import config
from appliance.cli import main
from appliance.strings import languages

if TYPE_CHECKING:
    import pytest

    from tests.pages.hall import Hall

SITE: Final = Path(str(resources.files("appliance.pages"))) / "site"
EXAMPLE: Final = SITE.parents[1] / "examples" / "entrance.toml"
VENDORED: Final = {
    # u8-mqtt 0.6.7 from the npm registry, as it is there.
    "vendor/u8-mqtt/basic-v5.js": (
        "83cd957d59d423b7ba41c13a74e6804f3f7e41b2b0aa6ae2ed99a6b4d26b7b01"
    ),
}
FIRST_VIEW_BYTES: Final = 100_000


def words(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((SITE / f"words/{language}.json").read_text("utf-8"))
    return texts


def test_first_view_is_at_most_100_kb_compressed(hall: Hall) -> None:
    for name, caller in (("3", "counter.3"), ("reception", "staff.reception")):
        page = hall.window()
        wire = page.context.new_cdp_session(page)
        sent: list[float] = []
        wire.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))  # noqa: B023  (listened to within this round)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.reload()
        hall.log_in(page, name, caller)
        page.wait_for_load_state("networkidle")
        assert len(sent) > 10
        assert sum(sent) <= FIRST_VIEW_BYTES, f"{name}: {sum(sent)} bytes"


def test_both_languages_have_the_same_texts_with_the_same_facts() -> None:
    german, english = words("de"), words("en")
    assert german.keys() == english.keys()
    for key, text in german.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", english[key])), (
            key
        )


def test_each_text_is_used_and_each_that_is_used_is_there() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (SITE / "js").glob("*.js"))
    known = words("de").keys()
    asked = set(re.findall(r"\bt\('([^']+)'", sources))
    counted = {
        f"{key}{end}" for key in re.findall(r"\bcount\('([^']+)'", sources) for end in ("", "_one")
    }
    assert (asked | counted) - known == set()
    named = set(re.findall(r"'([a-z_.]+)'", sources)) | counted
    # Put together of a beginning and a word of the contract.
    beginnings = tuple(re.findall(r"`([a-z]+\.[a-z_]*)\$\{", sources))
    assert {key for key in known - named if not key.startswith(beginnings)} == set()


def test_what_is_vendored_is_what_was_published() -> None:
    for name, digest in VENDORED.items():
        assert hashlib.sha256((SITE / name).read_bytes()).hexdigest() == digest
        assert (SITE / name).with_name("LICENSE").exists()


def test_nothing_comes_from_anybody_else() -> None:
    for path in SITE.rglob("*"):
        if path.suffix in {".js", ".css", ".html"} and "vendor" not in path.parts:
            text = path.read_text("utf-8")
            assert not re.search(r"https?://(?!www\.w3\.org)", text), path
            assert "innerHTML" not in text, path


def test_pages_are_laid_out_with_what_the_lobby_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["pages", "--config", str(EXAMPLE), "--out", str(tmp_path / "pages")]
    assert main(arguments) == 0
    assert main(arguments) == 0
    assert str(tmp_path) in capsys.readouterr().out
    about = json.loads((tmp_path / "pages/lobby.json").read_text("utf-8"))
    settings = config.load(EXAMPLE, languages=languages())
    assert about["lobby"] == settings.lobby.id
    assert [each["code"] for each in about["services"]] == [s.code for s in settings.services]
    there = {path.relative_to(tmp_path / "pages") for path in (tmp_path / "pages").rglob("*.js")}
    assert there == {path.relative_to(SITE) for path in SITE.rglob("*.js")}
    assert all(path.with_name(f"{path.name}.gz").exists() for path in tmp_path.rglob("*.js"))


def test_folder_that_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["pages", "--config", str(EXAMPLE), "--out", str(tmp_path / "file")]) == 1
    assert "cannot write the pages" in capsys.readouterr().err
