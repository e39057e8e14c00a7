"""A loudspeaker through SDL and ALSA, in a process of its own; see `sound_player` for why."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Final

from appliance.drivers.sound import BYTES_PER_S, SoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)

PLAYER: Final = (sys.executable, "-m", "appliance.drivers.sound_player")
DEFAULT: Final = "default"
START_S: Final = 10.0
MARGIN_S: Final = 3.0
END_S: Final = 1.0
LOOK_S: Final = 0.1
LINE_BYTES: Final = 4096


class SdlSpeaker:
    """A loudspeaker.

    Args:
        device: As ALSA calls it; `default`: the one that SDL finds.
        command: Starts the player.
    """

    def __init__(self, device: str = DEFAULT, command: Sequence[str] = PLAYER) -> None:
        self._device = device
        self._command = tuple(command)
        self._player: subprocess.Popen[bytes] | None = None
        self._said = b""
        self._closed = False
        self._playing = threading.Lock()

    def play(self, samples: bytes, volume: float) -> None:
        """Play; see `Speaker`."""
        with self._playing:
            try:
                if self._player is None:
                    self._player = self._start()
                    self._hear(self._player, b"ready", time.monotonic() + START_S)
                request = b"%d %.3f\n" % (len(samples), volume) + samples
                until_s = time.monotonic() + len(samples) / BYTES_PER_S + MARGIN_S
                self._tell(self._player, request, until_s)
                self._hear(self._player, b"played", until_s)
            except SoundError:
                self._end()
                raise

    def close(self) -> None:
        """Fall silent; see `Speaker`."""
        self._closed = True  # whoever plays looks at it every 0.1 s
        with self._playing:
            self._end(in_order=True)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = dict(os.environ)
        if self._device != DEFAULT:
            environment |= {"SDL_AUDIODRIVER": "alsa", "AUDIODEV": self._device}
        self._said = b""
        try:
            player = subprocess.Popen(  # noqa: S603  (our own program)
                self._command,
                env=environment,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # ALSA explains itself in a dozen lines; what counts comes as `error`.
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise SoundError(f"the sound player cannot be started: {error}.") from error
        os.set_blocking(_pipe(player.stdin).fileno(), False)
        return player

    def _tell(self, player: subprocess.Popen[bytes], data: bytes, until_s: float) -> None:
        """Write, but not beyond the deadline: a player that hangs reads nothing."""
        pipe, rest = _pipe(player.stdin), memoryview(data)
        while rest:
            self._wait(until_s, write=pipe)
            try:
                rest = rest[os.write(pipe.fileno(), rest) :]
            except OSError as error:
                raise SoundError(f"the sound player died: {error}.") from error

    def _hear(self, player: subprocess.Popen[bytes], word: bytes, until_s: float) -> None:
        """Wait for a line.

        Raises:
            SoundError: It was another one, or none.
        """
        pipe = _pipe(player.stdout)
        while b"\n" not in self._said:
            self._wait(until_s, read=pipe)
            said = os.read(pipe.fileno(), LINE_BYTES)
            if not said:
                raise SoundError("the sound player died. Check the sound device.")
            self._said += said
        line, _, self._said = self._said.partition(b"\n")
        if line != word:
            reason = line.removeprefix(b"error ").decode("utf-8", "replace")
            raise SoundError(
                f"the sound device {self._device} cannot be used: {reason}. Check [sound] device,"
                " the cable, and that this user is in group audio."
            )

    def _wait(
        self, until_s: float, read: IO[bytes] | None = None, write: IO[bytes] | None = None
    ) -> None:
        """Wait until a pipe can be used.

        Raises:
            SoundError: It could not in time, or the speaker was closed.
        """
        while time.monotonic() < until_s and not self._closed:
            ready = select.select(_some(read), _some(write), [], LOOK_S)
            if ready[0] or ready[1]:
                return
        if self._closed:
            raise SoundError("the loudspeaker was closed.")
        raise SoundError(
            f"the sound device {self._device} hangs. Switch what it leads to off and on."
        )

    def _end(self, *, in_order: bool = False) -> None:
        """End the player, by force if need be; one that the kernel holds is left to itself."""
        player, self._player = self._player, None
        if player is None:
            return
        _pipe(player.stdin).close()
        if in_order:
            with contextlib.suppress(subprocess.TimeoutExpired):
                player.wait(END_S)
        player.kill()
        try:
            player.wait(END_S)
        except subprocess.TimeoutExpired:
            log.warning("the sound player, process %d, cannot be killed", player.pid)
        _pipe(player.stdout).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise SoundError("the sound player has no pipes.")
    return pipe


def _some(pipe: IO[bytes] | None) -> Sequence[IO[bytes]]:
    return () if pipe is None else (pipe,)
