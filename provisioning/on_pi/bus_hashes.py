#!/usr/bin/python3 -I
"""Prints the hashes of a satellite's passwords, which the broker on the desk's Pi asks for.

    bus-hashes proc.sued.hof-1.board=/etc/lobby/bus/board …

As mosquitto_passwd makes them (mosquitto 2.0, its type 7): PBKDF2 with SHA-512. That program comes
with a broker only, which a satellite does not have. A password of 24 random bytes cannot be found
from its hash, so that it may be carried about.
"""

import base64
import hashlib
import os
import sys
from pathlib import Path

ROUNDS = 101
SALT_BYTES = 12


def hashed(password: bytes) -> str:
    """Give a password's hash, with a salt of its own."""
    salt = os.urandom(SALT_BYTES)
    found = hashlib.pbkdf2_hmac("sha512", password, salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(found).decode()}"


if __name__ == "__main__":
    for word in sys.argv[1:]:
        login, _, path = word.partition("=")
        print(f"{login}:{hashed(Path(path).read_bytes().strip())}")
