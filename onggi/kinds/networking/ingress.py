"""Ingress (networking.k8s.io/v1): which Service answers for which host and path.

Source: ``pkg/apis/networking/validation/validation.go``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.kind import Column, Ignored, Kind
from onggi.api.objects import View, get
from onggi.kinds.addresses import parsed
from onggi.kinds.cells import AGE, NAME, NONE, SHOWN, ingress_points
from onggi.kinds.checks import named, port_number
from onggi.kinds.core.service.rules import check_point
from onggi.kinds.fill import first_status

OLD_CLASS = "kubernetes.io/ingress.class"
PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
FORBIDDEN_PARTS = ("//", "/./", "/../", "%2f", "%2F")
FORBIDDEN_ENDS = ("/..", "/.")
NO_RESOURCE = "resource backends are not supported by Onggi yet; requests get 503"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if not spec.get("rules") and spec.get("defaultBackend") is None:
        detail = "either `defaultBackend` or `rules` must be specified"
        yield invalid("spec", list(spec.get("rules") or ()), detail)
    if (backend := spec.get("defaultBackend")) is not None:
        yield from check_backend(backend, "spec.defaultBackend")
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from check_rule(rule, f"spec.rules[{index}]")
    yield from check_tls(spec.get("tls") or (), "spec.tls")
    if (name := spec.get("ingressClassName")) is not None:
        yield from named("spec.ingressClassName", name, names.dns_subdomain)
    if old is None:
        yield from check_class(new)


def check_class(ingress: View) -> Iterator[FieldError]:
    annotation = (get(ingress, "metadata.annotations") or {}).get(OLD_CLASS)
    name = get(ingress, "spec.ingressClassName")
    if annotation is not None and name is not None and annotation != name:
        detail = "must match `ingressClassName` when both are specified"
        yield invalid(f"annotations.{OLD_CLASS}", annotation, detail)


def check_rule(rule: View, path: str) -> Iterator[FieldError]:
    if host := rule.get("host"):
        if parsed(host) is not None:
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from check_host(host, f"{path}.host")
    http = rule.get("http")
    if http is None:
        return
    paths = http.get("paths") or ()
    if not paths:
        yield required(f"{path}.http.paths")
    for index, item in enumerate(paths):
        yield from check_path(item, f"{path}.http.paths[{index}]")


def check_host(host: str, path: str) -> Iterator[FieldError]:
    rule = names.wildcard_subdomain if "*" in host else names.dns_subdomain
    yield from named(path, host, rule)


def check_path(item: View, path: str) -> Iterator[FieldError]:
    kind, text = item.get("pathType"), item.get("path") or ""
    if kind is None:
        yield required(f"{path}.pathType", "pathType must be specified")
        return
    at = f"{path}.path"
    if kind not in PATH_TYPES:
        yield not_supported(f"{path}.pathType", kind, PATH_TYPES)
    elif kind == "ImplementationSpecific":
        if text and not text.startswith("/"):
            yield invalid(at, text, "must be an absolute path")
    else:
        if not text.startswith("/"):
            yield invalid(at, text, "must be an absolute path")
        for part in FORBIDDEN_PARTS:
            if part in text:
                yield invalid(at, text, f"must not contain '{part}'")
        for end in FORBIDDEN_ENDS:
            if text.endswith(end):
                yield invalid(at, text, f"cannot end with '{end}'")
    yield from check_backend(item.get("backend") or {}, f"{path}.backend")


def check_backend(backend: View, path: str) -> Iterator[FieldError]:
    resource, service = backend.get("resource"), backend.get("service")
    if resource is not None and service is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        yield from check_reference(resource, f"{path}.resource")
    elif service is not None:
        if not service.get("name"):
            yield required(f"{path}.service.name")
        else:
            yield from named(f"{path}.service.name", service["name"], names.dns_1035_label)
        yield from check_service_port(service.get("port") or {}, path)
    else:
        yield invalid(path, "", "resource or service backend is required")


def check_service_port(port: View, path: str) -> Iterator[FieldError]:
    if port.get("name") and port.get("number"):
        yield invalid(path, "", "cannot set both port name & port number")
    elif port.get("name"):
        yield from named(f"{path}.service.port.name", port["name"], names.port_name)
    elif port.get("number"):
        yield from port_number(f"{path}.service.port.number", port["number"])
    else:
        yield required(path, "port name or number is required")


def check_reference(reference: View, path: str) -> Iterator[FieldError]:
    """To any object of the same namespace; an IngressClass's parameters too."""
    if (group := reference.get("apiGroup")) is not None:
        yield from named(f"{path}.apiGroup", group, names.dns_subdomain)
    for field in ("kind", "name"):
        if not reference.get(field):
            yield required(f"{path}.{field}")
        else:
            yield from named(f"{path}.{field}", reference[field], names.path_segment)


def check_tls(entries: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, entry in enumerate(entries):
        for place, host in enumerate(entry.get("hosts") or ()):
            yield from check_host(host, f"{path}[{index}].hosts[{place}]")
        if secret := entry.get("secretName"):
            yield from named(f"{path}[{index}].secretName", secret, names.dns_subdomain)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    for index, point in enumerate(get(new, "status.loadBalancer.ingress") or ()):
        yield from check_point(point, f"status.loadBalancer.ingress[{index}]")


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None and OLD_CLASS in (get(new, "metadata.annotations") or {}):
        yield (
            f"annotation \"{OLD_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"
        )


def hosts(ingress: View, now: datetime) -> str:
    """Counted as upstream does: rules beyond the third host, with or without one."""
    rules = get(ingress, "spec.rules") or ()
    listed: list[str] = []
    for rule in rules:
        if len(listed) == SHOWN:
            return f"{','.join(listed)} + {len(rules) - SHOWN} more..."
        if rule.get("host"):
            listed.append(rule["host"])
    return ",".join(listed) or "*"


def ports(ingress: View, now: datetime) -> str:
    return "80, 443" if get(ingress, "spec.tls") else "80"


INGRESS = Kind(
    group="networking.k8s.io",
    version="v1",
    name="Ingress",
    plural="ingresses",
    schema="io.k8s.api.networking.v1.Ingress",
    short=("ing",),
    prepare=first_status({"loadBalancer": {}}),
    rules=(check,),
    status_rules=(check_status,),
    columns=(
        NAME,
        Column("Class", lambda i, now: get(i, "spec.ingressClassName") or NONE,
               description="The name of the IngressClass resource that should be used for "
               "additional configuration"),
        Column("Hosts", hosts, description="Hosts that incoming requests are matched against "
               "before the ingress rule"),
        Column("Address", lambda i, now: ",".join(ingress_points(i)),
               description="Address is a list containing ingress points for the load-balancer"),
        Column("Ports", ports, description="Ports of TLS configurations that open"),
        AGE,
    ),
    ignored=(
        Ignored("spec.defaultBackend.resource", NO_RESOURCE),
        Ignored("spec.rules[*].http.paths[*].backend.resource", NO_RESOURCE),
    ),
    advice=(advise,),
)  # fmt: skip
