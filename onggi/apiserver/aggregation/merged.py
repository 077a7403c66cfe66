"""Discovery of extension servers beside our own, in the order of the priorities. Pure.

Sources: ``k8s.io/kube-aggregator/pkg/apiserver/{handler_apis,handler_discovery}.go``,
``k8s.io/apiserver/pkg/endpoints/discovery/aggregated/{handler,fake}.go``.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onggi.api.objects import Object, View
from onggi.apiserver.aggregation.services import Remote
from onggi.kinds.apiregistration.priorities import CUSTOM, Priority, built_in

SELF = "apiregistration.k8s.io"
FIRST = Priority(20001, 100)  # the group of APIServices has none itself, and leads the list

Versions = dict[str, Object]  # by version, what a document has of it
Remotes = Mapping[tuple[str, str], Remote]


def priority(group: str, version: str, remotes: Remotes) -> Priority:
    if remote := remotes.get((group, version)):
        return remote.priority
    return FIRST if group == SELF else built_in(group, version) or CUSTOM


def ordered(versions: Versions, group: str, remotes: Remotes, age: Any) -> list[Object]:
    """Newest first, where nobody says otherwise; ``age`` is a version's maturity."""
    found = sorted(versions, key=age, reverse=True)
    found.sort(key=lambda v: priority(group, v, remotes).version, reverse=True)
    return [versions[version] for version in found]


def group_order(groups: Mapping[str, Versions], remotes: Remotes) -> list[str]:
    def place(group: str) -> tuple[int, str]:
        return -max(priority(group, v, remotes).group for v in groups[group]), group

    return sorted(groups, key=place)


def with_remotes(documents: Iterable[View], remotes: Remotes, added: Any) -> dict[str, Versions]:
    """Group → version → what a document says of it; ``added`` makes that for a remote one."""
    groups: dict[str, Versions] = {}
    for document in documents:
        name = document.get("name") or (document.get("metadata") or {}).get("name") or ""
        for version in document["versions"]:
            groups.setdefault(name, {})[version["version"]] = version
    for remote in remotes.values():
        if remote.group:
            groups.setdefault(remote.group, {})[remote.version] = added(remote)
    return groups


def group_document(group: str, versions: Sequence[Object]) -> Object:
    return {"name": group, "versions": list(versions), "preferredVersion": versions[0]}


def listed(remote: Remote) -> Object:
    return {"groupVersion": f"{remote.group}/{remote.version}", "version": remote.version}


def group_list(document: View, remotes: Remotes, age: Any) -> Object:
    """``/apis`` with the groups of the extension servers."""
    groups = with_remotes(document["groups"], remotes, listed)
    found = [
        group_document(name, ordered(groups[name], name, remotes, age))
        for name in group_order(groups, remotes)
    ]
    return {**document, "groups": found}


def aggregated(document: View, remotes: Remotes, age: Any, fetched: Mapping[str, View]) -> Object:
    """The same for the form that has everything; ``fetched`` are the resource lists of the
    servers that answered, by the name of the APIService."""

    def added(remote: Remote) -> Object:
        resources = resources_of(remote, fetched.get(remote.name))
        freshness = "Current" if remote.available and remote.name in fetched else "Stale"
        return {"version": remote.version, "resources": resources, "freshness": freshness}

    groups = with_remotes(document["items"], remotes, added)
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None},
            "versions": ordered(groups[name], name, remotes, age),
        }
        for name in group_order(groups, remotes)
    ]
    return {**document, "items": items}


def resources_of(remote: Remote, fetched: View | None) -> list[Object]:
    """From an APIResourceList; a subresource stands below its resource."""
    found: dict[str, Object] = {}
    entries = [e for e in (fetched or {}).get("resources") or () if isinstance(e, dict)]
    for entry in sorted(entries, key=lambda e: str(e.get("name") or "")):
        name, _, sub = str(entry.get("name") or "").partition("/")
        if not sub:
            found[name] = resource(remote, entry)
        elif name in found:
            made = {"subresource": sub, "responseKind": response_kind(remote, entry)}
            made["verbs"] = entry.get("verbs") or []
            found[name].setdefault("subresources", []).append(made)
    return list(found.values())


def resource(remote: Remote, entry: View) -> Object:
    made: Object = {
        "resource": entry["name"],
        "responseKind": response_kind(remote, entry),
        "scope": "Namespaced" if entry.get("namespaced") else "Cluster",
        "singularResource": entry.get("singularName") or "",
        "verbs": entry.get("verbs") or [],
    }
    for field in ("shortNames", "categories"):
        if entry.get(field):
            made[field] = entry[field]
    return made


def response_kind(remote: Remote, entry: View) -> Object:
    return {
        "group": entry.get("group") or remote.group,
        "version": entry.get("version") or remote.version,
        "kind": entry.get("kind") or "",
    }
