"""The outside world: each device a small contract, the real one, and a simulated one."""
