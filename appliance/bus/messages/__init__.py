"""Payloads on the bus and the uplink, typed: one module for each reader's side."""
