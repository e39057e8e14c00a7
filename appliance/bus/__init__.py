"""The bus: the topics, what is said on them, and one connection done right."""
