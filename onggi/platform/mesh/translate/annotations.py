"""Annotations that other ingress controllers act on, and we do not: never quietly. Pure."""

from collections.abc import Iterator

from onggi.api.objects import View
from onggi.platform.mesh.translate.resources import Problem

OF_OTHERS = (  # the domain itself, or one below it
    "ingress.kubernetes.io",  # nginx., traefik., haproxy., alb., appgw., gce. …
    "nginx.org",
    "nginx.com",
    "traefik.io",
    "traefik.containo.us",
    "haproxy.org",
    "haproxy-ingress.github.io",
    "konghq.com",
    "projectcontour.io",
    "getambassador.io",
)


def foreign(ingress: View) -> list[str]:
    """Their keys, in order."""
    annotations = ingress["metadata"].get("annotations") or {}
    return sorted(key for key in annotations if is_foreign(key))


def is_foreign(key: str) -> bool:
    domain, slash, _ = key.partition("/")
    return bool(slash) and any(domain == d or domain.endswith(f".{d}") for d in OF_OTHERS)


def unsupported(ingress: View) -> Iterator[Problem]:
    if keys := foreign(ingress):
        meta = ingress["metadata"]
        message = f"annotations of other ingress controllers have no effect: {', '.join(keys)}"
        yield Problem(meta["namespace"], meta["name"], "UnsupportedAnnotations", message)
