"""DefaultTolerationSeconds: a pod outlives its node's troubles by five minutes.

Source: ``plugin/pkg/admission/defaulttolerationseconds/admission.go``.
"""

from onggi.api.objects import View
from onggi.apiserver.admission import DELETE, Lookup, Review

SECONDS = 300
TROUBLES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def default_toleration_seconds(review: Review, lookup: Lookup) -> None:
    if review.resource != "pods" or review.subresource or review.operation == DELETE:
        return
    assert review.obj is not None
    spec = review.obj["spec"]
    present = spec.get("tolerations") or []
    added = [
        {
            "key": key,
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": SECONDS,
        }
        for key in TROUBLES
        if not any(covers(toleration, key) for toleration in present)
    ]
    if added:
        spec["tolerations"] = [*present, *added]


def covers(toleration: View, key: str) -> bool:
    """Whether the client has said something about this trouble itself."""
    about = toleration.get("key") or ""
    return about in ("", key) and (toleration.get("effect") or "") in ("", "NoExecute")
