"""Versions of an API in order of their maturity.

Source: ``k8s.io/apimachinery/pkg/version`` (CompareKubeAwareVersionStrings).
"""

import re
from functools import lru_cache

Rank = tuple[int, int, int, tuple[int, ...]]
RANKS = {"": 3, "beta": 2, "alpha": 1}
SHAPE = re.compile(r"v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?")


@lru_cache(1024)
def maturity(version: str) -> Rank:
    """Greater is better: v2 > v1 > v2beta1 > v1beta2 > v1alpha1 > anything else, which ranks
    by the alphabet backwards (``foo1`` before ``foo10``)."""
    found = SHAPE.fullmatch(version)
    if found:
        major, word, minor = found.groups()
        return RANKS[word or ""], int(major), int(minor or 0), ()
    return 0, 0, 0, (*(-ord(character) for character in version), 0)
