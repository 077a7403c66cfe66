"""ServiceCIDR (networking.k8s.io/v1): networks from which Services get their addresses.

The server puts ``kubernetes`` in place, with the network it was started with; addresses come
from there and from nowhere else yet. Source: ``pkg/apis/networking/validation/validation.go``.
"""

from collections.abc import Iterator, Sequence

from onggi.api.field_error import FieldError, immutable, invalid, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import View, get
from onggi.kinds.addresses import check_strict_network, is_ipv6
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.fill import first_status

DEFAULT = "kubernetes"
PATH = "spec.cidrs"
UNREAD = "spec.cidrs: Onggi takes addresses of Services only from the ServiceCIDR it created"
DUAL = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    networks: Sequence[str] = get(new, PATH) or ()
    if old is None:
        yield from check_networks(networks)
        return
    before: Sequence[str] = get(old, PATH) or ()
    if len(networks) == len(before):
        for index, (after, was) in enumerate(zip(networks, before, strict=True)):
            if after != was:
                yield immutable(f"{PATH}[{index}]", after)
    elif len(before) == 1 and len(networks) == 2:
        if networks[0] != before[0]:
            yield immutable(f"{PATH}[0]", networks[0])
        yield from check_networks(networks)
    else:
        yield immutable(PATH, list(networks))


def check_networks(networks: Sequence[str]) -> Iterator[FieldError]:
    if not networks:
        yield required(PATH, "at least one CIDR required")
        return
    if len(networks) > 2:
        yield invalid(PATH, {"cidrs": list(networks)}, "may only hold up to 2 values")
        return
    wrong = [list(check_strict_network(n, f"{PATH}[{i}]")) for i, n in enumerate(networks)]
    for errors in wrong:
        yield from errors
    if len(networks) == 2 and not any(wrong):
        first, second = (is_ipv6(network.partition("/")[0]) for network in networks)
        if first == second:
            yield invalid(PATH, list(networks), DUAL)


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None or get(new, PATH) != get(old, PATH):
        yield UNREAD


SERVICECIDR = Kind(
    group="networking.k8s.io",
    version="v1",
    name="ServiceCIDR",
    plural="servicecidrs",
    schema="io.k8s.api.networking.v1.ServiceCIDR",
    namespaced=False,
    prepare=first_status({}),
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("CIDRs", lambda cidr, now: ",".join(get(cidr, PATH) or ()),
               description="@io.k8s.api.networking.v1.ServiceCIDRSpec.cidrs"),
        AGE,
    ),
)  # fmt: skip
