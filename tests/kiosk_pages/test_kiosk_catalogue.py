"""The catalogue of services that comes with the product: whole, and readable on a tile."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from appliance import config, strings
from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_view import Service, Wait, Welcome
from appliance.display.pen import ServiceSign
from tests.kiosk_pages.seen import faults, read, show
from tests.kiosk_pages.views import HALL, SIGNS, SIZES

if TYPE_CHECKING:
    from appliance.display.text import Typesetter

SHEETS = 4


@pytest.fixture(scope="module")
def services() -> tuple[config.Service, ...]:
    files = resources.files("appliance") / "examples"
    with resources.as_file(files / "catalogue.toml") as path:
        return config.load(path, languages=strings.languages()).services


def test_it_has_what_people_come_for_and_every_way_to_deal_with_it(
    services: tuple[config.Service, ...],
) -> None:
    assert len(services) >= 12
    assert {service.walk_in for service in services} == set(config.WalkIn)


def test_every_service_has_words_of_its_own_in_every_language(
    services: tuple[config.Service, ...],
) -> None:
    for language in strings.languages():
        words = [service.text[language] for service in services]
        assert len(set(words)) == len(services)
        # In other languages than German nothing is left in German.
        if not language.startswith("de"):
            assert not set(words) & {service.text["de"] for service in services}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", HALL)
def test_every_name_is_read_whole_on_its_tile_and_over_its_page(
    language: str,
    size: tuple[int, int],
    services: tuple[config.Service, ...],
    setter: Typesetter,
) -> None:
    known = {each.code: ServiceSign(each.letter, each.text) for each in services}
    painter = KioskPainter(size, replace(SIGNS, services=known), setter)
    seen = ""
    for sheet in range(SHEETS):
        show(painter, Welcome(tuple(known), sheet=sheet), language)
        assert faults(painter, size) == []
        seen += read(painter).replace("\n", " ") + " "
    assert [each.text[language] for each in services if each.text[language] not in seen] == []
    for code in known:
        show(painter, Service(code, Wait(3, (10, 20))), language)
        assert [each for each in faults(painter, size) if "is cut" in each] == []
