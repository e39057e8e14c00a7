from __future__ import annotations

from pathlib import Path

import pytest

from appliance.bus.addresses import AddressError, Identity, Proxy, Tcp, Tls, read_address

ME = Identity(Path("ca"), Path("certificate"), Path("key"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtts://central.example", Tls("central.example", 8883, ME)),
        ("mqtts://central.example:1/", Tls("central.example", 1, ME)),
        ("wss://central.example/mqtt", Tls("central.example", 443, ME, "/mqtt")),
        ("wss://[2001:db8::1]:8443", Tls("2001:db8::1", 8443, ME, "/")),
        ("mqtt://127.0.0.1:1883", Tcp("127.0.0.1", 1883)),
        ("mqtt://localhost", Tcp("localhost", 1883)),
    ],
)
def test_address_is_read(url: str, address: object) -> None:
    assert read_address(url, ME) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "central.example",
        "http://central.example",
        "ws://central.example/mqtt",
        "mqtt://central.example",
        "mqtts://central.example/mqtt",
        "mqtts://central.example:0",
        "mqtts://central.example:65536",
        "mqtts://user:password@central.example",
        "mqtts://central.example\n",
        "wss://central.example/a b",
    ],
)
def test_what_is_none_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(AddressError, match=r"is not|has"):
        read_address(url, ME)


def test_proxy_is_read_and_its_login_never_shown() -> None:
    address = read_address("wss://central.example/mqtt", ME, "http://me:hunter2@proxy:8080")
    assert isinstance(address, Tls)
    assert address.proxy == Proxy("proxy", 8080, "me:hunter2")
    assert "hunter2" not in repr(address)
    with pytest.raises(AddressError) as refused:
        read_address("wss://central.example/mqtt", ME, "https://me:hunter2@proxy:8080")
    assert "hunter2" not in str(refused.value)
