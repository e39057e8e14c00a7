"""The `lobby` command: every verb a few lines, each importing only what it needs.

Text for people, JSON where machines read; exit codes 0 fine, 1 not fine, 2 wrong use. What is ours
to say is one sentence; a traceback reaches nobody.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import (
    __version__,
    cli_bus,
    cli_camera,
    cli_doctor,
    cli_journal,
    cli_slides,
    cli_sound,
    cli_support,
)
from appliance.cli_arguments import day
from appliance.whatif import options as what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.config import Settings
    from appliance.line.line import Line

CONFIG = Path("/etc/lobby/lobby.toml")
FINE, NOT_FINE, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.verb(asked))
    except KeyboardInterrupt:
        return NOT_FINE
    except BrokenPipeError:
        # Whoever read our output has enough; python would complain once more at exit.
        sys.stderr.close()
        return NOT_FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lobby", description="The lobby appliance: scan your appointment, be called on time."
    )
    parser.add_argument("--version", action="version", version=f"lobby {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    run = verbs.add_parser("run", help="run one of the processes")
    run.add_argument("process", choices=("desk", "scanner", "board", "forecaster"))
    run.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")
    run.set_defaults(verb=_run)

    check = verbs.add_parser("check", help="check a configuration, whole")
    check.add_argument("file", type=Path, nargs="?", default=CONFIG, metavar="FILE")
    check.add_argument("--defaults", action="store_true", help="print every key and its meaning")
    check.set_defaults(verb=_check)

    _add_decode(verbs.add_parser("decode", help="read the QR codes in pictures"))

    _add_code(verbs.add_parser("code", help="appointment codes"))

    why = verbs.add_parser("why", help="tell why a number was called when it was")
    why.add_argument("number", metavar="NUMBER", help="such as A017")
    why.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")
    why.add_argument("--language", metavar="L", help="such as en; else the site's")
    why.set_defaults(verb=_why)

    replay = verbs.add_parser(
        "replay", help="play commands in virtual time, one JSON a line; or a recorded day again"
    )
    replay.add_argument(
        "--config", type=Path, metavar="FILE", help="the lobby; else setup is first"
    )
    what_if.add_options(replay)
    replay.set_defaults(verb=_replay)

    agenda = verbs.add_parser("agenda", help="tell the appointments of a day, without names")
    agenda.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")
    agenda.add_argument("--day", type=day, metavar="D", help="such as 2026-03-02; else today")
    agenda.add_argument("--short", action="store_true", help="with the short numbers")
    agenda.add_argument("--language", metavar="L", help="such as en; else the site's")
    agenda.add_argument("--json", action="store_true", help="for machines")
    agenda.set_defaults(verb=_agenda)

    sheet = verbs.add_parser(
        "fallback-sheet", help="make numbers on paper, for the day without a machine"
    )
    sheet.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")
    sheet.add_argument("--count", type=_positive, default=48, metavar="N", help="for each letter")
    sheet.add_argument("--out", type=Path, default=Path("fallback-sheet.pdf"), metavar="FILE")
    sheet.add_argument("--language", metavar="L", help="such as en; else the site's")
    sheet.set_defaults(verb=_fallback_sheet)

    pages = verbs.add_parser("pages", help="lay out the pages for counters and reception")
    pages.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")
    pages.add_argument("--out", type=Path, default=Path("/srv/lobby/pages"), metavar="FOLDER")
    pages.set_defaults(verb=_pages)

    journal = verbs.add_parser("journal", help="back up, restore, check and read the journal")
    cli_journal.add_verbs(journal)
    journal.set_defaults(verb=_journal)

    cli_camera.add_verbs(verbs.add_parser("camera", help="mount the camera"), CONFIG, _camera)
    cli_sound.add_verbs(verbs.add_parser("sound", help="what the board speaks"), CONFIG, _sound)
    cli_slides.add_verbs(verbs.add_parser("slides", help="what the board shows"), CONFIG, _slides)
    cli_doctor.add_verb(verbs, CONFIG, _doctor)
    cli_support.add_verb(verbs, CONFIG, _support_bundle)
    cli_bus.add_verbs(verbs, CONFIG, _over_the_bus)
    return parser


def _add_decode(decode: argparse.ArgumentParser) -> None:
    decode.add_argument("--max-side", type=_positive, metavar="N", help="shrink to N pixels first")
    decode.add_argument("images", nargs="+", metavar="IMAGE")
    decode.set_defaults(verb=_decode)


def _add_code(code: argparse.ArgumentParser) -> None:
    code_verbs = code.add_subparsers(metavar="VERB", required=True)
    verify = code_verbs.add_parser("verify", help="verify codes, one a line on standard input")
    verify.add_argument("--trust", type=Path, required=True, metavar="FILE")
    verify.add_argument("--root", type=Path, required=True, metavar="FILE")
    verify.add_argument("--site", required=True, metavar="S")
    verify.add_argument("--at", metavar="ISO-TIME")
    verify.set_defaults(verb=_verify)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _run(asked: argparse.Namespace) -> int:
    from appliance import running, wiring
    from appliance.config import ConfigError
    from appliance.errors import LobbyError

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    try:
        match asked.process:
            case "desk":
                running.run("desk", wiring.desk(settings, asked.config))
            case "scanner":
                running.run("scanner", wiring.scanner(settings))
            case "board":
                running.run("board", wiring.board(settings))
            case _:
                running.run("forecaster", wiring.forecaster(settings))
    except (ConfigError, LobbyError) as error:
        return _sorry(str(error))
    return FINE


def _check(asked: argparse.Namespace) -> int:
    from appliance.config import defaults_text
    from appliance.errors import LobbyError
    from appliance.wiring import attached, looks

    if asked.defaults:
        sys.stdout.write(defaults_text())
        return FINE
    settings = _settings(asked.file)
    if settings is None:
        return NOT_FINE
    try:
        attached.check(settings)
        looks.check(settings)
    except LobbyError as error:
        print(f"{asked.file}: {error}", file=sys.stderr)
        return NOT_FINE
    print(
        f"{asked.file}: fine. Device {settings.device.id}: {len(settings.services)} services,"
        f" {len(settings.counters)} counters, runs {', '.join(settings.device.roles)}."
    )
    return FINE


def _decode(asked: argparse.Namespace) -> int:
    from appliance.drivers.decode_files import decode_files

    return decode_files(asked.images, max_side=asked.max_side, out=sys.stdout)


def _verify(asked: argparse.Namespace) -> int:
    from appliance.checkin import verify

    return verify.run(
        asked.trust,
        asked.root,
        asked.site,
        asked.at,
        stdin=sys.stdin.buffer,
        stdout=sys.stdout,
        stderr=sys.stderr,
    )


def _why(asked: argparse.Namespace) -> int:
    from appliance.explaining import why_called
    from appliance.journal.journal import JournalError
    from appliance.journal.reading import JournalReader
    from appliance.strings import texts

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    try:
        words = texts(asked.language or settings.site.language)
        with JournalReader(settings.device.state_dir / "journal.sqlite") as journal:
            told = why_called(asked.number, journal.news(), words, settings.site.timezone)
    except LookupError as error:
        _sorry(str(error.args[0]))
        return WRONG_USE
    except JournalError as error:
        return _sorry(str(error))
    if not told:
        return _sorry(f"the journal knows no call of {asked.number}.")
    print("\n".join(told))
    return FINE


def _replay(asked: argparse.Namespace) -> int:
    if asked.journal is not None:
        return _what_if(asked)
    if what_if.given(asked):
        _sorry("without --journal commands are played, and there is no day to ask about.")
        return WRONG_USE
    from appliance import wiring
    from appliance.replay import Replay, run
    from appliance.strings import texts

    line = None
    if asked.config is not None:
        settings = _settings(asked.config)
        if settings is None:
            return WRONG_USE
        line = wiring.lobby.line(settings)
    return run(Replay(line, texts("en")), sys.stdin.buffer, sys.stdout)


def _what_if(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.errors import LobbyError
    from appliance.strings import texts
    from appliance.whatif.asking import ask
    from appliance.whatif.machine import as_json
    from appliance.whatif.records import recorded
    from appliance.whatif.telling import Teller

    settings = _settings(asked.config or CONFIG)
    rules = None if settings is None else _other_rules(asked, wiring.lobby.line(settings))
    if settings is None or rules is None:
        return WRONG_USE
    file = asked.journal
    if file == Path():
        file = settings.device.state_dir / "journal.sqlite"
    try:
        words = texts(asked.language or settings.site.language)
    except LookupError as error:
        _sorry(str(error.args[0]))
        return WRONG_USE
    line = wiring.lobby.line(settings)
    try:
        report = ask(recorded(file, line, asked.day), line, rules)
    except LobbyError as error:
        return _sorry(str(error))
    if asked.json:
        print(as_json(report, line.zone))
        return FINE
    services = {s.code: s.text.get(words.language, s.code) for s in settings.services}
    print("\n".join(Teller(words, services, line.zone, asked.moved).lines(report)))
    return FINE


def _other_rules(asked: argparse.Namespace, line: Line) -> dict[str, Line] | None:
    """Give the rules to compare with, by what they are called; None: a file is wrong."""
    from appliance import wiring
    from appliance.whatif.asking import compared, with_minutes

    rules = {}
    for file in asked.rules:
        settings = _settings(file)
        if settings is None:
            return None
        name = file.name if file.name not in rules else str(file)
        rules[name] = wiring.lobby.line(settings)
    rules |= {name: compared(line, name) for name in asked.names}
    times = what_if.times(asked)
    if times:
        rules[what_if.told(times)] = with_minutes(line, **times)
    return rules


def _agenda(asked: argparse.Namespace) -> int:
    from appliance import cli_agenda, wiring

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    books, now = wiring.lobby.books(settings), wiring.attached.clock(settings.clock).now()
    return cli_agenda.run(asked, settings, books, now, sys.stdout, sys.stderr)


def _fallback_sheet(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.display.slip_fonts import SlipFonts
    from appliance.errors import LobbyError
    from appliance.fallback import write_sheet
    from appliance.strings import texts

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    now = wiring.attached.clock(settings.clock).now()
    try:
        words = texts(asked.language or settings.site.language)
    except LookupError as error:
        _sorry(str(error.args[0]))
        return WRONG_USE
    try:
        pages = write_sheet(settings, words, SlipFonts(), now, count=asked.count, file=asked.out)
    except LobbyError as error:
        return _sorry(str(error))
    print(words("fallback.written", file=asked.out, pages=pages))
    return FINE


def _pages(asked: argparse.Namespace) -> int:
    from appliance.errors import LobbyError
    from appliance.pages import lay_out

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    try:
        count = lay_out(settings, asked.out)
    except LobbyError as error:
        return _sorry(str(error))
    print(f"{count} files for lobby {settings.lobby.id} are in {asked.out}.")
    return FINE


def _slides(asked: argparse.Namespace) -> int:
    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    return cli_slides.run(asked, settings, sys.stdout, sys.stderr)


def _camera(asked: argparse.Namespace) -> int:
    from appliance import aiming_verb, wiring
    from appliance.errors import LobbyError
    from appliance.strings import texts

    try:
        if asked.card is not None:
            aiming_verb.write_card(asked.card)
            print(texts(asked.language or "en")("aim.card", file=asked.card))
            return FINE
        settings = _settings(asked.config)
        if settings is None:
            return WRONG_USE
        words = texts(asked.language or settings.site.language)
        open_camera = partial(wiring.attached.camera, settings.camera, bracket=False)
        open_screen = partial(wiring.attached.aim_screen, settings)
        return aiming_verb.run(asked, words, open_camera, open_screen, sys.stdout, sys.stderr)
    except LobbyError as error:
        return _sorry(str(error))
    except LookupError as error:
        _sorry(str(error.args[0]))
        return WRONG_USE


def _sound(asked: argparse.Namespace) -> int:
    from appliance import config, sound_verbs, wiring
    from appliance.errors import LobbyError

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    chosen = settings.sound
    if isinstance(chosen, config.NoSound):
        return _sorry(f'{asked.config} has no [sound], or kind = "none" in it: nothing is spoken.')
    speech = wiring.speech
    try:
        match asked.sound_verb:
            case "render":
                needed = speech.clips(settings, chosen)
                sound_verbs.render(speech.renderer(chosen), chosen.clips, needed, sys.stdout)
            case "clips":
                needed = speech.clips(settings, chosen)
                sound_verbs.list_clips(chosen.recorded, needed, sys.stdout)
            case _ if asked.out is not None:
                sound_verbs.save(speech.voice(chosen), asked.out, asked.number, asked.counter)
            case _:
                loud = chosen.volume_percent / 100
                aloud = speech.speaker(chosen)
                sound_verbs.say(speech.voice(chosen), aloud, loud, asked.number, asked.counter)
    except LobbyError as error:
        return _sorry(str(error))
    return FINE


def _journal(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.journal_verbs import Place, run

    if asked.journal is not None and asked.config is None and not CONFIG.exists():
        return run(asked, Place(asked.journal), sys.stdout, sys.stderr)
    settings = _settings(asked.config or CONFIG)
    if settings is None:
        return WRONG_USE
    home = settings.device.state_dir / "journal.sqlite"
    place = Place(
        asked.journal or home,
        wiring.lobby.line(settings),
        settings.site.language,
        at_home=asked.journal is None,
    )
    return run(asked, place, sys.stdout, sys.stderr)


def _doctor(asked: argparse.Namespace) -> int:
    from appliance.doctor.verb import run
    from appliance.wiring.bench import bench

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    return run(asked, partial(bench, settings), sys.stdin, sys.stdout, sys.stderr)


def _support_bundle(asked: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from appliance.config import ConfigError, load
    from appliance.strings import languages
    from appliance.support.verb import run
    from appliance.wiring.bench import bench

    now = datetime.now(UTC)
    try:
        settings = load(asked.config, languages=languages())
    except ConfigError as error:
        # That may be just what help is needed with.
        return run(asked, error, None, now, sys.stdout, sys.stderr)
    return run(asked, settings, partial(bench, settings), now, sys.stdout, sys.stderr)


def _over_the_bus(asked: argparse.Namespace) -> int:
    from appliance import wiring
    from appliance.console.verbs import Verbs

    settings = _settings(asked.config)
    if settings is None:
        return WRONG_USE
    now = wiring.attached.clock(settings.clock).now
    return Verbs(asked, settings, wiring.lobby.topics(settings), now, sys.stdout, sys.stderr).run()


def _settings(path: Path) -> Settings | None:
    """Read the configuration, or say all that is wrong with it."""
    from appliance.config import ConfigError, load
    from appliance.strings import languages

    try:
        return load(path, languages=languages())
    except ConfigError as error:
        _sorry(str(error))
        return None


def _sorry(sentence: str) -> int:
    print(f"lobby: {sentence}", file=sys.stderr)
    return NOT_FINE


if __name__ == "__main__":
    sys.exit(main())
