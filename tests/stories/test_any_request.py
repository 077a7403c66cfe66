"""Whatever is sent to whatever path is answered or refused; nothing fails."""

import json
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from onggi.api.errors import StatusError
from onggi.api.http import Request, Response, Stream
from onggi.api.objects import clone_value
from onggi.apiserver.wire import encoded
from onggi.kinds import BUILTIN
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.apiserver.world import ADMIN, client, server
from tests.kinds.samples import sample

VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63, 1.5, "", "x", "/", "a/b", "..", "%", "é", "\x00", [], {},
    [None], [[]], {"": 1}, {"a": None}, [1, "a"], "1Gi", "-5", "9" * 40, "0001-01-01T00:00:00Z",
)  # fmt: skip
PLACES = ("spec", "status", "metadata", "name", "labels", "ownerReferences", "managedFields", "x")
QUERY = (
    "limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "dryRun",
    "fieldSelector", "timeoutSeconds", "fieldManager", "fieldValidation", "force", "pretty",
    "propagationPolicy", "gracePeriodSeconds", "sendInitialEvents", "includeObject", "path",
)  # fmt: skip
TEXTS = ("", "0", "-1", "abc", "9" * 21, "All", "Exact", "a=b", "a in (b", "e30", "\x00", "x" * 300)
BELOW = ("status", "scale", "binding", "token", "log", "exec", "proxy/x", "finalize", "nonsense")
FORM = "g=meta.k8s.io;v=v1"
ACCEPT = (
    "", "application/json", "application/vnd.kubernetes.protobuf", "application/yaml", ";;;,",
    f"application/json;as=Table;{FORM}", f"application/json;as=PartialObjectMetadata;{FORM}",
    f"application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;{FORM},*/*;q=x",
)  # fmt: skip
PATCHES = ("merge-patch+json", "strategic-merge-patch+json", "json-patch+json", "apply-patch+yaml")


class Maker:
    """Requests by chance: most are nearly right."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def pick(self, values: Any) -> Any:
        return clone_value(self.chance.choice(values))

    def spoilt(self, obj: Any) -> Any:
        """One value, somewhere, is another."""
        whole = node = clone_value(obj)
        while node and isinstance(node, dict | list):
            key = self.pick(list(node) if isinstance(node, dict) else range(len(node)))
            if (
                self.chance.random() < 0.4
                or not node[key]
                or not isinstance(node[key], dict | list)
            ):
                if self.chance.random() < 0.2 and isinstance(node, dict):
                    key = self.pick(PLACES)
                node[key] = self.pick(VALUES)
                break
            node = node[key]
        return whole

    def request(self) -> Request:
        kind = self.pick([k for k in BUILTIN if not k.virtual and k.name != "ComponentStatus"])
        obj = sample(kind)
        root = f"/apis/{kind.group}" if kind.group else "/api"
        space = "/namespaces/" + self.pick(("default", "nope", "%")) if kind.namespaced else ""
        method = self.pick(("GET", "POST", "POST", "PUT", "PATCH", "PATCH", "DELETE"))
        path = f"{root}/{kind.version}{space}/{kind.plural}"
        if method != "POST":
            path += f"/{obj['metadata'].get('name', 'x')}"
        if self.chance.random() < 0.2:
            path += "/" + self.pick(BELOW)
        media, body = self.body(method, {**obj, "apiVersion": kind.api_version, "kind": kind.name})
        query = {self.pick(QUERY): [self.pick(TEXTS)] for _ in range(self.chance.randrange(3))}
        headers = {"accept": self.pick(ACCEPT), "content-type": f"application/{media}"}
        return Request(
            method=method, path=path, query=query, headers=headers, body=body, user=ADMIN
        )

    def body(self, method: str, obj: Any) -> tuple[str, bytes]:
        media, sent = "json", self.spoilt(obj)
        if method == "PATCH":
            media = self.pick(PATCHES)
        if media == "json-patch+json":
            sent = [self.step() for _ in range(2)]
        elif method == "DELETE":
            sent = self.spoilt({"gracePeriodSeconds": 0, "preconditions": {"uid": "x"}})
        return media, b"" if method == "GET" else json.dumps(sent).encode()

    def step(self) -> Any:
        return {
            "op": self.pick(("add", "remove", "replace", "copy", "move", "test", 1)),
            "path": self.pick(("/metadata/labels", "/spec", "/metadata/name", "", "/x/-", None)),
            "from": self.pick(("/spec", "/metadata", "")),
            "value": self.pick(VALUES),
        }


async def answered(running: Any, request: Request) -> None:
    try:
        answer = await running.handle(request)
    except StatusError as refused:
        if refused.status_code < 500 or refused.status_code in (503, 504):
            return
        raise
    if isinstance(answer, Stream):
        with suppress(AttributeError):
            await answer.frames.aclose()
    elif isinstance(answer, Response) and not isinstance(answer.body, bytes):
        encoded(answer.body, answer.content_type, request)


@pytest.mark.parametrize("part", range(2))
async def test_nothing_fails(part: int) -> None:
    running = server()
    await running.start()
    account = {"metadata": {"name": "default", "namespace": "default"}}
    await client(running).create(SERVICEACCOUNT, account)
    for number in range(250):
        request = Maker(Random(f"{part} {number}")).request()
        try:
            await answered(running, request)
        except Exception as error:
            raise AssertionError(str(request)) from error
