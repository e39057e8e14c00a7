"""The cable between the printer and whoever prints, which can be as bad as real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from demo.emulator.outlets import Plug

_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class Cable:
    """How connections behave.

    Bytes are counted per connection, from its beginning or from when the cable became so.

    Args:
        refuses: Nobody listens.
        stalls_after: From this byte on nothing is read.
        mute_after: From this byte on nothing is answered.
        resets_after: At this byte the connection is reset.
        noise: Sent before each byte of an answer.
        only_noise: The answer itself is left out.
        delay_s: Each answer comes so late.
    """

    refuses: bool = False
    stalls_after: int | None = None
    mute_after: int | None = None
    resets_after: int | None = None
    noise: bytes = b""
    only_noise: bool = False
    delay_s: float = 0.0


class Connection:
    """One client, and how much it has sent."""

    def __init__(self, plug: Plug) -> None:
        self.plug = plug
        self._received = 0

    def count_afresh(self) -> None:
        """Begin to count its bytes again."""
        self._received = 0

    def appetite(self, cable: Cable) -> int:
        """How many bytes may be read now."""
        limits = [n for n in (cable.stalls_after, cable.resets_after) if n is not None]
        return max(0, min([_CHUNK, *(limit - self._received for limit in limits)]))

    def doomed(self, cable: Cable) -> bool:
        """Whether it is to be reset now."""
        return cable.resets_after is not None and self._received >= cable.resets_after

    def read(self, cable: Cable) -> bytes:
        """Read what has come; nothing means that the client is gone."""
        try:
            data = self.plug.receive(self.appetite(cable))
        except OSError:
            return b""
        self._received += len(data)
        return data

    def answer(self, answers: bytes, cable: Cable) -> None:
        """Send answers, each byte on its own, as the cable lets them through.

        Raises:
            OSError: The client is gone.
        """
        if cable.mute_after is not None and self._received > cable.mute_after:
            return
        for byte in answers:
            self.plug.send(cable.noise if cable.only_noise else cable.noise + bytes((byte,)))

    def close(self, *, reset: bool = False) -> None:
        """End it, in order or with a reset. Twice is fine."""
        self.plug.close(reset=reset)
