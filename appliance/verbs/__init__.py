"""The verbs of the `lobby` command, a module each: what may be asked, and who does it.

Every one is imported whatever is asked for, so each imports what it needs when it is asked.
"""
