"""Installs releases on a Pi, side by side, and lets one take over: `lobby-release`, for root.

It is not part of a release, as it must outlive a bad one. On a Pi it is one file, a zip archive
that Python runs (see `provisioning.installer`), and needs nothing but Debian's Python, openssl and
systemd; `fetch` alone needs Debian's requests. Imports are relative, as the package is named
otherwise there.

A release is refused unless the office signed it and all its files are as signed. Before it takes
over, its desk has to start on a *copy* of the journal, without network and devices. After it took
over, the lobby has to be as well as before within 40 seconds; else the one before comes back, and
is up within a minute of the switch. The live journal is never touched: a release reads and writes
what the one before it does (docs/adr/0011). A trial that a power cut interrupted goes on at boot.
"""
