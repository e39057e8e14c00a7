"""The line: who waits, who is next, and why. Pure: no clock, no I/O, no thread."""
