from __future__ import annotations

import contextlib
import sys
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance import config
from tests.config.conftest import RIGHT, edited

if TYPE_CHECKING:
    from tests.config.conftest import Desk


def sentence(path: Path) -> str:
    with pytest.raises(config.ConfigError) as caught:
        config.load(path, languages=("de", "en"))
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(str(path))
    return text.removeprefix(str(path))


def test_five_mistakes_are_told_at_once_in_the_order_of_the_file(desk: Desk) -> None:
    said = desk.problems(
        ('letter = "A"', 'letter = "O"'),
        ("minutes = 9", "minuts = 9"),
        ('services = ["B20"]', 'services = ["B2"]'),
        ('host = "192.0.2.17"', 'host = "192.0.2.17"\nport = "9100"'),
        ("pin = 27", "pin = true"),
    )
    assert [problem.split(": ")[:2] for problem in said] == [
        [":14", "service[1].letter"],
        [":18", "service[2].minutes"],
        [":21", "service[2].minuts"],
        [":30", "counter[2].services"],
        [":38", "printer.port"],
        [":49", "button[2].pin"],
    ]


def test_the_whole_text_has_a_line_for_each_problem_and_ends_with_what_to_do(desk: Desk) -> None:
    desk.problems(('letter = "A"', 'letter = "O"'), ("minutes = 9", "minutes = 0"))
    with pytest.raises(config.ConfigError) as caught:
        desk.load()
    *problems, advice = str(caught.value).splitlines()
    assert problems == [str(problem) for problem in caught.value.problems]
    assert len(problems) == 2
    assert f"lobby check {desk.file}" in advice


def test_a_problem_carries_its_facts(desk: Desk) -> None:
    desk.problems(("host =", "hots ="))
    with pytest.raises(config.ConfigError) as caught:
        desk.load()
    missing, unknown = caught.value.problems
    assert (missing.key, missing.line) == ("printer.host", 35)
    assert (unknown.key, unknown.line, unknown.file) == ("printer.hots", 37, desk.file)
    assert unknown.finding.suggestion == '"host"'


def test_a_mistake_in_one_place_does_not_hide_what_is_wrong_in_another(desk: Desk) -> None:
    said = desk.problems(
        ("minutes = 6", "minutes = 0"),
        ('code = "B20"', 'code = "b20"'),
        ("pin = 27", "pin = 17"),
    )
    # Who names service b20 as B20 is told as well: both may be what was meant.
    assert [problem.split(": ")[1] for problem in said] == [
        "service[1].minutes",
        "service[2].code",
        "counter[1].services",
        "counter[2].services",
        "button[2].service",
        "button[2].pin",
    ]


def test_a_service_whose_letter_is_wrong_can_still_be_named(desk: Desk) -> None:
    said = desk.problems(('letter = "B"', 'letter = "b"'))
    assert [problem.split(": ")[1] for problem in said] == ["service[2].letter"]


def test_a_code_given_twice(desk: Desk) -> None:
    said = desk.problems(('code = "B20"', 'code = "A10"'))
    assert said[0] == ':19: service[2].code: "A10" is that of service[1] already'


def test_counters_that_sound_alike(desk: Desk) -> None:
    said = desk.problems(('id = "1"', 'id = "1a"'), ('id = "2"', 'id = "1A"'))
    assert said == [':29: counter[2].id: "1A" is that of counter[1] already']


def test_pins_without_buttons(desk: Desk) -> None:
    right = RIGHT.partition("[[button]]")[0]
    desk.write(right)
    assert desk.problems_now() == [
        ':39: buttons: kind = "gpio" needs a [[button]] for each service'
    ]


def test_two_things_on_one_pin(desk: Desk) -> None:
    lights = '[lamps]\nkind = "gpio"\nred = 17\ngreen = 6\nblue = 6\n'
    buzzer = '[buzzer]\nkind = "gpio"\npin = 26\n'
    help_ = '[buttons]\nkind = "gpio"\nhelp = 26'
    said = desk.problems(('[buttons]\nkind = "gpio"', help_), ("", lights), ("", buzzer))
    assert [each.partition(": ")[2] for each in said] == [
        "lamps.red: pin 17 is that of button[1] already",
        "lamps.blue: pin 6 is that of lamps.green already",
        "buzzer.pin: pin 26 is that of buttons.help already",
    ]


def test_language_that_nobody_can_speak(desk: Desk) -> None:
    (said,) = desk.problems(("", '[sound]\nkind = "speaker"\nlanguages = ["de", "tlh"]\n'))
    assert 'sound.languages: the product has no texts in "tlh"' in said


