"""Random parts of names as upstream makes them (``apimachinery/pkg/util/rand``), and uids."""

import random

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # without vowels: no words, and no 0, 1, 3
LENGTH = 5


def uid() -> str:
    """A version 4 UUID. Unique is all it has to be, so no system call is made for it."""
    text = f"{random.getrandbits(128):032x}"
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def suffix() -> str:
    return "".join(random.choices(ALPHABET, k=LENGTH))
