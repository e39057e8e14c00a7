"""What several tests share: a real broker, a look at what is left running."""
