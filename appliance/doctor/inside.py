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
from appliance.doctor.findings import Part
from appliance.drivers.vitals import Card
from appliance.journal.errors import JournalError
from appliance.journal.looking import NoJournalError
from appliance.journal.numbers import NumberMark
from appliance.journal.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.doctor.findings import Finding

MACHINE, CLOCK, JOURNAL = Part("machine"), Part("clock"), Part("journal")
BUS, CODES, UPLINK = Part("bus"), Part("codes"), Part("uplink")
STALE: Final = timedelta(days=45)
EXPIRES_SOON: Final = timedelta(days=30)
MEGA: Final = 1_000_000
IN_TIME: Final = "timedatectl set-ntp true; UDP port 123 to a time server must be open"


def machine(bench: Bench) -> Iterator[Finding]:
    """Look at heat, supply, card and memory."""
    vitals, weak = bench.tools.machine.vitals(), bench.tools.machine.undervoltage()
    told = bench.beside.health
    if weak or (told is not None and told.undervoltage):
        yield MACHINE.wrong(
            "The supply is too weak, or was since the desk's start.",
            "Use the Pi's own power supply and a short cable; nothing else on the same one.",
        )
    elif weak is None:
        yield MACHINE.not_tried("The supply: this machine has no sensor for it.")
    else:
        yield MACHINE.fine("The supply is strong enough.")
    if vitals.temperature_c is None:
        yield MACHINE.not_tried("The temperature: this machine has no sensor for it.")
    elif vitals.temperature_c >= HOT_C:
        what = f"The processor has {vitals.temperature_c:.0f} °C and makes itself slower."
        yield MACHINE.wrong(what, "Clear the vents, keep the sun off, put a heat sink on it.")
    else:
        yield MACHINE.fine(f"The processor has {vitals.temperature_c:.0f} °C.")
    if vitals.memory_free_bytes is not None and vitals.memory_bytes is not None:
        free = f"{vitals.memory_free_bytes // MEGA} MB of memory are free."
        if vitals.memory_free_bytes < MEMORY_LOW * vitals.memory_bytes:
            yield MACHINE.wrong(free, "See what needs it: systemctl status, then top.")
        else:
            yield MACHINE.fine(free)
    yield from _card(bench)


def _card(bench: Bench) -> Iterator[Finding]:
    vitals, folder = bench.tools.machine.vitals(), bench.settings.device.state_dir
    if vitals.card is Card.READ_ONLY:
        do = "Back the journal up (lobby journal backup), then replace the card."
        yield MACHINE.wrong(f"The card under {folder} can only be read.", do)
    elif vitals.card is Card.ERRORS:
        do = "Back the journal up, then have e2fsck -f look at the card, or replace it."
        yield MACHINE.wrong(f"The file system under {folder} has met errors.", do)
    if vitals.disk_free_bytes is None:
        yield MACHINE.wrong(f"There is no folder {folder}.", "Let provisioning make it.")
    elif vitals.disk_free_bytes < DISK_LOW_BYTES:
        free = f"{vitals.disk_free_bytes // MEGA} MB are free under {folder}."
        yield MACHINE.wrong(
            free, f"See what fills it: du -xh --max-depth=2 {folder} /var | sort -h"
        )
    else:
        yield MACHINE.fine(f"{vitals.disk_free_bytes // MEGA} MB are free under {folder}.")


def clock(bench: Bench) -> Iterator[Finding]:
    """See whether it is known what time it is."""
    now = bench.tools.clock.now().astimezone(bench.settings.site.timezone)
    if bench.tools.clock.synchronised():
        yield CLOCK.fine(f"The clock is synchronised; it is {now:%d.%m.%Y, %H:%M:%S}.")
    else:
        what = f"It is not known what time it is; this machine believes {now:%d.%m.%Y, %H:%M:%S}."
        yield CLOCK.wrong(
            what, f"{IN_TIME}. Until then appointments go in the order of their times."
        )


def journal(bench: Bench) -> Iterator[Finding]:
    """See whether the journal is whole; a desk may be writing it."""
    if config.Role.DESK not in bench.settings.device.roles:
        return
    path = bench.settings.device.state_dir / "journal.sqlite"
    if not path.exists():
        what = "There is none yet: the desk makes it when it first starts."
        yield JOURNAL.not_tried(
            what, "On a new device, before the first start: lobby journal begin."
        )
        return
    try:
        verified = verify(path, bench.tools.line(), NumberMark(path.with_name("numbers.mark")))
    except NoJournalError as error:
        yield JOURNAL.wrong(str(error), "lobby journal restore BACKUP")
    except JournalError as error:
        yield JOURNAL.wrong(str(error), "Run this as root, or as a member of the group lobby.")
    else:
        for finding in verified.findings:
            yield JOURNAL.wrong(finding.what, finding.do)
        if not verified.findings:
            yield JOURNAL.fine("It is whole.")


