"""From settings to what is spoken: the board's voice, the loudspeaker, and the clips they need."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, assert_never

from appliance import config
from appliance.wiring.attached import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import time

    from appliance.board.announcing import Announcer
    from appliance.board.spoken import Script
    from appliance.board.voice import Voice
    from appliance.drivers.sound import Clip, Speaker
    from appliance.drivers.sound_render import Renderer

Speaks = config.SpeakerSound | config.FolderSound


@contextmanager
def announcer(chosen: config.Sound) -> Iterator[Announcer | None]:
    """Build and start what speaks; None: nothing does."""
    if isinstance(chosen, config.NoSound):
        yield None
        return
    from appliance.board.announcing import Announcer

    built = Announcer(voice(chosen), speaker(chosen), partial(volume, chosen))
    built.start()
    try:
        yield built
    finally:
        built.stop()


def trouble(announcer: Announcer | None) -> str:
    """Give what a board says of itself on the bus: why it is not heard; empty: it is."""
    return f"sound: {announcer.trouble}" if announcer and announcer.trouble else ""


def voice(chosen: Speaks) -> Voice:
    """Build what puts announcements together."""
    from appliance.board.voice import Voice

    return Voice(chosen.clips, scripts(chosen))


def scripts(chosen: Speaks) -> Sequence[Script]:
    """Give what is said, in each language that is spoken."""
    from appliance.board.spoken import Script, spoken_in
    from appliance.strings import texts

    return [Script(texts(language, "spoken")) for language in spoken_in(chosen.languages)]


def clips(settings: config.Settings, chosen: Speaks) -> Mapping[str, Sequence[Clip]]:
    """Give the clips that this lobby needs, by language."""
    letters = [service.letter for service in settings.services]
    counters = [counter.id for counter in settings.counters]
    return {each.language: [*each.clips(letters, counters)] for each in scripts(chosen)}


def renderer(chosen: Speaks) -> Renderer:
    """Build what makes the clips."""
    from appliance.drivers.sound_render import Renderer

    return Renderer(chosen.recorded)


def speaker(chosen: Speaks) -> Speaker:
    """Build the loudspeaker; its device is opened with the first sound."""
    match chosen:
        case config.SpeakerSound():
            from appliance.drivers.sound_sdl import SdlSpeaker

            return SdlSpeaker(chosen.device)
        case config.FolderSound():
            from appliance.drivers.sound import FolderSpeaker

            return FolderSpeaker(chosen.folder)
    assert_never(chosen)


def volume(chosen: Speaks, at: time | None) -> float:
    """Give how loud it is at a time of day; None: it is not known."""
    quiet = at is not None and within(chosen.quiet, at)
    return (chosen.quiet_percent if quiet else chosen.volume_percent) / 100
