"""The wait at home: pages that say how many wait and how long, and how one's own number stands.

Files and nothing else: whoever serves files can serve them, and a broker that is attacked from the
street is not there to be attacked. What is secret (whose number is whose) is not known here either:
a number's file carries the hash of what stands on its slip.
"""
