"""Figures for Prometheus: what is counted, and where it is shown."""
