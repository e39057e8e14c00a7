from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
import pytest

from appliance import config, strings, wiring
from appliance.line.model import Wish
from appliance.line.opening import Span

if TYPE_CHECKING:
    from tests.config.conftest import Desk


def example(name: str) -> config.Settings:
    files = resources.files("appliance") / "examples"
    with resources.as_file(files / name) as path:
        return config.load(path, languages=strings.languages())


def test_the_entrance_lobby_is_a_whole_lobby_on_one_pi() -> None:
    settings = example("entrance.toml")
    assert settings.device.id == "sued.eingang-1"
    assert settings.device.roles == (config.Role.DESK, config.Role.SCANNER, config.Role.BOARD)
    assert len(settings.counters) == 8
    assert {service.walk_in for service in settings.services} == {
        config.WalkIn.TICKET,
        config.WalkIn.REDIRECT,
    }
    assert isinstance(settings.buttons, config.GpioButtons)
    assert isinstance(settings.printer, config.NetworkPrinter)


def test_the_new_customer_lobby_has_four_counters_and_long_conversations() -> None:
    settings = example("new-customers.toml")
    assert len(settings.counters) == 4
    assert max(service.minutes for service in settings.services) == timedelta(minutes=24)
    # Most come with an appointment: few services give a number without one.
    tickets = [s for s in settings.services if s.walk_in is config.WalkIn.TICKET]
    assert len(tickets) < len(settings.services) / 2


@pytest.mark.parametrize("name", ["entrance.toml", "new-customers.toml"])
def test_every_text_of_an_example_is_there_in_every_language(name: str) -> None:
    settings = example(name)
    for service in settings.services:
        for texts in (service.text, service.redirect):
            assert not texts or len(set(texts.values())) == len(strings.languages())


def test_what_is_left_out_has_its_default(desk: Desk) -> None:
    settings = desk.load_right()
    assert settings.site.timezone == ZoneInfo("Europe/Berlin")
    assert settings.site.languages == ("de", "en")
    assert settings.rules == config.Rules(
        max_calls=3, recall_after=timedelta(seconds=45), max_wait=None
    )
    assert settings.services[0].very_late == timedelta(hours=1)
    assert settings.journal == config.Journal(keep_days=14, outbox_days=60)
    assert settings.bus.socket == Path("/run/lobby/bus/socket")
    assert settings.board == config.ScreenBoard(standby="none", cec=Path("/dev/cec0"))
    assert settings.clock == config.SystemClock()


def test_without_hours_the_lobby_is_always_open(desk: Desk) -> None:
    assert desk.load_right().hours is None


def test_opening_hours_know_weekdays_holidays_and_special_days(desk: Desk) -> None:
    hours = """\
[hours]
monday = ["08:00-12:30", "14:00-16:00"]
closed = [2026-12-25]

[[day]]
date = 2026-12-24
hours = ["08:00-11:00"]

[camera]"""
    settings = desk.load_right(("[camera]", hours))
    assert settings.hours is not None
    morning, afternoon = (time(8), time(12, 30)), (time(14), time(16))
    assert settings.hours.week == ((morning, afternoon), (), (), (), (), (), ())
    assert settings.hours.days == {
        date(2026, 12, 25): (),
        date(2026, 12, 24): ((time(8), time(11)),),
    }
    assert settings.hours.last_ticket
    opening = wiring.lobby.line(settings).rules.hours
    assert opening is not None
    assert opening.on(date(2026, 11, 23)) == (Span(*morning), Span(*afternoon))
    assert opening.on(date(2026, 12, 24)) == (Span(time(8), time(11)),)
    assert opening.on(date(2026, 12, 25)) == ()


def test_the_agenda_is_printed_only_where_somebody_says_when(desk: Desk) -> None:
    assert desk.load_right().agenda == config.Agenda(
        print_at=None, reprint_pause=timedelta(minutes=30)
    )
    section = '[agenda]\nprint_at = "06:45"\nreprint_pause_min = 10\n\n[camera]'
    assert desk.load_right(("[camera]", section)).agenda == config.Agenda(
        print_at=time(6, 45), reprint_pause=timedelta(minutes=10)
    )


def test_a_counter_may_offer_what_somebody_needs(desk: Desk) -> None:
    offers = 'services = ["A10", "B20"]\noffers = ["seated", "interpreter"]'
    settings = desk.load_right(('services = ["A10", "B20"]', offers))
    counters = wiring.lobby.line(settings).counters
    assert counters["1"].offers == {Wish.SEATED, Wish.INTERPRETER}
    assert counters["2"].offers == frozenset()


