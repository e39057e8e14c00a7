"""What only a printer on the network can do wrong."""

from __future__ import annotations

import socket
import time

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_network import NetworkPrinter
from appliance.paper import Cut, Picture, Text

IMPATIENT_S = 1.0


def test_an_address_where_nobody_is_costs_no_more_than_the_deadline() -> None:
    # TEST-NET-1 (RFC 5737): packets to it go nowhere.
    started = time.monotonic()
    status = NetworkPrinter("192.0.2.1", timeout_s=0.3).status()
    assert status is PrinterStatus.GONE
    assert time.monotonic() - started < IMPATIENT_S


def test_a_name_that_does_not_exist_is_a_printer_that_is_gone() -> None:
    assert NetworkPrinter("printer.invalid", timeout_s=0.3).status() is PrinterStatus.GONE


def test_an_unknown_profile_is_refused_with_a_suggestion() -> None:
    printer = NetworkPrinter("192.0.2.1", profile="TM-T20")
    with pytest.raises(LookupError, match="did you mean TM-T20II"):
        printer.print_slip((Text("A017"), Cut()))


def test_what_the_far_end_has_not_acknowledged_is_not_printed() -> None:
    # The system takes the slip at once, but the printer has no room for it.
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        printer = NetworkPrinter("127.0.0.1", port, timeout_s=0.5, answers=False)
        with pytest.raises(PrinterError) as failure:
            printer.print_slip((Picture(576, b"\x55" * 72 * 400), Cut()))
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.UNKNOWN, None)
