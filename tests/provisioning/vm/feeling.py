"""Takes the screen as the kiosk does, and prints what it feels. Runs on the machine."""

from __future__ import annotations

import sys
import time

from PIL import Image

from appliance.drivers.sdl_monitor import SdlMode
from appliance.drivers.sdl_touch import SdlTouchMonitor


def main() -> None:
    """Feel until it is stopped."""
    with SdlTouchMonitor(SdlMode.SCREEN) as monitor:
        monitor.show(Image.new("RGB", monitor.size, (0, 80, 0)), [(0, 0, *monitor.size)])
        tell(f"open {monitor.size}")
        while monitor.pump():
            for felt in monitor.felt():
                tell(str(felt))
            time.sleep(0.05)


def tell(line: str) -> None:
    """Tell the test at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
