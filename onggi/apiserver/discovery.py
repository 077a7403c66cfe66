"""What this server serves, as clients ask for it: group by group, or all in one document.

Pure functions of the kinds; ``Discovery`` keeps the encoded documents until a kind comes
or goes. Sources: ``k8s.io/apiserver/pkg/endpoints/discovery`` and ``.../aggregated``.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onggi.api.errors import NoSuchPath
from onggi.api.http import Request, Response, User
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.api.versions import maturity
from onggi.apiserver.aggregation import merged
from onggi.apiserver.aggregation.aggregator import Aggregator
from onggi.apiserver.negotiate import TEXTS, accepted
from onggi.apiserver.registry import Registry
from onggi.store.store import encode

AGGREGATED = "apidiscovery.k8s.io"
LIST = "APIGroupDiscoveryList"
FORMS = frozenset({(LIST, AGGREGATED, "v2"), (LIST, AGGREGATED, "v2beta1")})
WRITES_OBJECT = ("get", "patch", "update")


class Discovery:
    """Answers ``/api``, ``/apis`` and what is below them down to a version.

    ``address`` is where clients inside the cluster reach the server: ``10.0.0.1:6443``.
    """

    def __init__(
        self, registry: Registry, address: str, aggregator: Aggregator | None = None
    ) -> None:
        self._registry, self._address, self._aggregator = registry, address, aggregator
        self._generation: Any = None
        self._kept: dict[tuple[str, str], tuple[bytes, str]] = {}

    async def page(self, request: Request, user: User) -> Response:
        wanted = accepted(request.headers.get("accept", ""), FORMS, TEXTS)
        path = request.path.rstrip("/")
        if path not in ("/api", "/apis"):
            wanted = accepted("")
        body, tag = self._document(path, wanted.version)
        headers = {"Vary": "Accept"}
        content_type = "application/json"
        if wanted.kind:
            content_type = f"application/json;g={wanted.group};v={wanted.version};as={LIST}"
            headers["ETag"] = tag
            if request.headers.get("if-none-match") == tag:
                return Response(status=304, content_type=content_type, headers=headers)
        return Response(body=body, content_type=content_type, headers=headers)

    def _document(self, path: str, version: str) -> tuple[bytes, str]:
        elsewhere = self._aggregator
        generation = self._registry.generation, elsewhere and elsewhere.generation
        if self._generation != generation:
            self._kept.clear()
            self._generation = generation
        key = path, version
        if key not in self._kept:
            body = encode(self._made(path, version))
            tag = f'"{hashlib.sha256(body).hexdigest().upper()}"'
            self._kept[key] = body, tag
        return self._kept[key]

    def _made(self, path: str, version: str) -> Object:
        """With what extension servers have. Raises NoSuchPath."""
        kinds, elsewhere = self._registry.kinds, self._aggregator
        remotes = elsewhere.services.remotes if elsewhere else {}
        if not elsewhere or not remotes or not path.startswith("/apis"):
            return document(kinds, path, version, self._address)
        whole = document(kinds, "/apis", version, self._address)
        if version:
            fetched = elsewhere.availability.documents
            return merged.aggregated(whole, remotes, maturity, fetched)
        groups = merged.group_list(whole, remotes, maturity)
        if path == "/apis":
            return groups
        for found in groups["groups"]:
            if path == f"/apis/{found['name']}":
                return {"kind": "APIGroup", "apiVersion": "v1", **found}
        return document(kinds, path, version, self._address)


def document(kinds: Sequence[Kind], path: str, version: str, address: str) -> Object:
    """``version`` is that of the aggregated form, or empty. Raises NoSuchPath."""
    groups = by_group(kinds)
    match path.split("/")[1:]:
        case ["api"] if version:
            return aggregated({"": groups[""]}, version)
        case ["api"]:
            return {
                "kind": "APIVersions",
                "versions": list(groups[""]),
                "serverAddressByClientCIDRs": [
                    {"clientCIDR": "0.0.0.0/0", "serverAddress": address}
                ],
            }
        case ["api", name] if name in groups[""]:
            return resources("", name, groups[""][name])
        case ["apis"]:
            named = {name: versions for name, versions in groups.items() if name}
            return aggregated(named, version) if version else group_list(named)
        case ["apis", name] if name in groups:
            return {"kind": "APIGroup", "apiVersion": "v1", **group(name, groups[name])}
        case ["apis", name, served] if name in groups and served in groups[name]:
            return resources(name, served, groups[name][served])
    raise NoSuchPath


Versions = Mapping[str, Sequence[Kind]]


def by_group(kinds: Iterable[Kind]) -> dict[str, dict[str, list[Kind]]]:
    """Group → version → kinds: groups in upstream's order, newest version first."""
    found: dict[str, dict[str, list[Kind]]] = {"": {}}
    for kind in sorted(kinds, key=lambda k: (*place(k.group), k.plural)):
        found.setdefault(kind.group, {}).setdefault(kind.version, []).append(kind)
    return {
        name: dict(sorted(versions.items(), key=lambda v: maturity(v[0]), reverse=True))
        for name, versions in found.items()
    }