def test_letters_that_look_like_digits_are_refused(desk: Desk) -> None:
    refused = []
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        desk.write(edited(('letter = "A"', f'letter = "{letter}"')))
        with contextlib.suppress(config.ConfigError):
            desk.load()
            continue
        refused.append(letter)
    assert refused == ["I", "O", "Q", "S", "Z"]


def test_single_brackets_where_there_may_be_several(desk: Desk) -> None:
    desk.write('[site]\nid = "SUED"\nname = "x"\n[service]\ncode = "A10"\n')
    assert (
        ":4: service: it is a section: write [[service]]; double brackets, as there may be several"
    ) in desk.problems_now()


def test_sections_that_every_device_needs(desk: Desk) -> None:
    desk.write("[rules]\nmax_calls = 4\n")
    assert desk.problems_now() == [
        ": site: the section [site] is missing; it needs id, name",
        ": lobby: the section [lobby] is missing; it needs id, name",
        ": device: the section [device] is missing; it needs name",
    ]


def test_sections_that_a_role_needs(desk: Desk) -> None:
    desk.write("""\
site = { id = "SUED", name = "Jobcenter" }
lobby = { id = "EINGANG", name = "Eingangszone" }
device = { name = "eingang-1" }
""")
    assert desk.problems_now() == [
        ': service: [[service]] is missing; the role "desk" needs it',
        ': counter: [[counter]] is missing; the role "desk" needs it',
        ': camera: [camera] is missing; the role "scanner" needs it',
        ': printer: [printer] is missing; the role "desk" needs it',
    ]


def test_a_password_in_place_of_its_file_is_not_repeated(desk: Desk) -> None:
    (said,) = desk.problems(("", '[bus]\npasswords = "hunter2"\n'))
    assert "hunter2" not in said
    assert "secrets are files, never values" in said


def test_a_main_language_that_is_not_shown(desk: Desk) -> None:
    said = desk.problems(('id = "SUED"', 'id = "SUED"\nlanguage = "en"\nlanguages = ["de"]'))
    assert said == [
        ':3: site.language: "en" is not among site.languages; allowed: "de"',
        ':24: service[2].text: it is missing in the main language, "en"',
    ]


def test_no_time_zone_database(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither the system's nor the package's, of which others may have loaded parts already.
    parts = [name for name in sys.modules if name.startswith("tzdata.")]
    for name in ("tzdata", "tzdata.zoneinfo", *parts):
        monkeypatch.setitem(sys.modules, name, None)
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    try:
        said = desk.problems()
    finally:
        zoneinfo.reset_tzpath()
    (only,) = said
    assert only.startswith(':1: site.timezone: "Europe/Berlin" cannot be looked up')
    assert only.endswith("install the package tzdata")


def test_no_file(tmp_path: Path) -> None:
    said = sentence(tmp_path / "none.toml")
    assert said == ": there is no such file; name another or copy an example"


def test_a_folder(tmp_path: Path) -> None:
    assert sentence(tmp_path) == ": this is a folder; name the file in it"


def test_a_file_in_a_file(desk: Desk) -> None:
    desk.load_right()
    said = sentence(desk.file / "lobby.toml")
    assert said == ": it cannot be read: Not a directory; mend that and try again"


def test_not_toml_is_told_with_line_and_column(desk: Desk) -> None:
    desk.write("[site]\nid = SUED\n")
    assert sentence(desk.file) == (
        ":2: it is not TOML: Invalid value (at line 2, column 6); mend that place"
    )


@pytest.mark.parametrize("depth", [500, 100_000])
def test_a_file_nested_without_end(desk: Desk, depth: int) -> None:
    desk.write(f"a = {'[' * depth}")
    assert "it is not TOML" in sentence(desk.file)


def test_not_utf_8_is_told_with_its_line(desk: Desk) -> None:
    desk.file.write_bytes('[site]\nid = "SUED"\nname = "Süd"\n'.encode("latin-1"))
    assert sentence(desk.file) == ":3: it is not UTF-8; save it in that encoding"


@pytest.mark.parametrize("text", ["", "\n\n", "# all of it\n# commented out\n"])
def test_an_empty_file(desk: Desk, text: str) -> None:
    desk.write(text)
    assert sentence(desk.file) == ": it sets nothing; copy an example and change it"


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    assert "it is larger than" in sentence(Path("/dev/zero"))
