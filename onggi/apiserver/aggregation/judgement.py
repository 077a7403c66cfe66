"""Whether an extension server can be reached at all, as far as the store tells. Pure.

Source: ``k8s.io/kube-aggregator/pkg/controllers/status/remote/remote_available_controller.go``.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.apiserver.admission import Lookup
from onggi.apiserver.webhooks.where import SERVICE_NAME
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE


class Condition(NamedTuple):
    status: str
    reason: str
    message: str


PASSED = Condition("True", "Passed", "all checks passed")


def unreachable(service: View, lookup: Lookup) -> Condition | None:
    """Why the Service of an APIService leads nowhere; None where it has to be asked."""
    wanted = service["spec"]["service"]
    namespace, name, number = wanted["namespace"], wanted["name"], wanted.get("port", 443)
    where = f"service/{name} in {quote(namespace)}"
    found = lookup.get(SERVICE, namespace, name)
    if found is None:
        return Condition("False", "ServiceNotFound", f"{where} is not present")
    if get(found, "spec.type", "ClusterIP") != "ClusterIP":
        return None
    port = next((p for p in get(found, "spec.ports") or () if p.get("port") == number), None)
    if port is None:
        message = f"{where} is not listening on port {number}"
        return Condition("False", "ServicePortError", message)
    slices = slices_of(lookup.list(ENDPOINTSLICE, namespace), name)
    if not slices:
        message = f"cannot find endpointslices for {where}"
        return Condition("False", "EndpointsNotFound", message)
    port_name = port.get("name") or ""
    if not any(has_endpoint(piece, port_name) for piece in slices):
        message = f"endpointslices for {where} have no addresses with port name {quote(port_name)}"
        return Condition("False", "MissingEndpoints", message)
    return None


def slices_of(slices: Sequence[View], service: str) -> list[View]:
    return [p for p in slices if get(p, "metadata.labels", {}).get(SERVICE_NAME) == service]


def has_endpoint(piece: View, port_name: str) -> bool:
    ready = any(
        get(endpoint, "conditions.ready") in (True, None)
        for endpoint in piece.get("endpoints") or ()
    )
    ports = piece.get("ports") or ()
    return ready and any((p.get("name") or "") == port_name and p.get("port") for p in ports)
