"""The desk: the one process that keeps the line, and what it is made of.

`loop` is the process; what is looked after beside the line are its `parts`. Each of the others can
be understood without the loop.
"""
