"""What the Pi needs at the other end. Holds signing keys, so it is never installed on a Pi."""
