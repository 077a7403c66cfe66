"""A container's environment: ``envFrom``, ``env`` and the services. Pure.

Source: makeEnvironmentVariables in ``pkg/kubelet/kubelet_pods.go``: ``env`` overrides
``envFrom``; a value may refer to what was declared before it and to the services; service
variables fill in what nobody declared. Names and messages are upstream's.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from onggi.api.objects import View, get
from onggi.node.downward import Surroundings, Unsupported, field_value, resource_value
from onggi.node.expansion import expand
from onggi.node.parts import ConfigError
from onggi.node.service_links import service_links

Reference = tuple[str, str]  # ("configmap" | "secret", name)
Variables = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Everything outside the pod. ``objects`` has a None for what does not exist."""

    objects: Mapping[Reference, View | None] = field(default_factory=dict)
    services: Sequence[View] = ()
    around: Surroundings = field(default_factory=Surroundings)


def references(container: View) -> Iterator[Reference]:
    """The ConfigMaps and Secrets that have to be looked up."""
    for source in container.get("envFrom") or ():
        for field_name, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
            if source.get(field_name):
                yield kind, source[field_name]["name"]
    for variable in container.get("env") or ():
        origin = variable.get("valueFrom") or {}
        for field_name, kind in (("configMapKeyRef", "configmap"), ("secretKeyRef", "secret")):
            if origin.get(field_name):
                yield kind, origin[field_name]["name"]


def environment(pod: View, container: View, sources: Sources) -> Variables:
    """Names and values in the order of declaration. Raises ConfigError."""
    links = service_links(
        sources.services,
        pod["metadata"]["namespace"],
        enabled=get(pod, "spec.enableServiceLinks", True) is not False,
    )
    found: Variables = {}
    for source in container.get("envFrom") or ():
        found |= whole_source(source, sources)
    for variable in container.get("env") or ():
        if variable.get("value"):
            found[variable["name"]] = expand(variable["value"], found, links)
        elif (text := referred(pod, container, variable, sources)) is not None:
            found[variable["name"]] = text
    return found | {name: text for name, text in links.items() if name not in found}


def whole_source(source: View, sources: Sources) -> Variables:
    """All entries of a ConfigMap or Secret, with the prefix."""
    prefix = source.get("prefix") or ""
    for field_name, kind in (("configMapRef", "configmap"), ("secretRef", "secret")):
        if ref := source.get(field_name):
            return {prefix + k: v for k, v in entries(kind, ref, sources).items()}
    return {}


def referred(pod: View, container: View, variable: View, sources: Sources) -> str | None:
    """The value of a ``valueFrom``; None leaves the variable out."""
    origin = variable.get("valueFrom") or {}
    try:
        if ref := origin.get("fieldRef"):
            return field_value(pod, ref["fieldPath"], sources.around)
        if ref := origin.get("resourceFieldRef"):
            return resource_value(pod, container, ref, sources.around)
    except Unsupported as error:
        raise ConfigError(str(error)) from error
    if ref := origin.get("configMapKeyRef"):
        return one_key(pod, "configmap", ref, sources)
    if ref := origin.get("secretKeyRef"):
        return one_key(pod, "secret", ref, sources)
    if "fileKeyRef" in origin:
        raise ConfigError("fileKeyRef is not supported by this node")
    return ""


def one_key(pod: View, kind: str, ref: View, sources: Sources) -> str | None:
    if sources.objects.get((kind, ref["name"])) is None and ref.get("optional"):
        return None
    found = entries(kind, ref, sources)
    if ref["key"] in found:
        return found[ref["key"]]
    if ref.get("optional"):
        return None
    name = {"configmap": "ConfigMap", "secret": "Secret"}[kind]
    place = f"{pod['metadata']['namespace']}/{ref['name']}"
    raise ConfigError(f"couldn't find key {ref['key']} in {name} {place}")


def entries(kind: str, ref: View, sources: Sources) -> Variables:
    """The texts in a ConfigMap or Secret; nothing for an optional one that is not there."""
    found = sources.objects.get((kind, ref["name"]))
    if found is None:
        if ref.get("optional"):
            return {}
        raise ConfigError(f'{kind} "{ref["name"]}" not found')
    data = found.get("data") or {}
    if kind == "configmap":
        return dict(data)
    return {k: base64.b64decode(v).decode(errors="surrogateescape") for k, v in data.items()}
