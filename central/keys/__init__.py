"""The keys that sign codes and trust lists, and the files that keep them."""
