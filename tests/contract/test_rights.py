"""Who says and hears a channel is what the access lists allow, on the bus and on the uplink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus import access
from appliance.bus.topics import Topics
from tests.contract.document import CHANNELS, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from appliance.bus.access import Rights

PLACE: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
WHERE: Final[Mapping[str, Mapping[str, Rights]]] = {
    "bus": {
        **dict(zip(access.PROCESSES, access.rights_of_processes(PLACE), strict=True)),
        **{
            kind: access.rights_of_caller(PLACE, f"{kind}.entrance")
            for kind in ("counter", "staff")
        },
        "kiosk": access.rights_of_caller(PLACE, "kiosk.entrance", PLACE),
    },
    "uplink": {
        "desk": access.rights_of_device(PLACE),
        "issuer": access.rights_of_issuer("issuer"),
        "collector": access.rights_of_collector("collector"),
        "curves": access.rights_of_curves("curves"),
        "dashboard": access.rights_of_dashboard("dashboard.city", ["+"], follow=True),
    },
}


def channels(topics: Iterable[str]) -> set[str]:
    """Give the channels that these topics, or filters, are of."""
    found = set()
    for topic in topics:
        if topic.startswith(f"{access.ROOT}canary/"):
            found.add("canary")
            continue
        named = [
            name
            for name, channel in CHANNELS.items()
            if pattern_of(channel["address"]).fullmatch(topic)
        ]
        assert len(named) == 1, f"{topic}: {named}"
        found.update(named)
    return found


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("said", ["said-by", "heard-by"])
def test_logins_may_what_the_document_says(where: str, said: str) -> None:
    told = {
        name: set(channel.get(f"x-{where}", {}).get(said, ())) for name, channel in CHANNELS.items()
    }
    for login, rights in WHERE[where].items():
        allowed = channels(rights.writes if said == "said-by" else rights.reads)
        assert {name for name, logins in told.items() if login in logins} == allowed, login
    assert set().union(*told.values()) <= WHERE[where].keys()


@pytest.mark.parametrize("name", CHANNELS)
def test_channel_is_on_the_servers_that_have_logins_for_it(name: str) -> None:
    servers = [server["$ref"].removeprefix("#/servers/") for server in CHANNELS[name]["servers"]]
    assert servers == [where for where in WHERE if f"x-{where}" in CHANNELS[name]]
