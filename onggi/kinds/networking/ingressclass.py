"""IngressClass (networking.k8s.io/v1): which controller serves an Ingress."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    forbidden,
    immutable,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME, NONE
from onggi.kinds.checks import named
from onggi.kinds.networking.ingress import check_reference

CONTROLLER_LIMIT = 250
SCOPES = ("Cluster", "Namespace")


def default(ingress_class: Object) -> None:
    parameters = get(ingress_class, "spec.parameters")
    if isinstance(parameters, dict) and parameters.get("scope") is None:
        parameters["scope"] = "Cluster"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ``pkg/apis/networking/validation/validation.go`` (ValidateIngressClass)."""
    controller = get(new, "spec.controller") or ""
    path = "spec.controller"
    if old is not None and controller != (get(old, path) or ""):
        yield immutable(path, controller)
    if not controller:
        yield required(path)
    else:
        if len(controller) > CONTROLLER_LIMIT:
            yield too_long(path, CONTROLLER_LIMIT)
        yield from check_prefixed_path(controller, path)
    if (parameters := get(new, "spec.parameters")) is not None:
        yield from check_reference(parameters, "spec.parameters")
        yield from check_scope(parameters, "spec.parameters")


def check_prefixed_path(text: str, path: str) -> Iterator[FieldError]:
    """``example.com/controller``."""
    domain, slash, rest = text.partition("/")
    if not slash:
        detail = 'must be a domain-prefixed path (such as "acme.io/foo")'
        yield invalid(path, text, detail)
        return
    yield from named(path, domain, names.dns_subdomain)
    if not rest or names.http_path(rest):
        yield invalid(path, text, names.regex_message("Invalid path", names.HTTP_PATH))


def check_scope(parameters: View, path: str) -> Iterator[FieldError]:
    scope, namespace = parameters.get("scope"), parameters.get("namespace")
    if scope is None:
        yield required(f"{path}.scope")
    elif scope not in SCOPES:
        yield not_supported(f"{path}.scope", scope, SCOPES)
    elif scope == "Cluster":
        if namespace is not None:
            yield forbidden(f"{path}.namespace", "`parameters.scope` is set to 'Cluster'")
    elif namespace is None:
        yield required(f"{path}.namespace", "`parameters.scope` is set to 'Namespace'")
    else:
        yield from named(f"{path}.namespace", namespace, names.dns_label)


def shown_parameters(ingress_class: View, now: datetime) -> str:
    parameters = get(ingress_class, "spec.parameters")
    if parameters is None:
        return NONE
    group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") is not None else ""
    return f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"


INGRESSCLASS = Kind(
    group="networking.k8s.io",
    version="v1",
    name="IngressClass",
    plural="ingressclasses",
    schema="io.k8s.api.networking.v1.IngressClass",
    namespaced=False,
    status=False,
    derived=(default,),
    rules=(check,),
    columns=(
        NAME,
        Column("Controller", "spec.controller",
               description="Controller that is responsible for handling this class"),
        Column("Parameters", shown_parameters,
               description="A reference to a resource with additional parameters"),
        AGE,
    ),
)  # fmt: skip
