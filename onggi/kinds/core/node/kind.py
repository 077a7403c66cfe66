"""Node (v1): a machine that runs pods."""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, forbidden, invalid
from onggi.api.kind import PROXIED, Ignored, Kind, Subresource
from onggi.api.objects import Object, View, clone_value, get
from onggi.kinds.addresses import check_network, is_ipv6
from onggi.kinds.checks import choice, named
from onggi.kinds.core.node.columns import COLUMNS
from onggi.kinds.core.pod.rules.placement import EFFECTS
from onggi.kinds.core.pod.rules.resources import check_amount
from onggi.kinds.fill import normalize_amounts

ONE_EACH = "may specify no more than one CIDR for each IP family"
ONCE = 'node updates may not change {} except from "" to valid'


def default(node: Object) -> None:
    """What a node can give is what it has, unless it says less."""
    status = node.get("status")
    if not isinstance(status, dict):
        return
    normalize_amounts(status.get("capacity"))
    if status.get("allocatable") is None and status.get("capacity") is not None:
        status["allocatable"] = clone_value(status["capacity"])
    normalize_amounts(status.get("allocatable"))


def prepare(node: Object, old: View | None) -> None:
    """``podCIDR`` is the first of ``podCIDRs``; either may be given."""
    spec = node.get("spec")
    if not isinstance(spec, dict):
        return
    if spec.get("podCIDR") and not spec.get("podCIDRs"):
        spec["podCIDRs"] = [spec["podCIDR"]]
    if spec.get("podCIDRs"):
        spec["podCIDR"] = spec["podCIDRs"][0]


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ValidateNode, ValidateNodeUpdate."""
    yield from check_taints(get(new, "spec.taints") or (), "metadata.taints")
    yield from check_resources(new)
    if old is None:
        yield from check_networks(list(get(new, "spec.podCIDRs") or ()), "spec.podCIDRs")
        return
    yield from check_changes(new, old)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_resources(new)
    seen: list[View] = []
    for index, address in enumerate(get(new, "status.addresses") or ()):
        if address in seen:
            yield duplicate(f"status.addresses[{index}]", dict(address))
        seen.append(address)


def check_taints(taints: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for index, taint in enumerate(taints):
        at, key, effect = f"{path}[{index}]", taint.get("key") or "", taint.get("effect") or ""
        yield from named(f"{at}.key", key, names.label_key)
        value = taint.get("value") or ""
        if messages := names.label_value(value):
            yield invalid(f"{at}.value", value, ";".join(messages))
        yield from choice(f"{at}.effect", effect, EFFECTS)
        if (key, effect) in seen:
            detail = "taints must be unique by key and effect pair"
            yield duplicate(at, dict(taint))._replace(detail=detail)
        seen.add((key, effect))


def check_resources(node: View) -> Iterator[FieldError]:
    for field in ("capacity", "allocatable"):
        for name, amount in (get(node, f"status.{field}") or {}).items():
            yield from check_amount(name, amount, f"status.{field}.{name}")


def check_networks(networks: list[str], path: str) -> Iterator[FieldError]:
    for index, network in enumerate(networks):
        yield from check_network(network, f"{path}[{index}]")
    if len(networks) < 2:
        return
    families = {is_ipv6(network.partition("/")[0]) for network in networks}
    if len(families) < 2 or len(networks) > 2:
        yield invalid(path, networks, ONE_EACH)
    for index, network in enumerate(networks):
        if network in networks[:index]:
            yield duplicate(f"{path}[{index}]", network)


def check_changes(new: View, old: View) -> Iterator[FieldError]:
    before = get(old, "spec.podCIDRs") or []
    if before and (get(new, "spec.podCIDRs") or []) != before:
        yield forbidden("spec.podCIDRs", ONCE.format("podCIDR"))
    provider = get(old, "spec.providerID")
    if provider and get(new, "spec.providerID") != provider:
        yield forbidden("spec.providerID", ONCE.format("providerID"))
    if (get(new, "spec.externalID") or "") != (get(old, "spec.externalID") or ""):
        yield forbidden("spec.externalID", "may not be updated")


NODE = Kind(
    group="",
    version="v1",
    name="Node",
    plural="nodes",
    schema="io.k8s.api.core.v1.Node",
    subresources=(Subresource("proxy", "NodeProxyOptions", PROXIED),),
    namespaced=False,
    short=("no",),
    derived=(default,),
    prepare=prepare,
    rules=(check,),
    status_rules=(check_status,),
    columns=COLUMNS,
    selectable={"spec.unschedulable": "spec.unschedulable"},
    ignored=(
        Ignored("spec.configSource", "the feature is removed; the field has no effect"),
        Ignored("spec.externalID", "not used any longer"),
    ),
)
