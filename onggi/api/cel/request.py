"""The types of ``request`` and ``namespaceObject`` in admission's expressions.

Source: ``k8s.io/apiserver/pkg/admission/plugin/cel/compile.go`` (BuildRequestType,
BuildNamespaceType).
"""

from typing import Any

from onggi.api.cel.declared import Declared, declared

TEXT: dict[str, Any] = {"type": "string"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
WHOLE: dict[str, Any] = {"type": "integer"}
ANYTHING: dict[str, Any] = {"x-onggi-any": True}


def record(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def table(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": item}


def typed(schema: dict[str, Any], name: str) -> Declared:
    found = declared(schema, name)
    assert found is not None
    adapt = found.adapt
    found.adapt = lambda raw: None if raw is None else adapt(raw)
    return found


GVK = record(group=TEXT, version=TEXT, kind=TEXT)
GVR = record(group=TEXT, version=TEXT, resource=TEXT)
USER = record(username=TEXT, uid=TEXT, groups=many(TEXT), extra=table(many(TEXT)))
REQUEST = typed(
    record(
        kind=GVK, resource=GVR, subResource=TEXT, requestKind=GVK, requestResource=GVR,
        requestSubResource=TEXT, name=TEXT, namespace=TEXT, operation=TEXT, userInfo=USER,
        dryRun={"type": "boolean"}, options=ANYTHING,
    ),
    "kubernetes.AdmissionRequest",
)  # fmt: skip

CONDITION = record(status=TEXT, type=TEXT, lastTransitionTime=MOMENT, message=TEXT, reason=TEXT)
METADATA = record(
    name=TEXT, generateName=TEXT, namespace=TEXT, labels=table(TEXT), annotations=table(TEXT),
    UID=TEXT, creationTimestamp=MOMENT, deletionGracePeriodSeconds=WHOLE,
    deletionTimestamp=MOMENT, generation=WHOLE, resourceVersion=TEXT, finalizers=many(TEXT),
)  # fmt: skip
NAMESPACE = typed(
    record(
        metadata=METADATA,
        spec=record(finalizers=many(TEXT)),
        status=record(conditions=many(CONDITION), phase=TEXT),
    ),
    "kubernetes.Namespace",
)
