"""The Pi's pins, by gpiozero over lgpio, and by nothing else.

Left to itself gpiozero goes on to other ways when lgpio cannot be used, with a warning that nobody
reads; on a Pi 5 none of them works. lgpio cannot be used, among others, where the process may not
write in its working directory: it makes a pipe there as it is imported (gpiozero #1106, lg #12).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.errors import LobbyError


@contextmanager
def claiming(what: str, where: str, error: type[LobbyError]) -> Iterator[None]:
    """Claim pins in this block; what goes wrong is told in a sentence.

    A factory that was chosen before, as tests do, stays.

    Args:
        what: Is attached, in words.
        where: Its pins stand in the configuration.
        error: Is raised.

    Raises:
        LobbyError: They cannot be used; of the class `error`.
    """
    from gpiozero import Device, GPIOZeroError  # noqa: PLC0415  (only where there are pins)

    try:
        if Device.pin_factory is None:
            from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415  (only on a Pi)

            Device.pin_factory = LGPIOFactory()
        yield
    except (GPIOZeroError, OSError, ImportError) as fault:
        raise error(
            f"the {what} cannot be used: {fault}. Check {where}, that python3-lgpio is installed,"
            " that this user is in group gpio, and that it may write in its working directory."
        ) from fault
