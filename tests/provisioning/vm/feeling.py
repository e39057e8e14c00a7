"""Takes the screen as the kiosk does, and prints what it feels. Runs on the machine."""

from __future__ import annotations

import time

from PIL import Image

from appliance.drivers.sdl_monitor import SdlMode
from appliance.drivers.sdl_touch import SdlTouchMonitor


def main() -> None:
    """Feel until it is stopped."""
    with SdlTouchMonitor(SdlMode.SCREEN) as monitor:
        monitor.show(Image.new("RGB", monitor.size, (0, 80, 0)), [(0, 0, *monitor.size)])
        print("open", monitor.size, flush=True)  # noqa: T201  (read by a test)
        while monitor.pump():
            for felt in monitor.felt():
                print(felt, flush=True)  # noqa: T201  (the same)
            time.sleep(0.05)


if __name__ == "__main__":
    main()
