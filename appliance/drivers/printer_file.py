"""A file that collects the bytes of slips, or a device node that cannot be asked.

`READY` means that it can be opened for writing, and no more; a printer that can be asked should be
used through its network, USB or serial driver.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.drivers.printer_asked import PortPrinter
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_nodes import OpenNode, open_node

if TYPE_CHECKING:
    from appliance.drivers.printer_port import Deadline


class FilePrinter(PortPrinter):
    """A printer behind a path.

    Args:
        path: What to write to. It is appended to, and made if it is not there; but never made under
            `/dev`, where the missing node means that the printer is.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: A slip takes no longer than this.
    """

    def __init__(
        self,
        path: Path,
        *,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        is_node = path.is_relative_to("/dev")
        super().__init__(
            FilePort(path, makes=not is_node),
            EscposWriter(profile, columns),
            timeout_s=timeout_s,
            answers=False,
            remembers=is_node,
        )


@dataclass(frozen=True, slots=True)
class FilePort:
    """A path; see `Port`."""

    path: Path
    makes: bool
    bytes_per_s: float = float("inf")

    def __str__(self) -> str:
        return str(self.path)

    def open(self, deadline: Deadline) -> OpenNode:
        """Open it; see `Port`."""
        return OpenNode(open_node(self.path, reads=False, makes=self.makes), deadline)
