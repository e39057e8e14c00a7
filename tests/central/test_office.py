"""The office file: read to its end, and everything that is wrong with it said at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from appliance.config import ConfigError
from central.bookings.office import said
from central.bookings.office_file import load
from central.texts import languages, texts

if TYPE_CHECKING:
    from tests.central.world import World


ROOT: Final = Path(__file__).parent.parent.parent


def test_a_good_file_is_read(world: World) -> None:
    office = world.office
    assert [site.id for site in office.sites] == ["SUED", "OST"]
    assert str(office.sites[0].timezone) == "Europe/Berlin"
    assert office.files.horizon_days == 60
    lobby = office.lobby("SUED", "NEU")
    assert lobby is not None
    assert said(lobby.where, "en", "de") == "Neukunden, 1. Etage"


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("[mail]", "[mial]", 'mial: there is no such section.*did you mean "mail"'),
        ("phone =", "fone =", 'mail.fone: there is no such key.*did you mean "phone"'),
        ('phone = "0211 555 0123"', "phone = 7", ":8: mail.phone: 7 is not allowed"),
        ("termine@mu", "termine@@mu", "mail.address: .*an e-mail address in ASCII"),
        ("termine@mu", "a\\\\nBcc: b@mu", "mail.address: .*an e-mail address in ASCII"),
        ("https://termine", "http://termine", "begins with https://"),
        ("mqtt://127", "mqtts://127", "broker.certificate: it is missing"),
        ('site = "SUED"\nid = "NEU"', 'site = "SUD"\nid = "NEU"', 'did you mean "SUED"'),
        (
            'services = ["C30"]',
            'services = ["C31"]',
            'lobby.2..services: there is no service "C31"',
        ),
        ('code = "C30"', 'code = "A10"', r'"A10" is that of service\[1\] already'),
        ('{{ de = "Neukunden', '{{ en = "New', 'is missing in "de", the main language'),
        ('{{ de = "Neukunden', '{{ dee = "x", de = "Neu', 'there are no mails in "dee"'),
        ('languages = ["de"]', 'languages = ["de", "fr"]', 'there are no mails in "fr"'),
        ('code = "3.401"', 'code = "3.401 im 3. OG"', "1 to 10 printable ASCII"),
        ("[[place]]", "[place]", "double brackets"),
        ("[issuer]", "[issuer", ":1: it is not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place(
    world: World, before: str, after: str, complaint: str
) -> None:
    text = world.office_path.read_text("utf-8")
    before, after = before.replace("{{", "{"), after.replace("{{", "{")
    assert before in text
    world.office_path.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(ConfigError, match=complaint) as told:
        load(world.office_path, languages=languages())
    assert str(world.office_path) in str(told.value)


def test_all_mistakes_are_told_at_once(world: World) -> None:
    text = world.office_path.read_text("utf-8")
    text = text.replace("phone =", "fone =").replace('"SUED"\nid', '"NORD"\nid')
    world.office_path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as told:
        load(world.office_path, languages=languages())
    assert len(told.value.problems) == 4  # the key, what it leaves out, and two lobbies


@pytest.mark.parametrize("content", [b"\xff", b"[" * 5000])
def test_what_is_no_toml_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "office.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"mend|save"):
        load(path, languages=languages())
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, languages=languages())


def test_all_languages_of_the_mails_say_the_same() -> None:
    german = texts("de").entries
    for language in languages():
        entries = texts(language).entries
        assert entries.keys() == german.keys()
        for key, text in entries.items():
            assert text.strip()
            facts = {part.partition("}")[0] for part in text.split("{")[1:]}
            assert facts == {part.partition("}")[0] for part in german[key].split("{")[1:]}, key


def test_the_office_file_in_the_manual_can_be_used(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "issuing.md").read_text("utf-8")
    example = manual.partition("```toml\n")[2].partition("```")[0]
    assert tomllib.loads(example)
    path = tmp_path / "office.toml"
    path.write_text(example, "utf-8")
    assert load(path, languages=languages()).places
