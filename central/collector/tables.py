"""The collector's tables, the same in SQLite and in PostgreSQL.

Times that only order or limit something are whole seconds since 1970; a day is text in ISO form, in
the time zone of the sites.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()


def _key(name: str, kind: type[Text | BigInteger] = Text) -> Column[object]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _number(name: str, default: str | None = None) -> Column[int]:
    return Column(name, BigInteger, server_default=default)


def _table(name: str, *columns: Column[object] | Column[int] | Column[str] | Index) -> Table:
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


META = _table("meta", _key("key"), Column("value", Text))
EVENT = _table(
    "event",
    _key("device"),
    _key("epoch"),
    _key("seq", BigInteger),
    Column("type", Text),
    Column("time", Text),
    Column("data", Text),
)
"""What happened."""
STEP = _table(
    "step",
    _key("device"),
    _key("epoch"),
    _key("seq", BigInteger),
    Column("after_epoch", Text),
    _number("after_seq"),
)
"""Events that do not simply follow the one with the number before, until they are reached."""
REACHED = _table("reached", _key("device"), _key("epoch"), _number("seq"), _number("turn"))
"""How far the events of each epoch hang together; the one with the highest turn moved last."""
GAP = _table("gap", _key("device"), _key("epoch"), _number("after_seq"), _key("seq", BigInteger))
"""What a device said that it has no more."""
DEVICE = _table("device", _key("device"), Column("ack_topic", Text))
"""Where each device is told."""
SPAN = _table(
    "span",
    _key("device"),
    _key("day"),
    _key("epoch"),
    _number("first_seq"),
    _number("last_seq"),
    _number("begins"),
)
"""Between which numbers the events of a device's day stand; days that overlap are possible."""
DEVICE_DAY = _table(
    "device_day",
    _key("device"),
    _key("day"),
    Column("site", Text),
    Column("lobby", Text),
    # What of it is to be done: see `central.statistics.keeping`.
    Column("changed", Integer, server_default="1"),
    Column("sealed", Integer, server_default="0"),
    Column("purged", Integer, server_default="0"),
    Column("incomplete", Integer, server_default="0"),
    _number("arrived"),
    _number("settled", "0"),
    Index("device_day_due", "purged", "changed", "sealed"),
    Index("device_day_old", "purged", "day"),
    Index("device_day_site", "site", "day"),
)
"""A day of a device, for good; its events for a while."""
TALLY = _table(
    "tally",
    _key("device"),
    _key("day"),
    _key("kind"),
    _key("key"),
    Column("site", Text),
    Column("counts", Text),
    Index("tally_site", "site", "day"),
)
"""How a day was: of all, by service, by hour; a JSON object of counts in each row."""
