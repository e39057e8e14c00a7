"""The verbs of the `lobby-central` command, a module each."""
