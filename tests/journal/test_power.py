"""The card of the power cut forgets what it may, and keeps what it must."""

from __future__ import annotations

from tests.journal.power import (
    SECTOR,
    Card,
    Chance,
    Deleted,
    Made,
    NamesSynced,
    Renamed,
    Resized,
    Synced,
    Written,
    kept,
    lost,
)


def test_what_was_not_synced_may_be_gone() -> None:
    card = Card({"a": b"old"})
    card.do([Written("a", 0, b"new"), Made("b"), Written("b", 0, b"b")])
    assert card.after_cut(lost) == {"a": b"old"}
    assert card.after_cut(kept) == {"a": b"new", "b": b"b"}
    card.do([Synced("a", with_names=False)])
    assert card.after_cut(lost) == {"a": b"new"}
    card.do([Synced("b", with_names=True), Deleted("a", with_names=False)])
    assert card.after_cut(lost) == {"a": b"new", "b": b"b"}
    card.do([Deleted("b", with_names=True)])
    assert card.after_cut(lost) == {}


def test_sectors_reach_the_card_in_any_order_and_torn() -> None:
    old, new = b"o" * SECTOR, b"n" * SECTOR
    card = Card({"a": old * 2})
    card.do([Written("a", 0, new * 2)])
    left_over = {card.after_cut(Chance(seed))["a"] for seed in range(400)}
    assert {old * 2, new * 2, old + new, new + old} < left_over
    assert any(0 < content[:SECTOR].count(b"n") < SECTOR for content in left_over)


def test_size_reaches_the_card_apart_from_what_is_inside() -> None:
    card = Card({"a": b"o" * SECTOR})
    card.do([Written("a", SECTOR, b"n" * SECTOR)])
    left_over = {card.after_cut(Chance(seed))["a"] for seed in range(100)}
    assert {b"o" * SECTOR, b"o" * SECTOR + b"n" * SECTOR} <= left_over
    assert b"o" * SECTOR + bytes(SECTOR) in left_over
    card.do([Resized("a", 3)])
    assert card.after_cut(kept) == {"a": b"ooo"}
    card.do([Synced("a", with_names=False)])
    assert {card.after_cut(Chance(seed))["a"] for seed in range(100)} == {b"ooo"}


def test_name_that_was_taken_over_is_the_old_file_or_the_new_one() -> None:
    card = Card({"a": b"old"})
    card.do([Made("draft"), Written("draft", 0, b"new"), Synced("draft", with_names=False)])
    card.do([Renamed("draft", "a")])
    assert {card.after_cut(Chance(seed))["a"] for seed in range(50)} == {b"old", b"new"}
    card.do([NamesSynced()])
    assert card.after_cut(lost) == {"a": b"new"}
