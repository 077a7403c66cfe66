"""Changes to objects, in the three forms of HTTP PATCH that are not server-side apply.

    apply_patch(media_type, obj, patch, schema) -> Object

``obj`` and ``patch`` are not touched. A strategic merge patch needs the schema of the object's
kind (``onggi.api.schema``); without one it is refused, as for custom resources upstream. What
is wrong with a patch is raised as a StatusError with upstream's code and words. The result is
not decoded: unknown fields, wrong types and nulls are for ``schema.decode`` to find.

Source: ``k8s.io/apiserver/pkg/endpoints/handlers/patch.go``.
"""

from typing import Any

from onggi.api.errors import BadRequest, UnsupportedMediaType
from onggi.api.gotext import type_name
from onggi.api.objects import Object, View
from onggi.api.patch import json, merge, strategic
from onggi.api.schema import Schema

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
SERVED = (JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH)
GO_MAP = "map[string]interface {}"


def apply_patch(media_type: str, obj: View, patch: Any, schema: Schema | None = None) -> Object:
    """The object that the patch makes of ``obj``."""
    match media_type:
        case "application/json-patch+json":
            return json.apply(obj, patch)
        case "application/merge-patch+json":
            return merge.apply(obj, expect_map(patch, "error decoding patch: "))
        case "application/strategic-merge-patch+json":
            if schema is None:
                raise BadRequest("strategic merge patch format is not supported")
            return strategic.apply(obj, expect_map(patch, ""), schema)
    raise UnsupportedMediaType(
        "the body of the request was in an unknown format - accepted media types include: "
        + ", ".join(SERVED)
    )


def expect_map(patch: Any, prefix: str) -> View:
    if isinstance(patch, dict):
        return patch
    kinds = {"[]interface {}": "array", "string": "string", "bool": "bool"}
    found = kinds.get(type_name(patch), "number")
    raise BadRequest(f"{prefix}json: cannot unmarshal {found} into Go value of type {GO_MAP}")
