"""An ESC/POS printer for machines that have none: real bytes in, a picture of the slip out."""

from demo.emulator.server import PrinterEmulator
from demo.emulator.tape import Slip

__all__ = ["PrinterEmulator", "Slip"]
