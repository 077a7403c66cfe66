"""JSON merge patches (RFC 7386): what is named changes, null removes, lists are replaced."""

from typing import Any

from onggi.api.objects import Object, View, clone


def apply(obj: View, patch: View) -> Object:
    return merged(clone(obj), patch)


def merged(target: Any, patch: View) -> Object:
    """``target`` with the changes, written into if it is an object."""
    result: Object = target if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = merged(result.get(key), value)
        else:
            result[key] = value
    return result
