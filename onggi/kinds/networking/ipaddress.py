"""IPAddress (networking.k8s.io/v1): one address, and who uses it.

Source: ``pkg/apis/networking/validation/validation.go`` (ValidateIPAddress).
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, immutable, required
from onggi.api.kind import Column, Kind
from onggi.api.names import dns_subdomain, path_segment
from onggi.api.objects import View, get
from onggi.kinds.cells import NAME, NONE
from onggi.kinds.checks import named

MANAGED_BY = "ipaddress.kubernetes.io/managed-by"
UNREAD = "spec: Onggi gives out addresses of Services without asking; this one reserves nothing"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    parent = get(new, "spec.parentRef")
    if old is not None:
        if parent != get(old, "spec.parentRef"):
            yield immutable("spec.parentRef", parent)
        return
    if parent is None:
        yield required("spec.parentRef")
        return
    if group := parent.get("group"):
        yield from named("spec.parentRef.group", group, dns_subdomain)
    for field in ("resource", "name", "namespace"):
        if parent.get(field):
            yield from named(f"spec.parentRef.{field}", parent[field], path_segment)
        elif field != "namespace":
            yield required(f"spec.parentRef.{field}")


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None:
        yield UNREAD


def parent(address: View, now: datetime) -> str:
    """``services/default/kubernetes``"""
    reference = get(address, "spec.parentRef")
    if reference is None:
        return NONE
    group = f".{reference['group']}" if reference.get("group") else ""
    resource = f"{reference.get('resource', '')}{group}".lower()
    middle = f"/{reference['namespace']}" if reference.get("namespace") else ""
    return f"{resource}{middle}/{reference.get('name', '')}"


IPADDRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    name="IPAddress",
    plural="ipaddresses",
    schema="io.k8s.api.networking.v1.IPAddress",
    namespaced=False,
    short=("ip",),
    status=False,
    name_rule="address",
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("ParentRef", parent,
               description="@io.k8s.api.networking.v1.IPAddressSpec.parentRef"),
    ),
)  # fmt: skip
