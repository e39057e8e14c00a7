"""What people look at: the call board and the slip. Pure drawing: no device, no clock, no bus."""
