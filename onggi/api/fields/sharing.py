"""Sets of fields in little memory: objects of one shape share the parts of theirs.

A set is many small maps, ten times its text. Ten thousand pods of one Deployment differ in
hardly any of them, so equal parts become one: those two levels down (``f:containers`` below
``f:spec``), and above where there is nothing but leaves (``f:data``). Sets are never written to.
"""

from onggi.api.fields.elements import encode
from onggi.api.fields.sets import LEAF, Trie
from onggi.api.objects import View

MOST = 2048  # parts; then all are forgotten, and those in use are found anew
SMALL = 2  # fields: not worth a place
_parts: dict[bytes, Trie] = {}


def shared(fields: Trie) -> Trie:
    """An equal set, of parts that others have too."""
    return {element: _above(below) for element, below in fields.items()}


def _above(below: Trie) -> Trie:
    if not any(below.values()):
        return _part(below)
    return {element: _part(inner) for element, inner in below.items()}


def _part(below: Trie) -> Trie:
    if not below:
        return LEAF
    if len(below) < SMALL and not any(below.values()):
        return below
    key = encode(below)
    found = _parts.get(key)
    if found is None:
        if len(_parts) >= MOST:
            _parts.clear()
        found = _parts[key] = below
    return found


def share(obj: View) -> None:
    """Let an object that will stay share its managers' sets. It is equal afterwards."""
    for entry in obj["metadata"].get("managedFields") or ():
        if "fieldsV1" in entry:
            entry["fieldsV1"] = shared(entry["fieldsV1"])
