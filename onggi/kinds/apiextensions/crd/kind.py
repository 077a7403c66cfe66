"""CustomResourceDefinition: the kind.

Sources: ``k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition``
(strategy.go, etcd.go), ``pkg/apis/apiextensions/v1/defaults.go``.
"""

from datetime import datetime

from onggi.api.conditions import condition, with_condition
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.apiextensions.crd.advice import advice
from onggi.kinds.apiextensions.crd.rules import rules, status_rules
from onggi.kinds.cells import CREATED_AT, NAME

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
HTTPS = 443
SAYS_PENDING = (
    "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
)


def default(crd: Object) -> None:
    spec = crd.get("spec") or {}
    names = spec.setdefault("names", {})
    if kind := names.get("kind"):
        names.setdefault("singular", kind.lower())
        names.setdefault("listKind", f"{kind}List")
    if "conversion" not in spec:
        spec["conversion"] = {"strategy": "None"}
    if service := get(spec, "conversion.webhook.clientConfig.service"):
        service.setdefault("port", HTTPS)
    crd["spec"] = spec


def prepare(crd: Object, old: View | None) -> None:
    """The version that is stored from now on is one of those that objects may be stored in."""
    status = crd.setdefault("status", {})
    stored = status.setdefault("storedVersions", [])
    for version in crd["spec"].get("versions") or ():
        if version.get("storage"):
            if version.get("name") not in stored:
                stored.append(version.get("name"))
            break


def marked(crd: Object, now: datetime) -> None:
    """What the first request to delete a definition leaves on it."""
    finalizers = crd["metadata"].setdefault("finalizers", [])
    if CLEANUP not in finalizers:
        finalizers.append(CLEANUP)
    status = crd.setdefault("status", {})
    pending = condition("Terminating", True, "InstanceDeletionPending", SAYS_PENDING)
    status["conditions"] = with_condition(status.get("conditions"), pending, now)


CRD = Kind(
    group="apiextensions.k8s.io",
    version="v1",
    name="CustomResourceDefinition",
    plural="customresourcedefinitions",
    schema="io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
    namespaced=False,
    short=("crd", "crds"),
    categories=("api-extensions",),
    derived=(default,),
    prepare=prepare,
    rules=(rules,),
    status_rules=(status_rules,),
    columns=(NAME, CREATED_AT),
    advice=(advice,),
)
