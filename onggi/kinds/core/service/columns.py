"""``kubectl get services``. Source: ``pkg/printers/internalversion/printers.go`` (printService)."""

from datetime import datetime

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, NONE, UNKNOWN, ingress_points, label_map

SPEC = "@io.k8s.api.core.v1.ServiceSpec"


def cluster_ip(service: View, now: datetime) -> str:
    addresses = get(service, "spec.clusterIPs") or ()
    return addresses[0] if addresses else NONE


def external_ip(service: View, now: datetime) -> str:
    own = list(get(service, "spec.externalIPs") or ())
    match get(service, "spec.type"):
        case "ClusterIP" | "NodePort":
            return ",".join(own) or NONE
        case "LoadBalancer":
            return ",".join(ingress_points(service) + own) or "<pending>"
        case "ExternalName":
            return get(service, "spec.externalName") or ""
    return UNKNOWN


def ports(service: View, now: datetime) -> str:
    return ",".join(port_text(port) for port in get(service, "spec.ports") or ()) or NONE


def port_text(port: View) -> str:
    number = str(port.get("port", 0))
    if port.get("nodePort"):
        number += f":{port['nodePort']}"
    return f"{number}/{port.get('protocol', '')}"


COLUMNS = (
    NAME,
    Column("Type", "spec.type", description=f"{SPEC}.type"),
    Column("Cluster-IP", cluster_ip, description=f"{SPEC}.clusterIP"),
    Column("External-IP", external_ip, description=f"{SPEC}.externalIPs"),
    Column("Port(s)", ports, description=f"{SPEC}.ports"),
    AGE,
    Column(
        "Selector",
        lambda service, now: label_map(get(service, "spec.selector")),
        wide=True,
        description=f"{SPEC}.selector",
    ),
)
