"""All Ingresses that are ours, as one configuration of Envoy. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from onggi.api.objects import View, get
from onggi.api.plan import World
from onggi.kinds.core.service import SERVICE
from onggi.platform.mesh.translate import clusters, listeners
from onggi.platform.mesh.translate.annotations import unsupported
from onggi.platform.mesh.translate.listeners import NAMELESS, Doors, Pair
from onggi.platform.mesh.translate.resources import (
    CLUSTER,
    ENDPOINTS,
    LISTENER,
    ROUTES,
    SECRET,
    Backend,
    Problem,
    Translation,
)
from onggi.platform.mesh.translate.routes import ANY, Rule, route_configuration

SecretName = tuple[str, str]
FALLBACK: SecretName = ("", "fallback")  # no namespace: it is nobody's Secret
UNMATCHABLE = frozenset("?#")
LAST = 1_000_000  # after every default backend that was meant for everybody
Certificates = Mapping[SecretName, Pair | str]  # the pair, or what is wrong with the Secret


@dataclass
class Draft:
    """What has been gathered so far."""

    backends: dict[str, Backend] = field(default_factory=dict)  # by cluster
    rules: list[Rule] = field(default_factory=list)
    defaults: list[Rule] = field(default_factory=list)
    server_names: dict[str, SecretName] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def translate(
    world: World,
    ingresses: Sequence[View],
    certificates: Certificates,
    doors: Doors,
    fallback: Pair | None = None,
) -> Translation:
    """``ingresses`` are ours, the oldest first (``classes.ours``). ``fallback`` is for hosts
    that nobody brings a certificate for."""
    draft = Draft()
    for rank, ingress in enumerate(ingresses):
        add_rules(draft, world, ingress, rank)
        add_default(draft, world, ingress, rank)
        add_certificates(draft, ingress, certificates)
        draft.problems += unsupported(ingress)
    if fallback:
        draft.server_names.setdefault(NAMELESS, FALLBACK)
        certificates = {**certificates, FALLBACK: fallback}
    found = {name: pair_of(name, certificates) for name in draft.server_names.values()}
    names = {host: joined(name) for host, name in draft.server_names.items()}
    services = {b: world.get(SERVICE, b.namespace, b.service) for b in draft.backends.values()}
    real = {backend: service for backend, service in services.items() if service}
    watched = [b for b, service in real.items() if not clusters.is_external(service)]
    resources = {
        CLUSTER: {b.cluster: clusters.cluster(b, service) for b, service in real.items()},
        ENDPOINTS: {b.cluster: clusters.endpoints(world, b) for b in watched},
        LISTENER: listeners.listeners(doors, names),
        ROUTES: {"ingress": route_configuration(draft.rules, ordered(draft.defaults))},
        SECRET: {
            joined(name): listeners.secret(joined(name), pair) for name, pair in found.items()
        },
    }
    return Translation(resources, tuple(dict.fromkeys(draft.problems)), by_service(watched))


def by_service(backends: Sequence[Backend]) -> dict[SecretName, tuple[Backend, ...]]:
    groups: dict[tuple[str, str], tuple[Backend, ...]] = {}
    for backend in backends:
        key = (backend.namespace, backend.service)
        groups[key] = (*groups.get(key, ()), backend)
    return groups


def joined(name: SecretName) -> str:
    return "/".join(name)


def problem(ingress: View, reason: str, message: str) -> Problem:
    meta = ingress["metadata"]
    return Problem(meta["namespace"], meta["name"], reason, message)


def add_rules(draft: Draft, world: World, ingress: View, rank: int) -> None:
    for rule in get(ingress, "spec.rules") or ():
        for path in get(rule, "http.paths") or ():
            text = path.get("path") or "/"
            if UNMATCHABLE & set(text):
                why = f"path {text} can match no request: it has a query or a fragment"
                draft.problems.append(problem(ingress, "PathNotUsable", why))
                continue
            backend, sticky = known(draft, world, ingress, path["backend"])
            draft.rules.append(
                Rule(
                    (rule.get("host") or ANY).lower(),
                    text,
                    exact=path.get("pathType") == "Exact",
                    backend=backend,
                    rank=rank,
                    sticky=sticky,
                )
            )


def add_default(draft: Draft, world: World, ingress: View, rank: int) -> None:
    """For the hosts that the Ingress has rules for; without rules, for everybody. Who matches
    nothing at all gets the first of them all."""
    reference = get(ingress, "spec.defaultBackend")
    if not reference:
        return
    backend, sticky = known(draft, world, ingress, reference)
    hosts = {(r.get("host") or ANY).lower() for r in get(ingress, "spec.rules") or ()}
    for host in sorted(hosts | {ANY}):
        place = rank if host in hosts or not hosts else LAST + rank
        draft.defaults.append(Rule(host, "/", False, backend, place, sticky))


def ordered(defaults: Sequence[Rule]) -> list[Rule]:
    return sorted(defaults, key=lambda rule: rule.rank)


def known(
    draft: Draft, world: World, ingress: View, reference: View
) -> tuple[Backend | None, bool]:
    """The backend, and whether clients stick to a pod; None where it cannot be found."""
    namespace = ingress["metadata"]["namespace"]
    if not reference.get("service"):
        text = "resource backends are not supported"
        draft.problems.append(problem(ingress, "BackendNotSupported", text))
        return None, False
    found = clusters.find(world, namespace, reference["service"])
    if isinstance(found, str):
        draft.problems.append(problem(ingress, "BackendNotFound", found))
        return None, False
    draft.backends[found.cluster] = found
    service = world.get(SERVICE, namespace, found.service)
    return found, get(service or {}, "spec.sessionAffinity") == "ClientIP"


def add_certificates(draft: Draft, ingress: View, certificates: Certificates) -> None:
    """Of two Ingresses that bring a certificate for a host, the older one's is used."""
    for name, hosts in wanted(ingress):
        found = certificates.get(name, "not found")
        if isinstance(found, str):
            text = f'secret "{joined(name)}": {found}'
            draft.problems.append(problem(ingress, "CertificateNotUsable", text))
            continue
        for host in hosts:
            draft.server_names.setdefault(host, name)


def wanted(ingress: View) -> Iterator[tuple[SecretName, list[str]]]:
    """The Secrets of an Ingress with the hosts that they are for."""
    namespace = ingress["metadata"]["namespace"]
    for entry in get(ingress, "spec.tls") or ():
        if entry.get("secretName"):
            hosts = [host.lower() for host in entry.get("hosts") or ()]
            yield (namespace, entry["secretName"]), hosts or [NAMELESS]


def pair_of(name: SecretName, certificates: Certificates) -> Pair:
    found = certificates[name]
    assert isinstance(found, Pair), "only usable certificates get a server name"
    return found
