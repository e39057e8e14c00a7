"""A touch screen that the kernel makes of this program (uinput), and a finger on it.

Runs on the machine, as root, with its own Python. Touches where a line of its input says `x y`, in
shares of the screen (Documentation/input/uinput.rst, multi-touch-protocol.rst).
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import time

SYN, KEY, ABS = 0, 1, 3
BTN_TOUCH = 0x14A
X, Y, SLOT, MT_X, MT_Y, TRACKING_ID = 0x00, 0x01, 0x2F, 0x35, 0x36, 0x39
DIRECT = 1
MOST = 32767
AXES = {X: MOST, Y: MOST, MT_X: MOST, MT_Y: MOST, SLOT: 9, TRACKING_ID: 65535}
USB = 3
UI_DEV_CREATE = 0x5501
UI_SET_EVBIT, UI_SET_KEYBIT, UI_SET_ABSBIT, UI_SET_PROPBIT = (
    0x40045500 + number for number in (100, 101, 103, 110)
)
HELD_S = 0.2


def main() -> None:
    """Be a touch screen until the input ends."""
    device = os.open("/dev/uinput", os.O_WRONLY)
    for kind in (KEY, ABS):
        fcntl.ioctl(device, UI_SET_EVBIT, kind)
    fcntl.ioctl(device, UI_SET_KEYBIT, BTN_TOUCH)
    fcntl.ioctl(device, UI_SET_PROPBIT, DIRECT)
    for axis in AXES:
        fcntl.ioctl(device, UI_SET_ABSBIT, axis)
    most = [AXES.get(axis, 0) for axis in range(64)]
    about = struct.pack("80sHHHHi", b"a screen to touch", USB, 1, 1, 1, 0)
    os.write(device, about + struct.pack("64i", *most) + bytes(3 * 64 * 4))
    fcntl.ioctl(device, UI_DEV_CREATE)

    def tell(*events: tuple[int, int, int]) -> None:
        for event in (*events, (SYN, 0, 0)):
            os.write(device, struct.pack("llHHi", 0, 0, *event))

    sys.stdout.write("there\n")
    sys.stdout.flush()
    for number, line in enumerate(sys.stdin, 1):
        x, y = (round(float(share) * MOST) for share in line.split())
        places = ((ABS, MT_X, x), (ABS, MT_Y, y), (ABS, X, x), (ABS, Y, y))
        tell((ABS, SLOT, 0), (ABS, TRACKING_ID, number), *places, (KEY, BTN_TOUCH, 1))
        time.sleep(HELD_S)
        tell((ABS, SLOT, 0), (ABS, TRACKING_ID, -1), (KEY, BTN_TOUCH, 0))


if __name__ == "__main__":
    main()
