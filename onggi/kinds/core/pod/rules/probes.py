"""Probes and lifecycle hooks: exactly one handler, and sensible figures.

Source: ``pkg/apis/core/validation/validation.go`` (validateProbe, validateHandler).
"""

from collections.abc import Callable, Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.objects import View
from onggi.kinds.checks import choice, named, non_negative, port_reference

FIGURES = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)
PROBE_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
HOOK_HANDLERS = ("exec", "httpGet", "tcpSocket", "sleep")


def check_probes(container: View, path: str, grace: int | None) -> Iterator[FieldError]:
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(name)
        if probe is not None:
            yield from check_probe(name, probe, f"{path}.{name}", grace)


def check_probe(name: str, probe: View, path: str, grace: int | None) -> Iterator[FieldError]:
    yield from check_handler(probe, PROBE_HANDLERS, path, grace)
    for figure in FIGURES:
        yield from non_negative(f"{path}.{figure}", probe.get(figure))
    period = probe.get("terminationGracePeriodSeconds")
    if period is not None and period <= 0:
        yield invalid(f"{path}.terminationGracePeriodSeconds", period, "must be greater than 0")
    if name == "readinessProbe":
        if period is not None:
            detail = "must not be set for readinessProbes"
            yield invalid(f"{path}.terminationGracePeriodSeconds", period, detail)
    elif probe.get("successThreshold") != 1:
        yield invalid(f"{path}.successThreshold", probe.get("successThreshold", 0), "must be 1")


def check_lifecycle(lifecycle: View, path: str, grace: int | None) -> Iterator[FieldError]:
    for name in ("postStart", "preStop"):
        if (hook := lifecycle.get(name)) is not None:
            yield from check_handler(hook, HOOK_HANDLERS, f"{path}.{name}", grace)


def check_handler(
    handler: View, kinds: tuple[str, ...], path: str, grace: int | None
) -> Iterator[FieldError]:
    found = [kind for kind in kinds if handler.get(kind) is not None]
    for kind in found[:1]:
        if kind == "sleep":
            yield from check_sleep(handler["sleep"], f"{path}.sleep", grace)
        else:
            yield from HANDLERS[kind](handler[kind], f"{path}.{kind}")
    for kind in found[1:]:
        yield forbidden(f"{path}.{kind}", "may not specify more than 1 handler type")
    if not found:
        yield required(path, "must specify a handler type")


def check_exec(exec: View, path: str) -> Iterator[FieldError]:
    if not exec.get("command"):
        yield required(f"{path}.command")


def check_http(http: View, path: str) -> Iterator[FieldError]:
    if not http.get("path"):
        yield required(f"{path}.path")
    yield from port_reference(f"{path}.port", http.get("port"))
    yield from choice(f"{path}.scheme", http.get("scheme"), ("HTTP", "HTTPS"))
    for header in http.get("httpHeaders") or ():
        yield from named(f"{path}.httpHeaders", header.get("name", ""), names.header_name)


def check_port(action: View, path: str) -> Iterator[FieldError]:
    yield from port_reference(f"{path}.port", action.get("port"))


def check_sleep(sleep: View, path: str, grace: int | None) -> Iterator[FieldError]:
    seconds = sleep.get("seconds", 0)
    if grace is not None and not 0 <= seconds <= grace:
        detail = f"must be non-negative and less than terminationGracePeriodSeconds ({grace})"
        yield invalid(path, seconds, detail)


HANDLERS: dict[str, Callable[[View, str], Iterator[FieldError]]] = {
    "exec": check_exec,
    "httpGet": check_http,
    "tcpSocket": check_port,
    "grpc": check_port,
}
