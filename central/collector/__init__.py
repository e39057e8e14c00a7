"""The collector: takes the events of all devices, and stores each once."""
