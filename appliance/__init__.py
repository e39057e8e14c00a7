"""Firmware of the lobby appliance: scan your appointment and be called on time."""

__version__ = "0.1.0"
