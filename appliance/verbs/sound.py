"""`lobby sound`: what the board speaks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import FINE, add_config, settings, sorry

if TYPE_CHECKING:
    import argparse

    from appliance.verbs.asked import Verbs


def add(verbs: Verbs) -> None:
    """Add `sound`."""
    sound = verbs.add_parser("sound", help="what the board speaks")
    parts = sound.add_subparsers(metavar="VERB", dest="sound_verb", required=True)
    render = parts.add_parser("render", help="make the clips, from recordings and with espeak-ng")
    clips = parts.add_parser("clips", help="list what may be recorded, and the words to it")
    say = parts.add_parser("say", help="speak a call, as the board does")
    say.add_argument("number", metavar="NUMBER", help="such as A017")
    say.add_argument("counter", metavar="COUNTER", help="such as 3")
    say.add_argument("--out", type=Path, metavar="FILE", help="to a WAV file, and not aloud")
    for verb in (render, clips, say):
        add_config(verb)
        verb.set_defaults(verb=_sound)


def _sound(asked: argparse.Namespace) -> int:
    from appliance import config, wiring
    from appliance.errors import LobbyError
    from appliance.tools import clips

    lobby = settings(asked.config)
    chosen = lobby.sound
    if isinstance(chosen, config.NoSound):
        return sorry(f'{asked.config} has no [sound], or kind = "none" in it: nothing is spoken.')
    speech = wiring.speech
    try:
        match asked.sound_verb:
            case "render":
                needed = speech.clips(lobby, chosen)
                clips.render(speech.renderer(chosen), chosen.clips, needed, sys.stdout)
            case "clips":
                needed = speech.clips(lobby, chosen)
                clips.list_clips(chosen.recorded, needed, sys.stdout)
            case _ if asked.out is not None:
                clips.save(speech.voice(chosen), asked.out, asked.number, asked.counter)
            case _:
                loud = chosen.volume_percent / 100
                aloud = speech.speaker(chosen)
                clips.say(speech.voice(chosen), aloud, loud, asked.number, asked.counter)
    except LobbyError as error:
        return sorry(error)
    return FINE
