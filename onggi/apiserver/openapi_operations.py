"""What can be done with a kind, as data: the operations of an OpenAPI document. Pure.

``operations(kind)`` yields one ``Operation`` for each path and method that the server answers
for it; ``openapi_v2`` and ``openapi_v3`` write them down in their dialects.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from onggi.api.kind import Kind, Subresource
from onggi.apiserver.openapi_custom import list_name

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
STATUS, OPTIONS, PATCH = f"{META}.Status", f"{META}.DeleteOptions", f"{META}.Patch"
SCALE = "io.k8s.api.autoscaling.v1.Scale"
TEXT = ""  # the answer is no object

PATCH_TYPES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)


STRATEGIC = "application/strategic-merge-patch+json"


class Parameter(NamedTuple):
    name: str
    type: str
    description: str
    place: str = "query"


PRETTY = Parameter("pretty", "string", "If 'true', then the output is pretty printed.")
DRY_RUN = Parameter("dryRun", "string", "'All' goes through all stages but stores nothing.")
MANAGER = Parameter("fieldManager", "string", "The name of the one who makes the change.")
VALIDATION = Parameter(
    "fieldValidation",
    "string",
    "What to do about unknown and duplicate fields: Ignore, Warn (the default) or Strict.",
)
FORCE = Parameter("force", "boolean", "Take over fields that others manage; for apply only.")
GRACE = Parameter("gracePeriodSeconds", "integer", "Seconds before the object is deleted.")
ORPHAN = Parameter("orphanDependents", "boolean", "Deprecated: use propagationPolicy.")
POLICY = Parameter(
    "propagationPolicy", "string", "What becomes of dependents: Orphan, Background, Foreground."
)
SELECT = (
    Parameter("fieldSelector", "string", "Restricts the list by the fields of its objects."),
    Parameter("labelSelector", "string", "Restricts the list by the labels of its objects."),
)
LIST = (
    Parameter("allowWatchBookmarks", "boolean", "Allows watch events of type BOOKMARK."),
    Parameter("continue", "string", "Where an earlier list with a limit left off."),
    *SELECT,
    Parameter("limit", "integer", "At most so many objects; the rest by ``continue``."),
    Parameter("resourceVersion", "string", "How new the answer has to be, or where to start."),
    Parameter("resourceVersionMatch", "string", "NotOlderThan or Exact."),
    Parameter("sendInitialEvents", "boolean", "A watch begins with what there is."),
    Parameter("timeoutSeconds", "integer", "How long a list or a watch may last."),
    Parameter("watch", "boolean", "Send changes as they happen instead of a list."),
)
WRITE = (DRY_RUN, MANAGER, VALIDATION)
DELETE = (DRY_RUN, GRACE, ORPHAN, POLICY)
NAME = Parameter("name", "string", "name of the {}", "path")
NAMESPACE = Parameter("namespace", "string", "object name and auth scope", "path")


class Verb(NamedTuple):
    """One row of how a verb appears; ``{}`` in ``says`` is the kind."""

    name: str
    method: str
    on_item: bool
    prefix: str  # of the operationId
    action: str
    says: str
    parameters: tuple[Parameter, ...] = ()
    takes: str = "self"  # self, nothing, or a definition
    gives: str = "self"  # self, list, or a definition
    codes: tuple[int, ...] = (200,)


VERBS = (
    Verb("list", "get", False, "list", "list", "list or watch objects of kind {}",
         LIST, "", "list"),
    Verb("create", "post", False, "create", "post", "create a {}",
         WRITE, codes=(200, 201, 202)),
    Verb("deletecollection", "delete", False, "deleteCollection", "deletecollection",
         "delete collection of {}", (*DELETE, *LIST[1:-1]), OPTIONS, STATUS),
    Verb("get", "get", True, "read", "get", "read the specified {}", takes=""),
    Verb("update", "put", True, "replace", "put", "replace the specified {}",
         WRITE, codes=(200, 201)),
    Verb("patch", "patch", True, "patch", "patch", "partially update the specified {}",
         (*WRITE, FORCE), PATCH, codes=(200, 201)),
    Verb("delete", "delete", True, "delete", "delete", "delete a {}",
         DELETE, OPTIONS, STATUS, codes=(200, 202)),
)  # fmt: skip
ON_ITEM = {verb.name: verb for verb in VERBS if verb.on_item}
CREATE = VERBS[1]


@dataclass(frozen=True, slots=True)
class Operation:
    """``takes`` and ``gives`` are definitions; empty where there is no object."""

    path: str
    method: str
    id: str
    action: str
    description: str
    tag: str
    kind: tuple[str, str, str]  # group, version, kind
    parameters: tuple[Parameter, ...]
    path_parameters: tuple[Parameter, ...]
    takes: str
    gives: str
    codes: tuple[int, ...]
    streams: bool = False
    patches: tuple[str, ...] = PATCH_TYPES


def definitions(kind: Kind) -> list[str]:
    """Where the schemas of a kind begin: itself, and its list if there is one."""
    one, many = root(kind)
    return [one, many] if "list" in kind.verbs else [one]


def root(kind: Kind) -> tuple[str, str]:
    """The definitions of a kind and of its list."""
    if kind.custom:
        return kind.custom.definition, list_name(kind)
    assert isinstance(kind.schema, str)
    return kind.schema, f"{kind.schema}List"


def group_id(group: str) -> str:
    """``rbac.authorization.k8s.io`` is ``rbacAuthorization`` in names; "" is ``core``."""
    first, *others = (group.removesuffix(".k8s.io") or "core").split(".")
    return first + "".join(part.capitalize() for part in others)


def operations(kind: Kind) -> Iterator[Operation]:
    for verb in VERBS:
        if verb.name in kind.verbs:
            yield on_kind(kind, verb)
    if kind.namespaced and "list" in kind.verbs:
        yield on_kind(kind, VERBS[0], everywhere=True)
    if kind.status and not kind.virtual:
        yield from on_part(kind, Subresource("status", kind.name, ("get", "patch", "update")))
    if kind.scale:
        verbs = ("get", "patch", "update")
        yield from on_part(kind, Subresource("scale", "Scale", verbs, "autoscaling", "v1"))
    for part in kind.subresources:
        yield from on_part(kind, part)


def collection_path(kind: Kind, *, everywhere: bool = False) -> str:
    root = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.api_version}"
    inside = "/namespaces/{namespace}" if kind.namespaced and not everywhere else ""
    return f"{root}{inside}/{kind.plural}"


def on_kind(kind: Kind, verb: Verb, *, everywhere: bool = False) -> Operation:
    path = collection_path(kind, everywhere=everywhere) + ("/{name}" if verb.on_item else "")
    own = dict(zip(("self", "list"), root(kind), strict=True))
    group = group_id(kind.group)
    return Operation(
        path=path,
        method=verb.method,
        id=operation_id(kind, verb, "ForAllNamespaces" if everywhere else ""),
        action=verb.action,
        description=verb.says.format(kind.name),
        tag=f"{group}_{kind.version}",
        kind=(kind.group, kind.version, kind.name),
        parameters=verb.parameters,
        path_parameters=around(path, kind),
        takes=own.get(verb.takes, verb.takes),
        gives=own.get(verb.gives, verb.gives),
        codes=verb.codes,
        streams=verb.name == "list",
        patches=patches(kind),
    )


def operation_id(kind: Kind, verb: Verb, suffix: str) -> str:
    """``listCoreV1NamespacedPod``, ``listCoreV1PodForAllNamespaces``."""
    group = group_id(kind.group)
    prefix, collection = verb.prefix.removesuffix("Collection"), "Collection"
    scope = "Namespaced" if kind.namespaced and suffix != "ForAllNamespaces" else ""
    middle = collection if verb.prefix.endswith(collection) else ""
    version = kind.version.capitalize()
    return f"{prefix}{group[0].upper()}{group[1:]}{version}{middle}{scope}{kind.name}{suffix}"


def around(path: str, kind: Kind) -> tuple[Parameter, ...]:
    """What every method of a path takes."""
    name = NAME._replace(description=NAME.description.format(kind.name))
    found = [name] if "{name}" in path else []
    found += [NAMESPACE] if "{namespace}" in path else []
    return (*found, PRETTY)


def patches(kind: Kind) -> tuple[str, ...]:
    """Strategic merge patches need Go types."""
    return PATCH_TYPES if not kind.custom else tuple(p for p in PATCH_TYPES if p != STRATEGIC)


def on_part(kind: Kind, part: Subresource) -> Iterator[Operation]:
    """The operations of a subresource; those that carry a connection answer with text."""
    for name in part.verbs:
        verb = CREATE if name == "create" else ON_ITEM[name]
        connects = part.kind.endswith("Options") or part.name == "log"
        schema = "" if connects else part_schema(kind, part)
        path = f"{collection_path(kind)}/{{name}}/{part.name}"
        prefix = f"connect{verb.method.capitalize()}" if connects else verb.prefix
        yield Operation(
            path=path,
            method=verb.method,
            id=operation_id(kind, verb._replace(prefix=prefix), part.name.capitalize()),
            action="connect" if connects else verb.action,
            description=f"{verb.says.format(part.name)} of the specified {kind.name}",
            tag=f"{group_id(kind.group)}_{kind.version}",
            kind=(part.group or kind.group, part.version, part.kind),
            parameters=() if connects else verb.parameters,
            path_parameters=around(path, kind),
            takes="" if connects else {"self": schema}.get(verb.takes, verb.takes),
            gives=TEXT if connects else schema,
            codes=verb.codes,
            patches=patches(kind),
        )


def part_schema(kind: Kind, part: Subresource) -> str:
    """The definition of what a subresource takes and gives."""
    if part.kind == kind.name:
        return root(kind)[0]
    if part.kind == "Scale":
        return SCALE
    package = (part.group or "core").removesuffix(".k8s.io").split(".")[0]
    return f"io.k8s.api.{package}.{part.version}.{part.kind}"