def bus(bench: Bench) -> Iterator[Finding]:
    """See whether the bus answers, who is alive on it, and what the desk says is wrong."""
    seen = bench.beside.look
    if seen is None:
        yield BUS.wrong(bench.beside.no_bus)
        return
    yield BUS.fine("It answers.")
    ours = bench.settings.device.id
    for process, being in seen.processes.items():
        name = process.name if process.device == ours else f"{process.name} on {process.device}"
        log = f"journalctl -b -u lobby-{process.name}"
        if being.life is not Life.UP:
            life = "not known" if being.life is None else being.life.value
            yield BUS.wrong(
                f"The {name} is {life}.", f"systemctl restart lobby-{process.name}; {log}"
            )
        elif being.detail:
            yield BUS.wrong(f"The {name} says: {being.detail}.", log)
        else:
            yield BUS.fine(f"The {name} is up.")
    if seen.fresh and seen.picture.alarms is not None:
        for alarm in seen.picture.alarms.alarms:
            since = alarm.since.astimezone(bench.settings.site.timezone)
            yield BUS.wrong(f"Alarm since {since:%d.%m. %H:%M}: {alarm.sentence}")


def codes(bench: Bench) -> Iterator[Finding]:
    """See whether appointment codes can be checked."""
    if config.Role.DESK not in bench.settings.device.roles:
        return
    chosen = bench.settings.codes
    try:
        trust = read_trust_list(chosen.trust_list, read_root(chosen.root_key))
    except TrustError as error:
        yield CODES.wrong(f"Codes cannot be checked: {error}.")
        return
    now = bench.tools.clock.now()
    here = [key for key in trust.keys if bench.settings.site.id in key.sites and key.valid_at(now)]
    age = now - trust.issued
    if not here:
        do = "Have the issuer publish a list with a key for this site; see docs/issuing.md."
        yield CODES.wrong(f"No key of the list counts now for site {bench.settings.site.id}.", do)
    elif age > STALE:
        yield CODES.wrong(
            f"The list of keys is {age.days} days old; codes still work.",
            "See why no new one comes: lobby doctor uplink.",
        )
    else:
        yield CODES.fine(f"{len(here)} keys count for this site; the list is {age.days} days old.")


def uplink(bench: Bench) -> Iterator[Finding]:
    """See whether the central broker can be reached, and whether each trusts the other."""
    chosen = bench.settings.uplink
    if config.Role.DESK not in bench.settings.device.roles or chosen.broker is None:
        return
    until, now = expires(chosen.certificate), bench.tools.clock.now()
    if until is not None and until - now < EXPIRES_SOON:
        what = f"This device's certificate counts until {until:%d.%m.%Y}."
        yield UPLINK.wrong(what, "Renew it: see docs/access.md.")
    identity = Identity(chosen.ca, chosen.certificate, config.handed_over(chosen.key))
    try:
        address = read_address(chosen.broker, identity, chosen.proxy)
        if isinstance(address, Tls) and address.proxy is not None and chosen.proxy_login:
            # The proxy's password is for the desk alone.
            yield UPLINK.not_tried("The connection: it goes through a proxy with a password.")
        else:
            dial(address, check_dates=bench.tools.clock.synchronised()).close()
            # With TLS 1.3 a broker that does not accept our certificate says so later.
            yield UPLINK.fine(f"{address} answers, and we trust it.")
    except (AddressError, OSError) as error:
        do = f"Name, port and firewall: {chosen.broker}; then the files in [uplink]."
        yield UPLINK.wrong(f"{chosen.broker} cannot be used: {error}.", do)
    told = bench.beside.health
    if told is None or told.uplink is None:
        yield UPLINK.not_tried("What the desk has sent: it does not run, or says nothing.")
    elif told.uplink.stalled_s or told.uplink.dead:
        what = f"{told.uplink.backlog} entries wait to be stored, {told.uplink.dead} can never be."
        yield UPLINK.wrong(what, "Look at the collector, lobby-central collect: does it run?")
    else:
        yield UPLINK.fine(f"{told.uplink.backlog} entries are on their way.")
