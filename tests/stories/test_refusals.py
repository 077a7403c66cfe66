"""Whatever is sent about a kind, the server does it or refuses it, and a refusal changes nothing.

``ONGGI_FUZZ=500`` asks this many times for each kind, each time anew.
"""

import asyncio
import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onggi.api.errors import StatusError
from onggi.api.http import Request, Response, Stream
from onggi.api.kind import Kind
from onggi.api.objects import clone
from onggi.apiserver.assemble import ApiServer
from onggi.apiserver.wire import encoded
from onggi.kinds import BUILTIN
from onggi.kinds.admissionregistration.mutatingadmissionpolicy import MUTATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.mutatingadmissionpolicybinding import (
    MUTATINGADMISSIONPOLICYBINDING,
)
from onggi.kinds.admissionregistration.validatingadmissionpolicy import VALIDATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.validatingadmissionpolicybinding import (
    VALIDATINGADMISSIONPOLICYBINDING,
)
from onggi.kinds.core.limitrange import LIMITRANGE
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from onggi.kinds.node.runtimeclass import RUNTIMECLASS
from onggi.kinds.storage.storageclass import STORAGECLASS
from onggi.store.memory import MemoryStore
from tests.apiserver import world
from tests.apiserver.crds import establish
from tests.kinds.samples import CONTENTS, sample
from tests.stories.requests import Writer

LONG = int(os.environ.get("ONGGI_FUZZ", "0"))
LOOKED_AT = (
    LIMITRANGE, RESOURCEQUOTA, RUNTIMECLASS, STORAGECLASS,
    VALIDATINGADMISSIONPOLICYBINDING, MUTATINGADMISSIONPOLICYBINDING,
)  # fmt: skip
POLICIES = (VALIDATINGADMISSIONPOLICY, MUTATINGADMISSIONPOLICY)
STRING = {"type": "string", "maxLength": 20}
STATE = {
    "type": "object",
    "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}},
}
SHIRTS = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "x-kubernetes-validations": [{"rule": "self.size != 'XXL' || self.replicas < 3"}],
            "properties": {
                "size": {"type": "string", "enum": ["S", "M", "XXL"], "default": "M"},
                "replicas": {"type": "integer", "format": "int32", "minimum": 0, "default": 1},
                "port": {"x-kubernetes-int-or-string": True},
                "weight": {"type": "number", "nullable": True, "multipleOf": 0.5},
                "when": {"type": "string", "format": "date-time"},
                "washed": {"type": "boolean", "x-kubernetes-validations": [{"rule": "self"}]},
                "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": STRING},
                "colours": {
                    "type": "array",
                    "maxItems": 3,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {"name": STRING, "rgb": {"type": "integer"}},
                    },
                },
                "notes": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
        "status": STATE,
    },
}
DEFINITION = {
    "metadata": {"name": "shirts.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "shirts", "kind": "Shirt"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SHIRTS},
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "string", "jsonPath": ".spec.size"},
                    {"name": "When", "type": "date", "jsonPath": ".spec.when"},
                    {"name": "Red", "type": "integer", "jsonPath": ".spec.colours[0].rgb"},
                ],
                "selectableFields": [{"jsonPath": ".spec.size"}],
                "subresources": {
                    "status": {},
                    "scale": {
                        "specReplicasPath": ".spec.replicas",
                        "statusReplicasPath": ".status.replicas",
                        "labelSelectorPath": ".status.selector",
                    },
                },
            }
        ],
    },
}
SHIRT = {
    "apiVersion": "example.com/v1",
    "kind": "Shirt",
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "size": "S",
        "port": "http",
        "weight": 1.5,
        "when": "2026-01-01T00:00:00Z",
        "any": {"a": [1, {"b": None}]},
        "tags": ["a", "b"],
        "colours": [{"name": "red", "rgb": 1}],
        "notes": {"a": "b"},
    },
}
AT_ONCE = 12  # requests to one server


async def prepared(store: MemoryStore, kind: Kind) -> ApiServer:
    """A server with an object of the kind, and with what admission looks at."""
    made = world.server(store)
    cluster = world.client(made)
    await cluster.create(NAMESPACE, {"metadata": {"name": "default"}})
    account = {"metadata": {"name": "default", "namespace": "default"}}
    await cluster.create(SERVICEACCOUNT, account)
    for other in dict.fromkeys((*LOOKED_AT, kind)):
        if other in CONTENTS and other is not NAMESPACE:
            await cluster.create(other, sample(other))
    for policy in POLICIES:
        obj = sample(policy)
        await cluster.create(policy, {**obj, "metadata": {"name": "replicas"}})
    return made


async def asked(server: ApiServer, request: Request) -> int:
    """The status of the answer, which can be written."""
    try:
        answer = await server.handle(request)
    except StatusError as error:
        if expected(error, request):
            return error.status_code
        raise
    if isinstance(answer, Stream):
        aclose = getattr(answer.frames, "aclose", None)
        if aclose:
            await aclose()
        return answer.status
    if not isinstance(answer, Response):
        return 101
    if not isinstance(answer.body, bytes):
        encoded(answer.body, answer.content_type, request)
    return answer.status


def expected(error: StatusError, request: Request) -> bool:
    """What is not yet may be late."""
    return error.status_code < 500 or (
        error.status_code == 504 and "resourceVersion" in request.query
    )


async def scenario(kind: Kind, seed: int) -> None:
    store = MemoryStore()
    server = await prepared(store, kind)
    example = sample(kind) if kind in CONTENTS else None
    await all_answered(store, server, Writer(Random(seed), kind, example))


async def all_answered(store: MemoryStore, server: ApiServer, writer: Writer) -> None:
    for request in writer.requests(AT_ONCE):
        before = store.revision
        try:
            status = await asked(server, request)
        except Exception as error:
            raise AssertionError(shown(request)) from error
        shaped = "as=" in request.headers.get("accept", "")  # its form is refused once it is done
        assert status < 400 or shaped or store.revision == before, (status, shown(request))


def shown(request: Request) -> str:
    return f"{request.method} {request.path} {request.query} {request.headers} {request.body!r}"


AS_OFTEN = settings(
    max_examples=LONG or 4,
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda kind: f"{kind.resource}-{kind.version}")
@AS_OFTEN
@given(seed=st.integers(0, 2**32))
def test_every_request_is_answered_and_a_refusal_changes_nothing(kind: Kind, seed: int) -> None:
    asyncio.run(scenario(kind, seed))


async def custom_scenario(seed: int) -> None:
    store = MemoryStore()
    server = world.server(store)
    cluster = world.client(server)
    await cluster.create(NAMESPACE, {"metadata": {"name": "default"}})
    await establish(server, DEFINITION)
    kind = server.app.backend.registry.find("example.com", "v1", "shirts")
    assert kind
    shirt = await cluster.create(kind, SHIRT)
    await all_answered(store, server, Writer(Random(seed), kind, clone(shirt)))


@AS_OFTEN
@given(seed=st.integers(0, 2**32))
def test_so_is_every_request_for_custom_resources(seed: int) -> None:
    asyncio.run(custom_scenario(seed))
