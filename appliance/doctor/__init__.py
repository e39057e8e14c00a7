"""`lobby doctor`: tries every part of a device, with a person's help, and says what to do."""
