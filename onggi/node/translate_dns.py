"""A pod's name and resolver. Pure.

Sources: ``pkg/kubelet/network/dns/dns.go`` (GetPodDNS), GeneratePodHostNameAndDomain in
``kubelet_pods.go`` and setHostnameAsFQDN in ``kuberuntime_sandbox.go``; limits from
``pkg/apis/core/validation``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_host_network
from onggi.node.configs import Dns
from onggi.node.parts import ConfigError

CLUSTER_OPTIONS = ("ndots:5",)
MAX_SERVERS, MAX_SEARCHES, MAX_SEARCH_CHARACTERS, MAX_SEARCH = 3, 32, 2048, 253
MAX_HOSTNAME, MAX_FQDN = 63, 64


@dataclass(frozen=True, kw_only=True)
class Resolvers:
    """What the node offers: the cluster's DNS and the host's own ``resolv.conf``."""

    cluster: tuple[str, ...] = ()
    domain: str = "cluster.local"
    host: Dns = Dns()  # noqa: RUF009 (frozen)


def parse_resolv_conf(text: str) -> Dns:
    """Servers add up; of searches and options the last line holds."""
    found: dict[str, list[str]] = {"nameserver": [], "search": [], "options": []}
    for line in text.splitlines():
        word, *rest = line.split() or [""]
        if word == "nameserver":
            found[word] += rest[:1]
        elif word in found:
            found[word] = rest
    searches = [s if s == "." else s.removesuffix(".") for s in found["search"]]
    return Dns(
        servers=tuple(found["nameserver"]),
        searches=tuple(searches),
        options=tuple(found["options"]),
    )


def dns(pod: View, resolvers: Resolvers) -> tuple[Dns, list[str]]:
    """The resolver of a pod, and what had to be left out (for DNSConfigForming events)."""
    base = merged(policy_base(pod, resolvers), get(pod, "spec.dnsConfig") or {})
    servers, searches = base.servers[:MAX_SERVERS], fitting(base.searches)
    left_out = []
    if servers != base.servers:
        left_out.append(
            "Nameserver limits were exceeded, some nameservers have been omitted, "
            f"the applied nameserver line is: {' '.join(servers)}"
        )
    if searches != base.searches:
        left_out.append(
            "Search Line limits were exceeded, some search paths have been omitted, "
            f"the applied search line is: {' '.join(searches)}"
        )
    return Dns(servers=servers, searches=searches, options=base.options), left_out


def policy_base(pod: View, resolvers: Resolvers) -> Dns:
    policy = get(pod, "spec.dnsPolicy") or "ClusterFirst"
    if policy == "None":
        return Dns()
    alone = policy == "ClusterFirst" and is_host_network(pod)
    if policy == "Default" or alone or not resolvers.cluster:
        return resolvers.host
    domain, namespace = resolvers.domain, pod["metadata"]["namespace"]
    cluster = (f"{namespace}.svc.{domain}", f"svc.{domain}", domain)
    return Dns(
        servers=resolvers.cluster,
        searches=unique((*cluster, *resolvers.host.searches)),
        options=CLUSTER_OPTIONS,
    )


def merged(base: Dns, config: View) -> Dns:
    return Dns(
        servers=unique((*base.servers, *(config.get("nameservers") or ()))),
        searches=unique((*base.searches, *(config.get("searches") or ()))),
        options=merged_options(base.options, config.get("options") or ()),
    )


def merged_options(base: Iterable[str], more: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """An option of the pod replaces the node's of the same name."""
    found = {name: value for name, _, value in (option.partition(":") for option in base)}
    found |= {option["name"]: option.get("value") or "" for option in more}
    return tuple(f"{name}:{value}" if value else name for name, value in found.items())


def fitting(searches: tuple[str, ...]) -> tuple[str, ...]:
    """As many search domains as resolvers bear."""
    kept = [s for s in searches[:MAX_SEARCHES] if len(s) <= MAX_SEARCH]
    while len(" ".join(kept)) > MAX_SEARCH_CHARACTERS:
        kept.pop()
    return tuple(kept)


def unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def host_and_domain(pod: View, cluster_domain: str) -> tuple[str, str]:
    """(hostname, domain or ``""``) as they stand in the pod's ``/etc/hosts``."""
    meta, spec = pod["metadata"], pod["spec"]
    if override := spec.get("hostnameOverride"):
        return cut(override, meta["name"]), ""
    name = cut(spec.get("hostname") or meta["name"], meta["name"])
    subdomain = spec.get("subdomain")
    domain = f"{subdomain}.{meta['namespace']}.svc.{cluster_domain}" if subdomain else ""
    return name, domain


def cut(name: str, pod: str) -> str:
    """At most 63 characters, not ending in ``-`` or ``.``."""
    short = name if len(name) <= MAX_HOSTNAME else name[:MAX_HOSTNAME].rstrip("-.")
    if not short:
        raise ConfigError(f'hostname for pod "{pod}" was invalid: "{name}"')
    return short


def node_name_of_pod(pod: View, cluster_domain: str) -> str:
    """What ``uname -n`` says in the pod: the hostname, or the whole name if that is asked for."""
    name, domain = host_and_domain(pod, cluster_domain)
    if not get(pod, "spec.setHostnameAsFQDN") or not domain:
        return name
    whole = f"{name}.{domain}"
    if len(whole) > MAX_FQDN:
        raise ConfigError(
            f"failed to construct FQDN from pod hostname and cluster domain, FQDN {whole} is too "
            f"long ({MAX_FQDN} characters is the max, {len(whole)} characters requested)"
        )
    return whole
