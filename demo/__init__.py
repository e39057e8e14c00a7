"""A morning in a lobby, played on one machine. Never part of a release for a Pi."""
