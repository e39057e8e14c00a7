"""Keys in place of fingers: only what can be touched."""

from __future__ import annotations

import pytest

from appliance.kiosk.keys import action_of, next_of

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


def test_ring_comes_to_all_that_can_be_touched_and_back() -> None:
    def walk(key: str, **how: bool) -> list[str]:
        focus, met = "", []
        for _ in WELCOME:
            focus = next_of(key, focus, WELCOME, **how) or ""
            met.append(focus)
        return met

    assert walk("tab") == walk("right") == walk("down") == list(WELCOME)
    assert walk("shift-tab") == walk("left") == walk("up") == list(WELCOME[::-1])
    assert walk("left", mirrored=True) == walk("tab", mirrored=True) == list(WELCOME)
    assert next_of("tab", WELCOME[-1], WELCOME) == WELCOME[0]


def test_ring_that_is_around_nothing_begins_anew() -> None:
    assert next_of("tab", "take", WELCOME) == WELCOME[0]
    assert next_of("tab", "", ()) is None
    assert next_of("1", "", WELCOME) is None


def test_enter_touches_what_is_in_the_ring_and_else_what_it_always_did() -> None:
    assert action_of("enter", SERVICE, "wish:seated") == "wish:seated"
    assert action_of("enter", SERVICE, "short") == "take"
    assert action_of("1", SERVICE, "back") == "wish:seated"
