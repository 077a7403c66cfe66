"""JSON merge patches (RFC 7386): what is named changes, null removes, lists are replaced.

As upstream's library does, and unlike the RFC, nulls in the objects of a list are left out, too.
Source: ``gopkg.in/evanphx/json-patch.v4`` (merge.go).
"""

from typing import Any

from onggi.api.objects import Object, View, clone


def apply(obj: View, patch: View) -> Object:
    """The object that the patch makes of ``obj``; neither is touched."""
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
            result[key] = without_nulls(value)
    return result


def without_nulls(value: Any) -> Any:
    """A copy in which no object has a null; items of lists may be null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value
