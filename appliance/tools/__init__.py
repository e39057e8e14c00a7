"""What people run beside a lobby that is open: they look, print, listen, play a day again.

None of it runs in a lobby's processes; `verbs` asks for each by name.
"""
