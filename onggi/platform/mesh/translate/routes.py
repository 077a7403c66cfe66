"""Ingress rules as Envoy routes. Pure.

Which rule answers, in this order: the most specific host (the name itself, a wildcard, any);
then the longest path; of equal ones ``Exact`` before ``Prefix``; of equal ones the older
Ingress. What no rule of a host matches goes on to the rules of less specific hosts, which
"apply to all inbound traffic", and at last to a default backend.

Every rule becomes two routes, because what may be sent again differs: a request that is
idempotent (RFC 9110) is retried even if its connection broke after it was sent; any other
only if it cannot have reached anybody.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from onggi.api.objects import Object
from onggi.platform.mesh.translate.resources import Backend

NAME = "ingress"
ANY = "*"
UNSAFE_METHODS = "POST|PATCH|LOCK|CONNECT"
ALWAYS_SAFE = "connect-failure,refused-stream,reset-before-request"
SAFE_IF_IDEMPOTENT = f"{ALWAYS_SAFE},reset"
TRIES = 5


class Rule(NamedTuple):
    """``path`` as written; ``rank`` orders Ingresses by age. A missing backend answers 503."""

    host: str
    path: str
    exact: bool
    backend: Backend | None
    rank: int = 0
    sticky: bool = False

    @property
    def order(self) -> tuple[int, bool, int]:
        return -len(self.clean), not self.exact, self.rank

    @property
    def clean(self) -> str:
        """A prefix without its final slash: ``/a/`` and ``/a`` mean the same."""
        return self.path if self.exact else self.path.rstrip("/") or "/"


def route_configuration(rules: Iterable[Rule], defaults: Iterable[Rule]) -> Object:
    """``defaults`` are the default backends: of a host, or of everybody (host ``*``)."""
    by_host = grouped(rules)
    fallback = grouped(defaults)
    hosts = [*by_host, *(h for h in fallback if h not in by_host), ANY]
    return {
        "name": NAME,
        "virtual_hosts": [
            virtual_host(host, by_host, fallback) for host in sorted(dict.fromkeys(hosts))
        ],
        "ignore_port_in_host_matching": True,
        "request_headers_to_add": forwarded_headers(),
        "request_headers_to_remove": ["x-envoy-external-address"],
    }


def grouped(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(rule.host or ANY, []).append(rule)
    return groups


def forwarded_headers() -> list[Object]:
    """Beside X-Forwarded-For, -Proto and -Port, which Envoy itself adds."""
    values = {
        "X-Forwarded-Host": "%REQ(:AUTHORITY)%",
        "X-Real-IP": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
    }
    return [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in values.items()
    ]


def virtual_host(
    host: str, by_host: dict[str, list[Rule]], defaults: dict[str, list[Rule]]
) -> Object:
    """All routes that a request for this host may take, in their order."""
    routes = []
    for level in levels(host):
        for rule in sorted(by_host.get(level, ()), key=lambda r: r.order):
            routes += routes_of(rule, only_host(level))
    for level in levels(host):
        for rule in defaults.get(level, ())[:1]:
            routes += routes_of(rule, only_host(level))
    return {"name": host, "domains": [host], "routes": routes}


def levels(host: str) -> list[str]:
    """The host, the wildcard that covers it, and everybody."""
    if host == ANY:
        return [ANY]
    if host.startswith("*."):
        return [host, ANY]
    return [host, f"*.{host.partition('.')[2]}", ANY]


def only_host(host: str) -> Object | None:
    """A wildcard stands for exactly one label, which Envoy's own does not ensure."""
    if not host.startswith("*."):
        return None
    pattern = rf"[^.]+{re.escape(host[1:])}(:[0-9]+)?"
    return {"name": ":authority", "string_match": {"safe_regex": {"regex": f"(?i){pattern}"}}}


def routes_of(rule: Rule, host: Object | None) -> list[Object]:
    match = {**path_match(rule), **({"headers": [host]} if host else {})}
    if rule.backend is None:
        return [{"match": match, "direct_response": unavailable()}]
    unsafe = {"name": ":method", "string_match": {"safe_regex": {"regex": UNSAFE_METHODS}}}
    guarded = {**match, "headers": [*match.get("headers", ()), unsafe]}
    return [
        {"match": guarded, "route": action(rule, rule.backend, ALWAYS_SAFE)},
        {"match": match, "route": action(rule, rule.backend, SAFE_IF_IDEMPOTENT)},
    ]


def path_match(rule: Rule) -> Object:
    if rule.exact:
        return {"path": rule.path}
    return {"prefix": "/"} if rule.clean == "/" else {"path_separated_prefix": rule.clean}


def unavailable() -> Object:
    return {"status": 503, "body": {"inline_string": "no backend for this path\n"}}


def action(rule: Rule, backend: Backend, retry_on: str) -> Object:
    """No limit on the whole answer (downloads, server-sent events); silence ends it after the
    listener's idle timeout."""
    sticky = [{"connection_properties": {"source_ip": True}}] if rule.sticky else []
    return {
        "cluster": backend.cluster,
        "timeout": "0s",
        "retry_policy": {
            "retry_on": retry_on,
            "num_retries": TRIES,
            "retry_back_off": {"base_interval": "0.005s", "max_interval": "0.1s"},
            "retry_host_predicate": [previous_hosts()],
            "host_selection_retry_max_attempts": TRIES,
        },
        **({"hash_policy": sticky} if sticky else {}),
    }


def previous_hosts() -> Object:
    """A retry goes to another pod than the one that failed."""
    name = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"
    return {
        "name": "envoy.retry_host_predicates.previous_hosts",
        "typed_config": {"@type": f"type.googleapis.com/{name}"},
    }
