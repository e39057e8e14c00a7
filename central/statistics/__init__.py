"""How the days were: visitors, waits, promise, no-shows; by service and by hour, never by clerk.

For other parts of the centre, such as a dashboard, there is a small way to read, and no other:

    from central.statistics.reading import Reader
    from central.statistics.spans import month

    with Reader("collected.sqlite") as reader:            # or a PostgreSQL's URL; changes nothing
        reader.sites()                                    # ("NORD", "SUED")
        reader.read("SUED", month(2026, 3))               # a `Period` with its days

and `central.statistics.table.shown(period)` for what may be shown of it: counts below five are
hidden there, and whatever these would follow from. What `Reader` gives is not for showing.

`heard` is what is read of an event, `visits` makes visits of a day's events, `tally` counts them,
`keeping` does that in the collector, incrementally, and lets go of what has had its time.
"""