def place(name: str) -> tuple[int, str]:
    return -merged.priority(name, "", {}).group, name


def group(name: str, versions: Versions) -> Object:
    listed = [{"groupVersion": f"{name}/{v}", "version": v} for v in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def group_list(groups: Mapping[str, Versions]) -> Object:
    listed = [group(name, versions) for name, versions in groups.items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}


def resources(name: str, version: str, kinds: Sequence[Kind]) -> Object:
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{name}/{version}" if name else version,
        "resources": [entry for kind in kinds for entry in entries(kind)],
    }


def entries(kind: Kind) -> Iterable[Object]:
    whole: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.name,
        "verbs": list(kind.verbs),
    }
    if kind.short:
        whole["shortNames"] = list(kind.short)
    if kind.categories:
        whole["categories"] = list(kind.categories)
    if kind.custom:
        whole["storageVersionHash"] = version_hash(kind, kind.custom.family.storage)
    yield whole
    for name, (group_, version, answer), verbs in subresources(kind):
        entry: Object = {"name": f"{kind.plural}/{name}", "singularName": ""}
        entry["namespaced"] = kind.namespaced
        if (group_, version) != (kind.group, kind.version):
            entry |= {"group": group_, "version": version}
        yield entry | {"kind": answer, "verbs": list(verbs)}


def version_hash(kind: Kind, version: str) -> str:
    """Stands for the version that is stored."""
    text = f"{kind.group}/{version}/{kind.name}"
    return base64.b64encode(hashlib.sha256(text.encode()).digest()[:8]).decode()


Answered = tuple[str, str, str]  # group, version, kind


def subresources(kind: Kind) -> Iterable[tuple[str, Answered, Sequence[str]]]:
    """Each with what it answers and its verbs, by name."""
    found: list[tuple[str, Answered, Sequence[str]]] = [
        (sub.name, (sub.group, sub.version, sub.kind), sub.verbs) for sub in kind.subresources
    ]
    if kind.scale:
        found.append(("scale", ("autoscaling", "v1", "Scale"), WRITES_OBJECT))
    if kind.status:
        found.append(("status", (kind.group, kind.version, kind.name), WRITES_OBJECT))
    return sorted(found, key=lambda item: item[0])


def aggregated(groups: Mapping[str, Versions], version: str) -> Object:
    return {
        "kind": LIST,
        "apiVersion": f"{AGGREGATED}/{version}",
        "metadata": {},
        "items": [
            {
                "metadata": {"name": name} if name else {},
                "versions": [
                    {
                        "version": served,
                        "resources": [aggregated_entry(kind) for kind in kinds],
                        "freshness": "Current",
                    }
                    for served, kinds in versions.items()
                ],
            }
            for name, versions in groups.items()
        ],
    }


def aggregated_entry(kind: Kind) -> Object:
    entry: Object = {
        "resource": kind.plural,
        "responseKind": response_kind((kind.group, kind.version, kind.name)),
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": list(kind.verbs),
    }
    if kind.short:
        entry["shortNames"] = list(kind.short)
    if kind.categories:
        entry["categories"] = list(kind.categories)
    below = [
        {"subresource": name, "responseKind": response_kind(answer), "verbs": list(verbs)}
        for name, answer, verbs in subresources(kind)
    ]
    return entry | {"subresources": below} if below else entry


def response_kind(answer: Answered) -> Object:
    return dict(zip(("group", "version", "kind"), answer, strict=True))
