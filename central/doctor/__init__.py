"""`lobby-central doctor`: looks at everything at the centre, and says what to do about it.

Each module looks at one kind of thing and knows no other; `examining` goes through what was named
on the command line. What was not named is not looked at, and said so: nothing is ever told as fine
that nobody looked at.
"""
