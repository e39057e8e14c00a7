"""What holds for every test: nothing is left running, nothing goes uncollected."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import pytest

from tests.support import leftovers
from tests.support.broker import Mosquitto
from tests.support.collection import uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser

HERE: Final = Path(__file__).parent
_GRACE_S: Final = 3.0


def pytest_configure() -> None:
    """Make orphans of what the tests start ours, so that they are found."""
    leftovers.adopt_orphans()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started behind a shell's `&`: all that a test ends by Ctrl-C would ignore it, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail a test that leaves a thread or a process behind.

    It is torn down after all other fixtures of the test; what a fixture of wider scope started
    before it is not the test's.
    """
    before = leftovers.Running.now()
    yield
    if left := leftovers.left_since(before, _GRACE_S):
        pytest.fail(f"the test left running: {'; '.join(left)}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser: one for all tests, with a context of its own for each."""
    # Only where it is asked for: it takes half a second.
    from tests.support.browsing import chromium  # noqa: PLC0415

    with chromium() as browser:
        yield browser


class MakeMosquitto(Protocol):
    """Starts a broker; see `tests.support.broker.Mosquitto` for its arguments."""

    def __call__(
        self,
        *,
        logins: Mapping[str, str] | None = None,
        acl: str | None = None,
        extra: str = "",
    ) -> Mosquitto:
        """Start one, which ends with the test."""


@pytest.fixture
def make_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeMosquitto]:
    """Brokers with logins, rights or limits of the test's own."""
    brokers: list[Mosquitto] = []

    def make(
        *,
        logins: Mapping[str, str] | None = None,
        acl: str | None = None,
        extra: str = "",
    ) -> Mosquitto:
        # Not under the test's own tmp_path, which carries its name: see Mosquitto's `directory`.
        directory = tmp_path_factory.mktemp("mosquitto")
        broker = Mosquitto(directory, logins=logins, acl=acl, extra=extra)
        brokers.append(broker)
        broker.start()
        return broker

    yield make
    for broker in brokers:
        broker.close()


@pytest.fixture
def mosquitto(make_mosquitto: MakeMosquitto) -> Mosquitto:
    """A running broker that lets anyone in."""
    return make_mosquitto()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Refuse to run all tests when some of what is written was not collected.

    First among its kind: before `-k` and `-m` take tests away. A file that could not be collected
    at all is an error already.
    """
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if not everything or session.testsfailed:
        return
    collected = {(item.path, getattr(item, "originalname", item.name)) for item in items}
    if lost := uncollected(HERE, collected):
        raise pytest.UsageError("tests that would never run:\n  " + "\n  ".join(lost))
