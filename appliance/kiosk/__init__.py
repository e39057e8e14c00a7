"""The screen that visitors use: one visit after the other, each forgotten before the next."""
