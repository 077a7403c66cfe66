"""CONNECT as admission sees it: what exec, attach, port-forward and proxies were asked with. Pure.

Admission may change it, as any object. Sources: ``pkg/apis/core/types.go`` (PodExecOptions…),
``k8s.io/apiserver/pkg/endpoints/handlers/rest.go`` (ConnectResource).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from onggi.api.kind import Kind
from onggi.api.objects import Object, View


def option(name: str, plural: str) -> Kind:
    return Kind(
        group="", version="v1", name=name, plural=plural, schema="", virtual=True, status=False
    )


KINDS: Mapping[tuple[str, str], Kind] = {
    ("pods", "exec"): option("PodExecOptions", "pods"),
    ("pods", "attach"): option("PodAttachOptions", "pods"),
    ("pods", "portforward"): option("PodPortForwardOptions", "pods"),
    ("pods", "proxy"): option("PodProxyOptions", "pods"),
    ("services", "proxy"): option("ServiceProxyOptions", "services"),
    ("nodes", "proxy"): option("NodeProxyOptions", "nodes"),
}
TRUE = ("true", "1", "t", "True", "TRUE", "T")

Query = Mapping[str, Sequence[str]]


def flag(values: Sequence[str]) -> bool:
    return values[0] in TRUE


def numbers(values: Sequence[str]) -> list[int]:
    return [int(value) for value in values if value.isdigit()]


READ: Mapping[str, Callable[[Sequence[str]], Any]] = {
    "stdin": flag,
    "stdout": flag,
    "stderr": flag,
    "tty": flag,
    "container": lambda values: values[0],
    "command": list,
    "ports": numbers,
    "path": lambda values: values[0],
}


def options(kind: Kind, query: Query) -> Object:
    """The options of a request; what is not set is left out, as Go writes them."""
    found: Object = {"kind": kind.name, "apiVersion": kind.api_version}
    for field, read in READ.items():
        if (values := query.get(field)) and (value := read(values)):
            found[field] = value
    return found


def written(options: View, query: Query) -> Query:
    """The query that says what ``options`` say now."""
    other = {name: values for name, values in query.items() if name not in READ}
    return {**other, **{f: text(options[f]) for f in READ if options.get(f)}}


def text(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true"]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
