"""What if? A recorded day, played again through the desk's own line, under other rules."""
