"""`lobby code verify`: what a scan would prove, one JSON line for each line of text.

A black box by which others test this product: its form does not change without an issue. Whatever
comes in, blank lines, bytes that are no text, a gigabyte without a line end, goes out as one line.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, TextIO

from appliance.checkin.claims import SITE
from appliance.checkin.code import LIMIT_CHARACTERS, CodeError, verify
from appliance.checkin.keys import TrustError, TrustList, read_root, read_trust_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from appliance.line.model import Booking

KEPT_BYTES = 4 * (LIMIT_CHARACTERS + 1)
"""A character has at most 4 bytes: what is longer than this has too many characters in any case."""

_CHUNK_BYTES = 64 * 1024


class ArgumentError(ValueError):
    """An argument of the command cannot be used; the sentence says how to write it."""


def run(
    trust_path: Path,
    root_path: Path,
    site: str,
    at: str | None,
    *,
    stdin: BinaryIO,
    stdout: TextIO,
    stderr: TextIO,
) -> int:
    """Answer every line of `stdin` on `stdout`.

    Args:
        trust_path: The signed trust list.
        root_path: The root key, as base64 text.
        site: The site that this is said to be.
        at: The moment of verification, ISO 8601 with an offset; None for now.
        stdin: Texts, one a line.
        stdout: JSON, one object a line, flushed after each.
        stderr: One sentence if something is wrong.

    Returns:
        The exit code: 0 all lines were answered, 1 reading or writing broke off, 2 the trust list,
        the root key or an argument is bad.
    """
    try:
        _check_site(site)
        moment = None if at is None else _moment(at)
        trust = read_trust_list(trust_path, read_root(root_path))
    except (ArgumentError, TrustError) as error:
        print(f"lobby code verify: {error}", file=stderr)
        return 2
    try:
        for answer in verify_lines(bounded_lines(stdin), trust, site, moment):
            print(answer, file=stdout, flush=True)
    except BrokenPipeError:
        # Nobody reads on. Without this the interpreter complains once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())
        return 1
    except OSError as error:
        print(f"lobby code verify: reading or writing broke off: {error.strerror}", file=stderr)
        return 1
    return 0


def verify_lines(
    lines: Iterable[bytes], trust: TrustList, site: str, at: datetime | None
) -> Iterator[str]:
    r"""Give one JSON object for each line.

    Args:
        lines: With or without their line end, which is `\n` or `\r\n` and nothing else: a space
            at the end is part of a code.
        trust: Whose signatures count.
        site: The site that this is.
        at: The moment of verification, aware; None for the present moment of each line.
    """
    for line in lines:
        text = _without_line_end(line).decode("utf-8", errors="replace")
        try:
            booking = verify(text, trust, site, at or datetime.now(UTC))
        except CodeError as error:
            yield json.dumps({"ok": False, "reason": error.reason.value})
        else:
            yield json.dumps({"ok": True, "booking": _booking(booking)})


def bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines of `stream`; of a very long one only the beginning, the rest is read away."""
    while line := stream.readline(KEPT_BYTES):
        yield line
        while not line.endswith(b"\n") and (line := stream.readline(_CHUNK_BYTES)):
            pass


def _without_line_end(line: bytes) -> bytes:
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def _booking(booking: Booking) -> dict[str, str | int | None]:
    return {
        "id": booking.id,
        "slot": booking.slot.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "minutes": booking.minutes,
        "service": booking.service,
        "place": booking.place,
    }


def _check_site(text: str) -> None:
    if not SITE.fullmatch(text):
        raise ArgumentError(f"'{text}' is no site code: 1 to 8 of A-Z, 0-9 and -")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentError(f"'{text}' is no time: write it as 2026-03-02T08:00:00Z") from error
    if moment.utcoffset() is None:
        raise ArgumentError(f"'{text}' has no offset: write it as 2026-03-02T08:00:00Z")
    return moment
