"""What can be looked at without anybody's help: the machine, its clock, journal, keys, the bus."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from appliance import config
from appliance.bus.addresses import AddressError, Identity, Tls, read_address
from appliance.bus.beats import Life
from appliance.bus.certificates import expires
from appliance.bus.dialling import dial
from appliance.checkin.keys import TrustError, read_root, read_trust_list
from appliance.desk.health import DISK_LOW_BYTES, HOT_C, MEMORY_LOW
from appliance.doctor.limits import COMMAND_LINE, WORD, Limits
from appliance.drivers.vitals import Card
from appliance.findings import Part
from appliance.journal.errors import JournalError
from appliance.journal.looking import NoJournalError
from appliance.journal.numbers import NumberMark
from appliance.journal.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.findings import Finding

MACHINE, CLOCK, JOURNAL = Part("machine"), Part("clock"), Part("journal")
BUS, CODES, UPLINK = Part("bus"), Part("codes"), Part("uplink")
STALE: Final = timedelta(days=45)
EXPIRES_SOON: Final = timedelta(days=30)
MEGA: Final = 1_000_000


def machine(bench: Bench) -> Iterator[Finding]:
    """Look at heat, supply, card and memory."""
    vitals, weak = bench.tools.machine.vitals(), bench.tools.machine.undervoltage()
    told = bench.beside.health
    if weak or (told is not None and told.undervoltage):
        yield MACHINE.wrong(bench.say("supply_weak"), bench.say("supply_weak_do"))
    elif weak is None:
        yield MACHINE.not_tried(bench.say("supply_unknown"))
    else:
        yield MACHINE.fine(bench.say("supply_right"))
    if vitals.temperature_c is None:
        yield MACHINE.not_tried(bench.say("heat_unknown"))
    elif vitals.temperature_c >= HOT_C:
        what = bench.say("hot", degrees=round(vitals.temperature_c))
        yield MACHINE.wrong(what, bench.say("hot_do"))
    else:
        yield MACHINE.fine(bench.say("heat_right", degrees=round(vitals.temperature_c)))
    if vitals.memory_free_bytes is not None and vitals.memory_bytes is not None:
        free = bench.say("memory_free", mega=vitals.memory_free_bytes // MEGA)
        if vitals.memory_free_bytes < MEMORY_LOW * vitals.memory_bytes:
            yield MACHINE.wrong(free, bench.say("memory_low_do"))
        else:
            yield MACHINE.fine(free)
    yield from _limits(bench)
    yield from _card(bench)


def _limits(bench: Bench) -> Iterator[Finding]:
    match bench.tools.limits():
        case None:
            return
        case Limits.COUNT:
            yield MACHINE.fine(bench.say("limits_count"))
        case Limits.OWED:
            yield MACHINE.not_tried(bench.say("limits_owed"), bench.say("limits_owed_do"))
        case Limits.IGNORED:
            do = bench.say("limits_ignored_do", word=WORD, file=COMMAND_LINE)
            yield MACHINE.wrong(bench.say("limits_ignored"), do)


def _card(bench: Bench) -> Iterator[Finding]:
    vitals, folder = bench.tools.machine.vitals(), bench.settings.device.state_dir
    if vitals.card is Card.READ_ONLY:
        yield MACHINE.wrong(bench.say("card_read_only", folder=folder), bench.say("card_do"))
    elif vitals.card is Card.ERRORS:
        yield MACHINE.wrong(bench.say("card_errors", folder=folder), bench.say("card_errors_do"))
    if vitals.disk_free_bytes is None:
        yield MACHINE.wrong(bench.say("no_folder", folder=folder), bench.say("no_folder_do"))
        return
    free = bench.say("disk_free", mega=vitals.disk_free_bytes // MEGA, folder=folder)
    if vitals.disk_free_bytes < DISK_LOW_BYTES:
        yield MACHINE.wrong(free, bench.say("disk_low_do", folder=folder))
    else:
        yield MACHINE.fine(free)


def clock(bench: Bench) -> Iterator[Finding]:
    """See whether it is known what time it is."""
    now = bench.tools.clock.now().astimezone(bench.settings.site.timezone)
    if bench.tools.clock.synchronised():
        yield CLOCK.fine(bench.say("clock_right", now=now))
    else:
        yield CLOCK.wrong(bench.say("clock_unsure", now=now), bench.say("clock_unsure_do"))


def journal(bench: Bench) -> Iterator[Finding]:
    """See whether the journal is whole; a desk may be writing it."""
    if config.Role.DESK not in bench.settings.device.roles:
        return
    path = bench.settings.device.state_dir / "journal.sqlite"
    if not path.exists():
        yield JOURNAL.not_tried(bench.say("no_journal"), bench.say("no_journal_do"))
        return
    try:
        verified = verify(path, bench.tools.line(), NumberMark(path.with_name("numbers.mark")))
    except NoJournalError as error:
        yield JOURNAL.wrong(str(error), "lobby journal restore BACKUP")
    except JournalError as error:
        yield JOURNAL.wrong(str(error), bench.say("as_root_do"))
    else:
        for finding in verified.findings:
            yield JOURNAL.wrong(finding.what, finding.do)
        if not verified.findings:
            yield JOURNAL.fine(bench.say("journal_whole"))


def bus(bench: Bench) -> Iterator[Finding]:
    """See whether the bus answers, who is alive on it, and what the desk says is wrong."""
    seen = bench.beside.look
    if seen is None:
        yield BUS.wrong(bench.beside.no_bus)
        return
    yield BUS.fine(bench.say("bus_answers"))
    ours = bench.settings.device.id
    for process, being in seen.processes.items():
        name = process.name if process.device == ours else f"{process.name} ({process.device})"
        log = f"journalctl -b -u lobby-{process.name}"
        if being.life is not Life.UP:
            life = "unknown" if being.life is None else being.life.value
            what = bench.say(f"life_{life}", process=name)
            yield BUS.wrong(what, f"systemctl restart lobby-{process.name}; {log}")
        elif being.detail:
            yield BUS.wrong(bench.say("process_says", process=name, detail=being.detail), log)
        else:
            yield BUS.fine(bench.say("life_up", process=name))
    if seen.fresh and seen.picture.alarms is not None:
        for alarm in seen.picture.alarms.alarms:
            since = alarm.since.astimezone(bench.settings.site.timezone)
            yield BUS.wrong(bench.say("alarm", since=since, sentence=alarm.sentence))


def codes(bench: Bench) -> Iterator[Finding]:
    """See whether appointment codes can be checked."""
    if config.Role.DESK not in bench.settings.device.roles:
        return
    chosen = bench.settings.codes
    try:
        trust = read_trust_list(chosen.trust_list, read_root(chosen.root_key))
    except TrustError as error:
        yield CODES.wrong(bench.say("codes_unchecked", error=error))
        return
    now = bench.tools.clock.now()
    here = [key for key in trust.keys if bench.settings.site.id in key.sites and key.valid_at(now)]
    age = now - trust.issued
    if not here:
        yield CODES.wrong(bench.say("no_key", site=bench.settings.site.id), bench.say("no_key_do"))
    elif age > STALE:
        yield CODES.wrong(bench.say("keys_old", days=age.days), bench.say("keys_old_do"))
    else:
        yield CODES.fine(bench.say("keys_right", count=len(here), days=age.days))


def uplink(bench: Bench) -> Iterator[Finding]:
    """See whether the central broker can be reached, and whether each trusts the other."""
    chosen = bench.settings.uplink
    if config.Role.DESK not in bench.settings.device.roles or chosen.broker is None:
        return
    until, now = expires(chosen.certificate), bench.tools.clock.now()
    if until is not None and until - now < EXPIRES_SOON:
        yield UPLINK.wrong(bench.say("expires", until=until), bench.say("expires_do"))
    identity = Identity(chosen.ca, chosen.certificate, config.handed_over(chosen.key))
    try:
        address = read_address(chosen.broker, identity, chosen.proxy)
        if isinstance(address, Tls) and address.proxy is not None and chosen.proxy_login:
            # The proxy's password is for the desk alone.
            yield UPLINK.not_tried(bench.say("proxy"))
        else:
            dial(address, check_dates=bench.tools.clock.synchronised()).close()
            # With TLS 1.3 a broker that does not accept our certificate says so later.
            yield UPLINK.fine(bench.say("uplink_answers", address=address))
    except (AddressError, OSError) as error:
        what = bench.say("uplink_wrong", address=chosen.broker, error=error)
        yield UPLINK.wrong(what, bench.say("uplink_wrong_do", address=chosen.broker))
    told = bench.beside.health
    if told is None or told.uplink is None:
        yield UPLINK.not_tried(bench.say("sent_unknown"))
    elif told.uplink.stalled_s or told.uplink.dead:
        what = bench.say("sent_stalled", backlog=told.uplink.backlog, dead=told.uplink.dead)
        yield UPLINK.wrong(what, bench.say("sent_stalled_do"))
    else:
        yield UPLINK.fine(bench.say("sent_right", backlog=told.uplink.backlog))
