"""Secrets are files, and files that only their reader can read.

A password in a configuration ends up in a mail, a backup and a support ticket. So the
configuration only says where a secret lies, and it is read here, when it is needed. On a Pi the
file is root's; systemd shows each process a copy of those that are its own (LoadCredential=).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from appliance.config.problems import ConfigError, Finding, Problem

_LIMIT_BYTES = 4096


class SecretError(ConfigError):
    """A secret cannot be used. Neither the sentence nor the error holds any of its content."""

    def __init__(self, path: Path, wrong: str) -> None:
        super().__init__([Problem(path, "", Finding(wrong))], "")


def read_secret(path: Path, *, group_may_read: bool = False) -> str:
    """Read a secret of one line.

    Args:
        path: Its file.
        group_may_read: Whether members of the file's group may know it. What systemd handed over
            with the unit looks as if they might: it belongs to an access list's mask.

    Returns:
        The line, without white space around it.

    Raises:
        SecretError: It is not there, open to others, empty, or no text of one line.
    """
    try:
        # Without O_NONBLOCK a named pipe would hold us here.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            mode = os.fstat(descriptor).st_mode
            _check_access(path, mode, group_may_read=group_may_read or _is_handed_over(path))
            content = os.read(descriptor, _LIMIT_BYTES + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise SecretError(path, "there is no such file; write the secret into it") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise SecretError(path, f"it cannot be read: {reason}; mend that and try again") from None
    if len(content) > _LIMIT_BYTES:
        raise SecretError(path, f"it is larger than {_LIMIT_BYTES} bytes; write the secret alone")
    # "replace", as the exception of a strict decoder carries the content.
    secret = content.decode("utf-8", errors="replace").strip()
    if not secret:
        raise SecretError(path, "it is empty; write the secret into it")
    if "\N{REPLACEMENT CHARACTER}" in secret or not secret.isprintable():
        raise SecretError(path, "it is no text of one line; write the secret alone, in UTF-8")
    return secret


def handed_over(path: Path) -> Path:
    """Give where a process reads one of its secrets.

    Args:
        path: Where the configuration says that it lies.

    Returns:
        The copy of the same name that systemd handed over with the unit (systemd.exec(5),
        LoadCredential=), which no other user can read; where there is none, `path`.
    """
    if (folder := os.environ.get("CREDENTIALS_DIRECTORY")) is None:
        return path
    copy = Path(folder) / path.name
    return copy if copy.exists() else path


def _is_handed_over(path: Path) -> bool:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return folder is not None and path.parent == Path(folder)


def _check_access(path: Path, mode: int, *, group_may_read: bool) -> None:
    if not stat.S_ISREG(mode):
        raise SecretError(path, "this is no regular file; write the secret into one")
    right = 0o640 if group_may_read else 0o600
    if mode & (0o077 & ~right):
        wrong = f"others can use it (mode {stat.S_IMODE(mode):04o}); run: chmod {right:o} {path}"
        raise SecretError(path, wrong)
