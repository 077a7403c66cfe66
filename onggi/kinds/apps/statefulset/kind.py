"""StatefulSet (apps/v1): pods with names of their own, one after the other.

Sources: ``pkg/apis/apps/v1/defaults.go``, ``pkg/registry/apps/statefulset/strategy.go``,
``printStatefulSet`` in ``pkg/printers/internalversion/printers.go``.
"""

from collections.abc import Iterator

from onggi.api.kind import Column, Default, Kind, Scale, within
from onggi.api.objects import Object, View, get
from onggi.kinds.apps.statefulset.rules import check, check_status
from onggi.kinds.cells import AGE, NAME, containers_of, ready
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template
from onggi.kinds.core.pod.template import default_template
from onggi.kinds.fill import fill_zero, first_status, items

RETENTION = "spec.persistentVolumeClaimRetentionPolicy"


def default_strategy(sts: Object) -> None:
    """A strategy that was chosen without its figures keeps none, as upstream's code has it."""
    spec = sts.setdefault("spec", {})
    if not isinstance(spec, dict):
        return
    strategy = spec.setdefault("updateStrategy", {})
    if not isinstance(strategy, dict):
        return
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
        if strategy.get("rollingUpdate") is None:
            strategy["rollingUpdate"] = {}
    rolling = strategy.get("rollingUpdate")
    if strategy["type"] == "RollingUpdate" and isinstance(rolling, dict):
        if rolling.get("partition") is None:
            rolling["partition"] = 0
        if rolling.get("maxUnavailable") is None:
            rolling["maxUnavailable"] = 1


def default_claims(sts: Object) -> None:
    """Claims carry their kind, as in the days when they were whole objects."""
    spec = sts.get("spec")
    for claim in items(spec, "volumeClaimTemplates") if isinstance(spec, dict) else ():
        fill_zero(claim, {"apiVersion": "v1", "kind": "PersistentVolumeClaim"})
        fill_zero(claim.setdefault("spec", {}), {"volumeMode": "Filesystem"})
        claim["status"] = {"phase": "Pending"}


def advise_names(new: View, old: View | None) -> Iterator[str]:
    limit = get(new, "spec.revisionHistoryLimit")
    if limit is not None and limit < 0:
        yield "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"  # noqa: E501


STATEFULSET = Kind(
    group="apps",
    version="v1",
    name="StatefulSet",
    plural="statefulsets",
    schema="io.k8s.api.apps.v1.StatefulSet",
    short=("sts",),
    categories=("all",),
    scale=Scale(),
    name_rule="label",
    defaults=(
        Default("spec.podManagementPolicy", "OrderedReady"),
        Default("spec.replicas", 1),
        Default("spec.revisionHistoryLimit", 10),
        Default(f"{RETENTION}.whenDeleted", "Retain"),
        Default(f"{RETENTION}.whenScaled", "Retain"),
    ),
    derived=(within("spec.template", default_template), default_strategy, default_claims),
    prepare=first_status({"replicas": 0, "availableReplicas": 0}),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Ready", ready, description="Number of the pod with ready state"),
        AGE,
        *containers_of("spec.template"),
    ),
    ignored=ignored.at("spec.template.spec"),
    advice=(on_template, advise_names),
)