def test_durations_carry_their_unit_into_the_code(desk: Desk) -> None:
    settings = desk.load_right(
        ("[camera]", "[rules]\nrecall_after_s = 90\nmax_wait_min = 1.5\n\n[camera]"),
        ("minutes = 6", "minutes = 6\nearly_min = 20"),
    )
    assert settings.rules.recall_after == settings.rules.max_wait == timedelta(seconds=90)
    assert settings.services[0].early == timedelta(minutes=20)


def test_a_text_that_is_not_translated_is_shown_in_the_main_language(desk: Desk) -> None:
    service = desk.load_right().services[1]
    assert service.text == {"de": "Neuantrag", "en": "Neuantrag"}
    assert service.redirect == {}


def test_slips_speak_the_language_of_the_site_or_their_own(desk: Desk) -> None:
    assert desk.load_right().printer.language == "de"
    printer = desk.load_right(("[printer]", '[printer]\nlanguage = "en"')).printer
    assert printer.language == "en"


def test_a_satellite_needs_neither_services_nor_a_printer(desk: Desk) -> None:
    desk.write("""\
site = { id = "SUED", name = "Jobcenter" }
lobby = { id = "EINGANG", name = "Eingangszone" }
device = { name = "halle-2", roles = ["board"] }
""")
    settings = desk.load()
    assert settings.services == ()
    assert settings.counters == ()
    assert settings.camera == config.NoCamera()
    assert isinstance(settings.printer, config.NoPrinter)
    assert isinstance(settings.buttons, config.NoButtons)


def test_a_printer_that_is_switched_off_for_a_moment_may_keep_its_address(desk: Desk) -> None:
    settings = desk.load_right(('kind = "network"', 'kind = "none"'))
    assert isinstance(settings.printer, config.NoPrinter)


def test_a_service_that_sends_everyone_away_needs_no_counter(desk: Desk) -> None:
    away = 'minutes = 6\nwalk_in = "redirect"\nredirect = { de = "Bitte nach nebenan." }'
    settings = desk.load_right(
        ("minutes = 6", away), ('services = ["A10", "B20"]', 'services = ["B20"]')
    )
    assert settings.services[0].redirect["en"] == "Bitte nach nebenan."


def test_a_simulated_clock_has_a_played_time_and_the_real_time_of_its_beginning(desk: Desk) -> None:
    settings = desk.load_right(
        ("", '[clock]\nkind = "simulated"\nstart = 2026-03-02T07:30:00+01:00\norigin = 1000.5\n')
    )
    assert settings.clock == config.SimulatedClock(
        start=datetime(2026, 3, 2, 6, 30, tzinfo=UTC), origin_s=1000.5, speed=1.0
    )


def test_a_mistaken_clock_believes_another_time_until_a_file_is_there(desk: Desk) -> None:
    played = "start = 2026-03-02T07:30:00+01:00\norigin = 1000.5\n"
    mistake = 'believed = 2026-03-01T17:55:00+01:00\nknown_by = "/run/known"\n'
    settings = desk.load_right(("", f'[clock]\nkind = "mistaken"\n{played}{mistake}'))
    assert settings.clock == config.MistakenClock(
        start=datetime(2026, 3, 2, 6, 30, tzinfo=UTC),
        origin_s=1000.5,
        speed=1.0,
        believed=datetime(2026, 3, 1, 16, 55, tzinfo=UTC),
        known_by=Path("/run/known"),
    )


def test_demonstration_parts_are_kinds_of_their_own(desk: Desk) -> None:
    settings = desk.load_right(
        ('kind = "picamera2"', 'kind = "folder"\nfolder = "/tmp/qr"\ngap_s = 0'),
        ('kind = "network"', 'kind = "file"\nfile = "/tmp/slips"'),
        ('kind = "gpio"', 'kind = "pipe"\npipe = "/tmp/press"'),
        ("", '[board]\noutput = "folder"\nfolder = "/tmp/board"\n'),
    )
    assert isinstance(settings.camera, config.FolderCamera)
    assert settings.camera.gap == timedelta(0)
    assert isinstance(settings.printer, config.FilePrinter)
    assert settings.buttons == config.PipeButtons(
        pipe=Path("/tmp/press"), per_press=timedelta(seconds=3), per_minute=20
    )
    assert settings.board == config.FolderBoard(folder=Path("/tmp/board"), width=1920, height=1080)


