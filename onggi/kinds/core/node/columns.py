"""``kubectl get nodes``. Source: ``pkg/printers/internalversion/printers.go`` (printNode)."""

from collections.abc import Callable
from datetime import datetime

from onggi.api.conditions import find
from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, NONE, UNKNOWN

INFO, STATUS = "@io.k8s.api.core.v1.NodeSystemInfo", "@io.k8s.api.core.v1.NodeStatus"
ROLE_PREFIX, ROLE = "node-role.kubernetes.io/", "kubernetes.io/role"


def status(node: View, now: datetime) -> str:
    ready = find(node, "Ready")
    word = "Unknown"
    if ready is not None:
        word = "Ready" if ready.get("status") == "True" else "NotReady"
    return f"{word},SchedulingDisabled" if get(node, "spec.unschedulable") else word


def roles(node: View, now: datetime) -> str:
    labels = get(node, "metadata.labels") or {}
    found = {key.removeprefix(ROLE_PREFIX) for key in labels if key.startswith(ROLE_PREFIX)}
    found.add(labels.get(ROLE) or "")
    return ",".join(sorted(found - {""})) or NONE


def address(kind: str) -> Callable[[View, datetime], str]:
    def shown(node: View, now: datetime) -> str:
        addresses = get(node, "status.addresses") or ()
        return next((a.get("address", "") for a in addresses if a.get("type") == kind), NONE)

    return shown


def info(field: str) -> Callable[[View, datetime], str]:
    return lambda node, now: get(node, f"status.nodeInfo.{field}") or UNKNOWN


COLUMNS = (
    NAME,
    Column("Status", status, description="The status of the node"),
    Column("Roles", roles, description="The roles of the node"),
    AGE,
    Column("Version", "status.nodeInfo.kubeletVersion", description=f"{INFO}.kubeletVersion"),
    Column("Internal-IP", address("InternalIP"), wide=True, description=f"{STATUS}.addresses"),
    Column("External-IP", address("ExternalIP"), wide=True, description=f"{STATUS}.addresses"),
    Column("OS-Image", info("osImage"), wide=True, description=f"{INFO}.osImage"),
    Column("Kernel-Version", info("kernelVersion"), wide=True,
           description=f"{INFO}.kernelVersion"),
    Column("Container-Runtime", info("containerRuntimeVersion"), wide=True,
           description=f"{INFO}.containerRuntimeVersion"),
)  # fmt: skip
