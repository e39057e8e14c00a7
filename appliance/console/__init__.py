"""The command line on the bus, as the caller `staff.console`: what it asks, sees and follows."""
