from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from appliance import config

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = "correct-horse"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "desk"
    path.write_text(f"{CONTENT}\n")
    path.chmod(0o600)
    return path


def refusal(path: Path, *, group_may_read: bool = False) -> str:
    with pytest.raises(config.SecretError) as caught:
        config.read_secret(path, group_may_read=group_may_read)
    error = caught.value
    assert isinstance(error, config.ConfigError)
    # Nothing of the content, neither in the sentence nor in what a debugger or a log could print.
    assert error.__context__ is None or CONTENT not in repr(vars(error.__context__))
    assert CONTENT not in f"{error}{error!r}{error.problems!r}"
    assert str(error).startswith(f"{path}: ")
    return str(error).removeprefix(f"{path}: ")


def test_a_secret_is_its_line_without_the_end_of_line(secret: Path) -> None:
    assert config.read_secret(secret) == CONTENT


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o606, 0o644, 0o666])
def test_a_secret_that_others_can_use_is_refused(secret: Path, mode: int) -> None:
    secret.chmod(mode)
    assert refusal(secret) == f"others can use it (mode {mode:04o}); run: chmod 600 {secret}"


def test_a_group_may_read_where_that_is_meant(secret: Path) -> None:
    secret.chmod(0o640)
    assert config.read_secret(secret, group_may_read=True) == CONTENT


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o642])
def test_a_group_may_read_and_no_more(secret: Path, mode: int) -> None:
    secret.chmod(mode)
    assert refusal(secret, group_may_read=True).endswith(f"run: chmod 640 {secret}")


def test_no_secret(tmp_path: Path) -> None:
    assert refusal(tmp_path / "desk") == "there is no such file; write the secret into it"


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "this is no regular file; write the secret into one"


def test_a_pipe_is_no_secret_and_does_not_hold_us(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert refusal(pipe) == "this is no regular file; write the secret into one"


def test_a_loop_of_links_is_no_secret(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "Too many levels of symbolic links" in refusal(loop)


@pytest.mark.parametrize("content", [b"", b"\n", b" \t\n"])
def test_an_empty_secret_is_refused(secret: Path, content: bytes) -> None:
    secret.write_bytes(content)
    assert refusal(secret) == "it is empty; write the secret into it"


@pytest.mark.parametrize(
    "content",
    [f"{CONTENT}\nother", f"{CONTENT}\0", f"{CONTENT}\xff".encode("latin-1")],
)
def test_a_secret_that_is_no_line_is_refused(secret: Path, content: str | bytes) -> None:
    secret.write_bytes(content.encode() if isinstance(content, str) else content)
    assert refusal(secret) == "it is no text of one line; write the secret alone, in UTF-8"


def test_a_secret_of_any_length_is_not_read(secret: Path) -> None:
    secret.write_text(CONTENT * 1000)
    assert refusal(secret) == "it is larger than 4096 bytes; write the secret alone"


def test_a_link_to_a_secret_is_followed(secret: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(secret)
    assert config.read_secret(link) == CONTENT


def test_what_systemd_handed_over_is_taken_before_the_file(
    secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert config.handed_over(secret) == secret
    (credentials / secret.name).write_text("another")
    assert config.handed_over(secret) == credentials / secret.name


def test_what_systemd_handed_over_may_look_as_if_a_group_had_it(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.chmod(0o440)
    with pytest.raises(config.SecretError, match="others can use it"):
        config.read_secret(secret)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secret.parent))
    assert config.read_secret(secret) == CONTENT


def test_without_systemd_the_file_is_taken(secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert config.handed_over(secret) == secret
