"""From a scanned text to a booking, or to the reason why not. Works without any network."""
