"""Keys in place of fingers: only what can be touched."""

from __future__ import annotations

import pytest

from appliance.kiosk.keys import action_of

WELCOME = ("code", "short", "service:A1", "service:B1", "redirect:papers", "more", "help", "large")
SERVICE = ("back", "home", "wish:seated", "take", "help")
PAD = ("digit:3", "digit:C", "erase", "enter", "back", "home")


@pytest.mark.parametrize(
    ("key", "actions", "action"),
    [
        ("1", WELCOME, "service:A1"),
        ("3", WELCOME, "redirect:papers"),
        ("4", WELCOME, ""),
        ("0", WELCOME, ""),
        ("²", WELCOME, ""),
        ("f1", WELCOME, "help"),
        ("f2", WELCOME, "large"),
        ("f3", WELCOME, ""),
        ("+", WELCOME, "more"),
        ("escape", WELCOME, ""),
        ("enter", WELCOME, ""),
        ("1", SERVICE, "wish:seated"),
        ("enter", SERVICE, "take"),
        ("escape", SERVICE, "back"),
        ("backspace", SERVICE, "back"),
        ("3", PAD, "digit:3"),
        ("C", PAD, "digit:C"),
        ("Q", PAD, ""),
        ("backspace", PAD, "erase"),
        ("enter", PAD, "enter"),
        ("enter", ("stay", "home"), "stay"),
        ("enter", ("home",), "home"),
        ("enter", (), ""),
    ],
)
def test_key_means_what_could_be_touched(key: str, actions: tuple[str, ...], action: str) -> None:
    assert action_of(key, actions) == action
