"""Service (v1): a stable address for a changing set of pods."""

from collections.abc import Iterator

from onggi.api.kind import PROXIED, Ignored, Kind, Subresource
from onggi.api.objects import View, get
from onggi.kinds.core.service.columns import COLUMNS
from onggi.kinds.core.service.prepare import BALANCER, default, is_headless, prepare
from onggi.kinds.core.service.rules import check, check_status

NO_BALANCER = "no load balancer is provided by Onggi yet; it stays <pending>, its node ports work"


def advise(new: View, old: View | None) -> Iterator[str]:
    """Source: ``pkg/api/service/warnings.go``."""
    spec = new.get("spec") or {}
    if spec.get("type") == BALANCER and (old is None or get(old, "spec.type") != BALANCER):
        yield f"spec.type: {NO_BALANCER}"
    if spec.get("externalIPs") and spec.get("type") == "ExternalName":
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if spec.get("type") != "ExternalName" and spec.get("externalName"):
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if is_headless(spec) and spec.get("sessionAffinity") not in (None, "None"):
        yield "spec.SessionAffinity is ignored for headless services"
    if spec.get("loadBalancerIP") and is_headless(spec):
        yield "spec.loadBalancerIP is ignored for headless services"


SERVICE = Kind(
    group="",
    version="v1",
    name="Service",
    plural="services",
    schema="io.k8s.api.core.v1.Service",
    short=("svc",),
    categories=("all",),
    name_rule="label1035",
    derived=(default,),
    prepare=prepare,
    rules=(check,),
    status_rules=(check_status,),
    columns=COLUMNS,
    selectable={"spec.clusterIP": "spec.clusterIP", "spec.type": "spec.type"},
    ignored=(
        Ignored("spec.loadBalancerIP", NO_BALANCER),
        Ignored("spec.loadBalancerClass", NO_BALANCER),
        Ignored("spec.loadBalancerSourceRanges", NO_BALANCER),
        Ignored("spec.trafficDistribution", "not supported by Onggi yet; all endpoints are equal"),
    ),
    advice=(advise,),
    subresources=(Subresource("proxy", "ServiceProxyOptions", PROXIED),),
)
