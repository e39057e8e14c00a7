"""The card forgets what it was not told to keep, or cuts of the power would show nothing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.vm.card import Card

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.vm

BLOCK = 4096


def written(tmp_path: Path, *commands: str) -> bytes:
    """Give what is on a card of four blocks that was written to, and then lost its power."""
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(4 * BLOCK))
    card = Card(disk, tmp_path / "socket")
    card.insert()
    try:
        # The client leaves without a word too: one that leaves in order says flush.
        words = [word for command in commands for word in ("-c", command)]
        subprocess.run(
            [
                *("qemu-io", "-t", "writeback", "-f", "raw", *words, "-c", "sigraise 9"),
                f"nbd+unix:///?socket={card.socket}",
            ],
            check=False,
            capture_output=True,
            timeout=30,
        )
    finally:
        card.forget()
    return disk.read_bytes()


def test_card_keeps_what_was_flushed(tmp_path: Path) -> None:
    kept = written(tmp_path, f"write -P 1 0 {BLOCK}", "flush")
    assert kept == b"\1" * BLOCK + bytes(3 * BLOCK)


def test_card_forgets_what_was_not_flushed(tmp_path: Path) -> None:
    kept = written(
        tmp_path, f"write -P 1 0 {BLOCK}", "flush", f"write -P 2 0 {BLOCK}", "write -P 3 8192 4096"
    )
    assert kept == b"\1" * BLOCK + bytes(3 * BLOCK)


def test_card_keeps_what_was_written_through(tmp_path: Path) -> None:
    kept = written(tmp_path, f"write -f -P 1 0 {BLOCK}")
    assert kept == b"\1" * BLOCK + bytes(3 * BLOCK)
