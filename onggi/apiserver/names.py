"""Random parts of names, as upstream makes them (``k8s.io/apimachinery/pkg/util/rand``)."""

import random

ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # without vowels: no words, and no 0, 1, 3
LENGTH = 5


def suffix() -> str:
    return "".join(random.choices(ALPHABET, k=LENGTH))
