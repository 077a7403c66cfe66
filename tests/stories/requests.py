"""Requests that anybody might send: to any path of a kind, with any method, query and body.

    for asked in Writer(Random(7), POD, example).requests(12): …      Request objects, valid and not

Bodies are any JSON, objects that fit a kind's schema and are otherwise odd, and valid objects
with something changed; patches of every type; and bytes that are no JSON at all.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from onggi.api.http import Request
from onggi.api.kind import Kind
from onggi.api.objects import Object, clone
from onggi.apiserver.app import FOREIGN
from tests.apiserver.world import ADMIN
from tests.kinds.anything import anything

WORDS = (
    "", "a", "web", "default", "Web_1", "x" * 300, "-", ".", "..", "a/b", "%2F", "*", "1", "-1",
    "0", "true", "None", "\u00e9", "\U0001d400", "\x00", "a\nb", "2026-01-01T00:00:00Z", "10.0.0.1",
    "10.0.0.0/8", "100m", "1e400", "1Gi", "99999999999999999999", "{}", "app=web", "example.com/x",
    "metadata.name", "spec", "Always", "\ufffd", "\u00b2", "\u0661",
)  # fmt: skip
NUMBERS = (0, 1, -1, 80, 65536, 2**31, 2**63, -(2**63) - 1, 1.5, -0.0, 1e300, 10**40)
TYPES = (
    "application/json", "application/yaml", "application/json-patch+json",
    "application/merge-patch+json", "application/strategic-merge-patch+json",
    "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf", "text/plain", "",
    "application/x-www-form-urlencoded", "application/json; charset=x",
)  # fmt: skip
ACCEPTS = (
    "", "*/*", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf",
    "application/json;as=Table;g=meta.k8s.io;v=v1", "application/json;as=Table;g=x;v=v9",
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "text/html", ";;,=",
)  # fmt: skip
GOOD_ACCEPTS = (*ACCEPTS[:4], ACCEPTS[5], ACCEPTS[7])
QUERY = (
    "dryRun", "fieldValidation", "fieldManager", "force", "labelSelector", "fieldSelector",
    "limit", "continue", "resourceVersion", "resourceVersionMatch", "propagationPolicy",
    "gracePeriodSeconds", "orphanDependents", "pretty", "includeObject", "timeout", "unknown",
    "sendInitialEvents", "allowWatchBookmarks",
)  # fmt: skip
ANSWERS = (
    "All", "Strict", "Warn", "Ignore", "Foreground", "Background", "Orphan", "1", "0", "true",
    "metadata.name=web", "app in (a,b)", "status.phase=Running", "Exact", "NotOlderThan", "None",
    "Object", "!", "a=b,c!=d,", "eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ",
)  # fmt: skip
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test", "fly")
METHODS = (*("GET",) * 2, *("POST",) * 5, *("PUT",) * 5, *("PATCH",) * 7, "DELETE")
ODD_METHODS = ("HEAD", "OPTIONS", "FLY")
FRAMES = (
    b"", b"{", b"null", b"[]", b"k8s\x00", b"k8s\x00\x0a\x01", b"\xff\xfe", b'{"a":1}x', b"---",
)  # fmt: skip


class Writer:
    """Everything it writes follows from ``random``. ``example`` is valid, and exists."""

    def __init__(self, random: Random, kind: Kind, example: Object | None) -> None:
        self.random, self.kind, self.example = random, kind, example
        self.name = example["metadata"]["name"] if example else "web"

    def word(self) -> str:
        return self.random.choice(WORDS)

    def often(self) -> bool:
        return self.random.random() < 0.95

    def value(self, depth: int = 0) -> Any:
        """Any JSON."""
        random = self.random
        kind = random.randrange(8 if depth < 3 else 5)
        if kind == 0:
            return random.choice((None, True, False))
        if kind == 1:
            return random.choice(NUMBERS)
        if kind < 5:
            return self.word()
        if kind == 5:
            return [self.value(depth + 1) for _ in range(random.randrange(3))]
        return {self.word(): self.value(depth + 1) for _ in range(random.randrange(4))}

    def places(self, value: Any) -> list[tuple[Any, Any]]:
        """Every (container, key) inside."""
        found: list[tuple[Any, Any]] = []
        keys = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            found.append((value, key))
            if isinstance(value[key], dict | list):
                found += self.places(value[key])
        return found

    def changed(self, obj: Object) -> Object:
        """A valid object with something wrong in a few places."""
        for _ in range(self.random.randrange(4)):
            places = self.places(obj)
            if not places:
                break
            container, key = self.random.choice(places)
            match self.random.randrange(6):
                case 0:
                    del container[key]
                case 1:
                    container[key] = [container[key]]
                case 2 if isinstance(container, dict):
                    container[self.word()] = self.value()
                case 3 if isinstance(container, list):
                    container.append(container[key])
                case _:
                    container[key] = self.value()
        return obj

    def object(self) -> Any:
        choice = self.random.randrange(10)
        if choice == 0:
            return self.value()
        if self.example is None or (choice < 4 and isinstance(self.kind.schema, str)):
            made = anything(self.kind, self.random)
            made["metadata"] |= {"name": self.name}
            if self.kind.namespaced:
                made["metadata"]["namespace"] = "default"
            return made
        obj = clone(self.example)
        obj["metadata"]["name"] = self.random.choice((self.name, self.name, "other", self.word()))
        return self.changed(obj)

    def pointer(self, obj: Any) -> str:
        """A JSON pointer into an object, or to nowhere."""
        parts: list[str] = []
        while isinstance(obj, dict | list) and obj and self.random.random() < 0.8:
            key = self.random.choice(list(obj) if isinstance(obj, dict) else range(len(obj)))
            parts.append(str(key).replace("~", "~0").replace("/", "~1"))
            obj = obj[key]
        if self.random.random() < 0.3:
            parts.append(self.random.choice((self.word(), "-", "0", "~2")))
        return "".join(f"/{part}" for part in parts)

    def patch(self, media: str) -> Any:
        target = self.example or {}
        if "json-patch" in media and self.random.random() < 0.9:
            return [
                {
                    "op": self.random.choice(OPERATIONS),
                    "path": self.pointer(target),
                    "from": self.pointer(target),
                    "value": self.value(),
                }
                for _ in range(self.random.randrange(4))
            ]
        patch = self.object()
        if isinstance(patch, dict) and self.random.random() < 0.3:
            patch["$patch"] = self.random.choice(("replace", "delete", "merge", self.value()))
            patch["$setElementOrder/x"] = self.value()
        return patch

    def query(self) -> dict[str, list[str]]:
        chosen = self.random.sample(QUERY, self.random.choice((0, 0, 1, 2)))
        return {key: [self.random.choice((*ANSWERS, self.word()))] for key in chosen}

    def path(self, method: str) -> str:
        kind = self.kind
        root = f"/apis/{kind.group}" if kind.group else "/api"
        path = f"{root}/{kind.version}"
        if kind.namespaced and self.often():
            namespace = "default" if self.often() else self.random.choice(("missing", "A b"))
            path += f"/namespaces/{namespace}"
        path += f"/{kind.plural}"
        own = [sub.name for sub in kind.subresources if sub.name not in FOREIGN]
        offered = ["status"] * kind.status + ["scale"] * bool(kind.scale) + own
        below = offered if self.often() else ["status", "scale", "fly"]
        if method == "POST" and self.random.random() < (0.8 if own else 0.95):
            return path
        if method in ("GET", "DELETE") and self.random.random() < 0.4:
            return path
        path += f"/{self.name if self.often() else self.random.choice(('other', 'missing', 'a%b'))}"
        if below and self.random.random() < 0.35:
            path += f"/{self.random.choice(below)}"
        return path

    def body(self, method: str, media: str) -> bytes:
        if self.random.random() < 0.05:
            return self.random.choice(FRAMES)
        if method == "PATCH":
            return encoded(self.patch(media))
        if method == "DELETE":
            options = {key: self.value() for key in self.random.sample(QUERY, 2)}
            return encoded(self.random.choice((options, {}, self.value())))
        return encoded(self.object())

    def request(self) -> Request:
        method = self.random.choice(METHODS if self.often() else ODD_METHODS)
        patches = [media for media in TYPES if "patch" in media]
        likely = patches if method == "PATCH" else [TYPES[0]]
        media = self.random.choice(likely if self.often() else TYPES)
        accept = self.random.choice(GOOD_ACCEPTS if self.often() else ACCEPTS)
        headers = {"content-type": media, "accept": accept}
        query = self.query()
        if "apply-patch" in media and self.random.random() < 0.9:
            query["fieldManager"] = ["fuzz"]
        return Request(
            method=method,
            path=self.path(method),
            query=query,
            headers={name: text for name, text in headers.items() if text},
            body=self.body(method, media),
            user=ADMIN,
        )

    def requests(self, count: int) -> Iterator[Request]:
        for _ in range(count):
            yield self.request()


def encoded(value: Any) -> bytes:
    """JSON, with numbers that no integer of ours holds as they would be written."""
    try:
        return msgspec.json.encode(value)
    except (OverflowError, UnicodeEncodeError):
        return json.dumps(value).encode()
