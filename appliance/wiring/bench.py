"""What `lobby doctor` lays its hands on: the parts as the processes build them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from appliance import config
from appliance.wiring import attached, lobby

if TYPE_CHECKING:
    from appliance.doctor.bench import Bench
    from appliance.doctor.person import Person
    from appliance.drivers.decode import Decoder


def bench(
    settings: config.Settings,
    *,
    person: Person,
    wait_s: float,
    slip: bool,
    language: str | None = None,
) -> Bench:
    """Build it; nothing is opened yet.

    Args:
        settings: The lobby's.
        person: Who helps.
        wait_s: So long somebody has for what they were asked to do.
        slip: Whether a slip is to be printed.
        language: In which it is told; None: the site's.
    """
    from appliance.doctor.bench import Bench, Beside, Tools
    from appliance.doctor.limits import limits
    from appliance.strings import texts

    clock = attached.clock(settings.clock)
    tools = Tools(
        machine=attached.machine(settings.device),
        limits=limits,
        clock=clock,
        line=partial(lobby.line, settings),
        printer=partial(attached.shared_printer, settings),
        camera=partial(attached.camera, settings.camera),
        decoder=_decoder,
        buttons=partial(attached.buttons, settings.buttons),
        lamps=partial(attached.lamps, settings.lamps),
        speak=partial(_speak, settings),
    )
    beside = Beside(settings, lobby.topics(settings), clock)
    told = texts(language or settings.site.language, "doctor", "alarm")
    return Bench(settings, tools, beside, person, wait_s, slip, told)


def _speak(settings: config.Settings) -> None:
    """Speak a call that nobody waits for."""
    from appliance.tools.clips import say
    from appliance.wiring import speech

    chosen = settings.sound
    if isinstance(chosen, config.NoSound):
        return
    number = f"{next((each.letter for each in settings.services), 'A')}001"
    counter = next((each.id for each in settings.counters), "1")
    say(speech.voice(chosen), speech.speaker(chosen), speech.volume(chosen, None), number, counter)


def _decoder() -> Decoder:
    from appliance.drivers.decode import TwoDecoders

    return TwoDecoders()
