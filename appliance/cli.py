"""The `lobby` command: every verb a few lines, each importing only what it needs.

Text for people, JSON where machines read; exit codes 0 fine, 1 not fine, 2 wrong use. What is ours
to say is one sentence; a traceback reaches nobody.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import __version__, cli_bus, cli_journal
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

    decode = verbs.add_parser("decode", help="read the QR codes in pictures")
    decode.add_argument("--max-side", type=_positive, metavar="N", help="shrink to N pixels first")
    decode.add_argument("images", nargs="+", metavar="IMAGE")
    decode.set_defaults(verb=_decode)

    code = verbs.add_parser("code", help="appointment codes")
    code_verbs = code.add_subparsers(metavar="VERB", required=True)
    verify = code_verbs.add_parser("verify", help="verify codes, one a line on standard input")
    verify.add_argument("--trust", type=Path, required=True, metavar="FILE")
    verify.add_argument("--root", type=Path, required=True, metavar="FILE")
    verify.add_argument("--site", required=True, metavar="S")
    verify.add_argument("--at", metavar="ISO-TIME")
    verify.set_defaults(verb=_verify)

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

    journal = verbs.add_parser("journal", help="back up, restore, check and read the journal")
    cli_journal.add_verbs(journal)
    journal.set_defaults(verb=_journal)

    cli_bus.add_verbs(verbs, CONFIG, _over_the_bus)
    return parser


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
    from appliance.wiring import attached

    if asked.defaults:
        sys.stdout.write(defaults_text())
        return FINE
    settings = _settings(asked.file)
    if settings is None:
        return NOT_FINE
    try:
        attached.check(settings)
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