def test_a_file_saved_by_an_editor_on_windows_is_read(desk: Desk) -> None:
    right = desk.load_right()
    desk.file.write_bytes(b"\xef\xbb\xbf" + desk.file.read_bytes().replace(b"\n", b"\r\n"))
    assert desk.load() == right


def test_settings_cannot_be_changed(desk: Desk) -> None:
    settings = desk.load_right()
    with pytest.raises(AttributeError):
        settings.rules.max_calls = 9  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.services[0].text["de"] = "Neu"  # type: ignore[index]


def test_reading_a_configuration_needs_nothing_but_python_and_msgspec(
    desk: Desk, tmp_path: Path
) -> None:
    # Each process reads it before anything else: what it imports, all three wait for.
    desk.load_right()
    script = f"""
from pathlib import Path
from appliance import config
print(config.load(Path({str(desk.file)!r}), languages=("de", "en")).device.id)
"""
    root = Path(config.__file__).parent.parent.parent
    (tmp_path / "msgspec").symlink_to(Path(msgspec.__file__).parent)
    # -S: without the folder of installed packages.
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("sued.eingang-1\n", "")


def test_what_is_elsewhere_is_known_by_name(desk: Desk) -> None:
    elsewhere = """
[[other_site]]
id = "NORD"
name = "Amt Nord"

[[other_lobby]]
name = "1. OG"
services = ["L10", "L20"]

[lamps]
kind = "gpio"
red = 5
green = 6
blue = 13

[buzzer]
kind = "gpio"
pin = 19
quiet = ["12:00-13:00"]
"""
    foreign = 'foreign = { de = "Karten bitte an den Scanner halten." }'
    lobby = 'name = "Eingangszone"'
    settings = desk.load_right(("", elsewhere), (lobby, f"{lobby}\n{foreign}"))
    (site,), (area,) = settings.other_sites, settings.other_lobbies
    assert (site.id, site.name, area.name, area.services) == (
        "NORD",
        "Amt Nord",
        "1. OG",
        ("L10", "L20"),
    )
    assert settings.lamps == config.GpioLamps(red=5, green=6, blue=13)
    assert settings.buzzer == config.GpioBuzzer(pin=19, quiet=((time(12), time(13)),))
    assert set(settings.lobby.foreign) == {"de", "en"}
    assert isinstance(desk.load_right().lamps, config.NoLamps)


def test_a_printer_at_a_usb_port_needs_no_address(desk: Desk) -> None:
    printer = desk.load_right(('kind = "network"', 'kind = "usb"')).printer
    assert isinstance(printer, config.UsbPrinter)
    assert (printer.usb, printer.answers) == (Path("/dev/lobby-printer"), True)


def test_a_printer_at_a_serial_line_has_its_speed_and_may_answer_nothing(desk: Desk) -> None:
    line = 'kind = "serial"\nserial = "/dev/ttyUSB0"\nbaud = 115200\nanswers = false'
    printer = desk.load_right(('kind = "network"', line)).printer
    assert isinstance(printer, config.SerialPrinter)
    assert (printer.serial, printer.baud, printer.flow) == (Path("/dev/ttyUSB0"), 115200, "rts_cts")
    assert not printer.answers


@pytest.mark.parametrize(
    "kind",
    ['kind = "network"', 'kind = "usb"', 'kind = "serial"\nserial = "/dev/ttyUSB0"'],
)
def test_every_kind_of_printer_is_built_without_there_being_one(desk: Desk, kind: str) -> None:
    printer = wiring.attached.printer(desk.load_right(('kind = "network"', kind)).printer)
    assert printer is not None


def test_sound_is_spoken_in_the_languages_of_the_site_the_main_one_first(desk: Desk) -> None:
    site = 'name = "Jobcenter Musterstadt Süd"'
    spoken = desk.load_right(
        (site, f'{site}\nlanguages = ["en", "de"]'), ("", '[sound]\nkind = "speaker"\n')
    ).sound
    assert isinstance(spoken, config.SpeakerSound)
    assert spoken.languages == ("de", "en")
    assert (spoken.device, spoken.volume_percent, spoken.quiet) == ("default", 100, ())
    chosen = '[sound]\nkind = "folder"\nfolder = "/tmp/sound"\nlanguages = ["de"]\n'
    written = desk.load_right(("", chosen)).sound
    assert isinstance(written, config.FolderSound)
    assert written.languages == ("de",)
    assert isinstance(desk.load_right().sound, config.NoSound)
