"""The process that holds the sound device: `python -m appliance.drivers.sound_player`.

An ALSA device that hangs cannot be left: SDL waits for its own thread, in the kernel, for ever. So
it hangs here, in a process that can be killed, and not in the one that draws. The device stays open
all day: many screens take a second to begin after a silence without a signal, and would swallow the
gong.

Standard input: a line with the number of bytes and the volume, then the samples (see `Speaker`).
Standard output: `ready` when the device is open, `played` after each, or `error` and why.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, Final

from appliance.drivers.sound import RATE, SAMPLE_BYTES

BUFFER_FRAMES: Final = 1024
TAIL: Final = bytes(4 * BUFFER_FRAMES * SAMPLE_BYTES)
"""The mixer is done with a sound while its end is still in the buffers of SDL and ALSA."""
LOOK_MS: Final = 10


def main() -> int:
    """Play what comes, until there is no more."""
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"
    try:
        import pygame.mixer  # noqa: PLC0415  (only in this process)

        # No changes allowed: SDL turns it into whatever the device takes.
        pygame.mixer.init(RATE, -16, 1, BUFFER_FRAMES, allowedchanges=0)
    except (ImportError, pygame.error) as error:
        _say(f"error {error}")
        return 1
    _say("ready")
    requests = sys.stdin.buffer
    while line := requests.readline():
        length, volume = line.split()
        sound = pygame.mixer.Sound(buffer=_exactly(requests, int(length)) + TAIL)
        sound.set_volume(float(volume))
        channel = sound.play()
        while channel is not None and channel.get_busy():
            pygame.time.wait(LOOK_MS)
        _say("played")
    pygame.mixer.quit()
    return 0


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        sys.exit(0)
    return data


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
