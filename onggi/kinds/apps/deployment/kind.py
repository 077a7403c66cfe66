"""Deployment (apps/v1)."""

from datetime import datetime

from onggi.api.kind import Column, Default, Kind, Scale, within
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, containers_of, label_selector
from onggi.kinds.core.pod.template import default_template

SPEC, STATUS = "@io.k8s.api.apps.v1.DeploymentSpec", "@io.k8s.api.apps.v1.DeploymentStatus"
ROLLING = ("spec.strategy.type", "RollingUpdate")


def ready(d: View, now: datetime) -> str:
    return f"{get(d, 'status.readyReplicas', 0)}/{get(d, 'spec.replicas', 0)}"


DEPLOYMENT = Kind(
    group="apps",
    version="v1",
    name="Deployment",
    plural="deployments",
    schema="io.k8s.api.apps.v1.Deployment",
    short=("deploy",),
    categories=("all",),
    scale=Scale(),
    defaults=(
        Default("spec.replicas", 1),
        Default("spec.strategy.type", "RollingUpdate"),
        Default("spec.strategy.rollingUpdate.maxUnavailable", "25%", when=ROLLING),
        Default("spec.strategy.rollingUpdate.maxSurge", "25%", when=ROLLING),
        Default("spec.revisionHistoryLimit", 10),
        Default("spec.progressDeadlineSeconds", 600),
    ),
    derived=(within("spec.template", default_template),),
    columns=(
        NAME,
        Column("Ready", ready,
               description="Number of the pod with ready state"),
        Column("Up-to-date", lambda d, now: get(d, "status.updatedReplicas", 0),
               description=f"{STATUS}.updatedReplicas"),
        Column("Available", lambda d, now: get(d, "status.availableReplicas", 0),
               description=f"{STATUS}.availableReplicas"),
        AGE,
        *containers_of("spec.template"),
        Column("Selector", lambda d, now: label_selector(get(d, "spec.selector"), ""), wide=True,
               description=f"{SPEC}.selector"),
    ),
)  # fmt: skip
