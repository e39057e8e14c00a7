"""An office for the tests: its file, its keys, its bookings, and a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from central.bookings.issuer import Issuer
from central.bookings.office_file import load
from central.bookings.orders import Order
from central.bookings.store import Store
from central.cli import main
from central.keys.keyring import Keyring
from central.texts import languages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from central.bookings.office import Office

NOW: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
SLOT: Final = datetime(2026, 3, 3, 8, 10, tzinfo=UTC)
SITE: Final = "SUED"
ORDER: Final = Order(SITE, None, SLOT, 15, "A10")
ADVISER: Final = Order(SITE, None, SLOT, 30, "B20", "3.401")

OFFICE: Final = """\
[issuer]
keys = "{folder}/keys"
store = "{folder}/bookings.db"

[mail]
name = "Jobcenter Musterstadt, Termine"
address = "termine@musterstadt.example"
phone = "0211 555 0123"
page = "https://termine.musterstadt.example"

[broker]
address = "mqtt://127.0.0.1:{port}"

[[site]]
id = "SUED"
name = "Jobcenter Musterstadt Süd"
address = ["Musterstraße 1", "40210 Musterstadt"]

[[site]]
id = "OST"
name = "Jobcenter Musterstadt Ost"
address = ["Ostweg 2", "40211 Musterstadt"]
languages = ["de"]

[[lobby]]
site = "SUED"
id = "EINGANG"
services = ["A10", "B20"]
where = {{ de = "Eingangszone, Erdgeschoss", en = "Entrance hall, ground floor" }}

[[lobby]]
site = "SUED"
id = "NEU"
services = ["C30"]
where = {{ de = "Neukunden, 1. Etage" }}

[[service]]
code = "A10"
text = {{ de = "Unterlagen abgeben", en = "Hand in documents" }}
bring = {{ de = "Ihren Ausweis.", en = "Your identity card." }}

[[service]]
code = "B20"
text = {{ de = "Beratung <persönlich> & vertraulich" }}

[[service]]
code = "C30"
text = {{ de = "Zum ersten Mal hier" }}

[[place]]
site = "SUED"
code = "3.401"
text = {{ de = "3. Etage, Zimmer 401", en = "3rd floor, room 401" }}
"""


class World:
    """All that an issuer has.

    Args:
        folder: Where its files are.
        port: Of its broker.
        begin: When its key begins to count.
    """

    def __init__(self, folder: Path, port: int = 1, begin: datetime = NOW) -> None:
        self.folder = folder
        self.office_path = folder / "office.toml"
        self.office_path.write_text(OFFICE.format(folder=folder, port=port), "utf-8")
        self.keyring = Keyring(folder / "keys")
        self.keyring.new_root()
        self.keyring.new_issuer((SITE,), begin - timedelta(days=30), begin + timedelta(days=400), 7)
        self.keyring.sign_trust(begin)
        self.office: Office = load(self.office_path, languages=languages())
        self.now = NOW

    def store(self) -> Store:
        """Open the bookings; close them."""
        return Store(self.office.files.store)

    def issuer(self, store: Store) -> Issuer:
        """Make the issuer over open bookings."""
        return Issuer(self.office, store, self.keyring, lambda: self.now)


class Console:
    """The command line, as a person uses it."""

    def __init__(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._capsys = capsys

    def __call__(self, *arguments: str, office: bool = True) -> tuple[int, str, str]:
        """Give exit code, standard output and standard error."""
        more: Sequence[str] = ["--office", str(self.world.office_path)] if office else []
        try:
            code = main([*arguments, *more])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self._capsys.readouterr()
        return code, out, err
