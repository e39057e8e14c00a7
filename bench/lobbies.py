"""The lobbies that the benchmarks play: the first site, and five that are harder."""

from __future__ import annotations

from bench.made_day import Kind, Lobby

ENTRANCE = (Kind("A", 5, share=3), Kind("B", 10, share=2), Kind("C", 18, share=1))
MIXED = (Kind("A", 6, 0.6), Kind("B", 12, 0.6), Kind("C", 24, 0.5, share=0.5))
UNEVEN = (Kind("A", 4, 0.4, share=2), Kind("B", 15, 0.9))

FIRST_SITE = Lobby(
    "first site: 8 counters, 13 % booked, load 0.83",
    ENTRANCE,
    {str(number): frozenset("ABC") for number in range(1, 9)},
    load=0.83,
    booked=0.13,
)

LOBBIES = (
    FIRST_SITE,
    Lobby(
        "8 counters, 50 %, load 0.95",
        MIXED,
        {str(number): frozenset("ABC") for number in range(1, 9)},
        load=0.95,
        starts=True,
    ),
    Lobby(
        "6 special counters, 50 %, load 0.90",
        MIXED,
        {str(n): frozenset(codes) for n, codes in enumerate(("A", "AB", "ABC", "BC", "C", "AB"))},
        gap_s=20.0,
    ),
    Lobby(
        "2 counters, 13 %, load 0.90",
        UNEVEN,
        {"1": frozenset("AB"), "2": frozenset("AB")},
        booked=0.13,
        breaks=False,
    ),
    Lobby(
        "12 counters, 90 %, load 0.98",
        MIXED,
        {str(n): frozenset(("ABC", "AB", "BC")[n % 3]) for n in range(12)},
        load=0.98,
        booked=0.9,
        absent=0.2,
    ),
    Lobby(
        "4 counters, 55 %, load 0.85, uneven",
        (Kind("A", 6, 1.0), Kind("B", 20, 1.0)),
        {"1": frozenset("AB"), "2": frozenset("AB"), "3": frozenset("AB"), "4": frozenset("B")},
        load=0.85,
        booked=0.55,
        gone=0.08,
        pace_spread=0.1,
        shape="gamma",
    ),
)
