"""From a blank Pi to a lobby, over SSH: run from a checkout at the IT desk, never on a Pi."""
