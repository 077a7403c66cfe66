"""The way of a request: who, may they, what, and what is answered where there is nothing."""

import pytest

from onggi.api.errors import Forbidden, Unauthorized
from onggi.api.http import Request, User
from onggi.apiserver.assemble import Parts, assemble
from onggi.apiserver.authz.attributes import Decision
from onggi.store.memory import MemoryStore
from tests.apiserver.world import ADMIN, ask, server

BOB = User("bob")


class Recorder:
    """Lets nobody do anything, and remembers what was asked."""

    def __init__(self, allowed=False, reason=""):
        self.asked, self.answer = [], Decision(allowed, reason)

    def authenticate(self, request):
        if request.headers.get("authorization") == "Bearer wrong":
            raise Unauthorized
        return request.user or BOB

    def authorize(self, attributes):
        self.asked.append(attributes)
        return self.answer


def guarded(**options):
    guard = Recorder(**options)
    clock = server().app.backend.clock
    made = assemble(MemoryStore(), Parts(authenticator=guard, authorizer=guard), clock=clock)
    return made, guard


async def refusal(handler, method, url, **headers):
    path, _, query = url.partition("?")
    asked = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
    request = Request(
        method=method, path=path, query={k: [v] for k, v in asked.items()}, headers=headers
    )
    with pytest.raises(Forbidden) as refused:
        await handler.handle(request)
    return refused.value.message


async def test_who_cannot_say_who_they_are_goes_no_further():
    made, guard = guarded()
    with pytest.raises(Unauthorized):
        await made.handle(
            Request(method="GET", path="/", headers={"authorization": "Bearer wrong"})
        )
    assert guard.asked == []


async def test_a_refusal_is_in_upstreams_words():
    made, _ = guarded()
    assert await refusal(made, "GET", "/api/v1/namespaces/a/pods") == (
        'pods is forbidden: User "bob" cannot list resource "pods" in API group "" '
        'in the namespace "a"'
    )
    assert await refusal(made, "PUT", "/apis/apps/v1/namespaces/a/deployments/d/scale") == (
        'deployments.apps "d" is forbidden: User "bob" cannot update resource '
        '"deployments/scale" in API group "apps" in the namespace "a"'
    )
    assert await refusal(made, "GET", "/api/v1/nodes") == (
        'nodes is forbidden: User "bob" cannot list resource "nodes" in API group "" '
        "at the cluster scope"
    )
    assert await refusal(made, "GET", "/metrics") == (
        'forbidden: User "bob" cannot get path "/metrics"'
    )


async def test_a_reason_is_added():
    made, _ = guarded(reason="because")
    assert (await refusal(made, "GET", "/metrics")).endswith('"/metrics": because')


async def test_the_authorizer_is_told_everything():
    made, guard = guarded()
    await refusal(made, "GET", "/api/v1/namespaces/a/pods?watch=1&fieldSelector=metadata.name=x")
    [asked] = guard.asked
    assert asked.user == BOB
    assert (asked.verb, asked.resource, asked.namespace, asked.name) == ("watch", "pods", "a", "x")


async def test_what_is_not_allowed_is_not_even_known():
    made, _ = guarded()
    assert "cannot get path" in await refusal(made, "GET", "/nothing")
    assert "cannot list resource" in await refusal(made, "GET", "/apis/no/v1/things")


@pytest.mark.parametrize(
    "url",
    [
        "/nothing",
        "/api/v2",
        "/api/v1/things",
        "/apis/no/v1/things",
        "/api/v1/pods/web",
        "/api/v1/namespaces/default/nodes",
        "/api/v1/namespaces/default/pods/web/nothing",
        "/api/v1/namespaces/default/configmaps/one/status",
        "/api/v1/namespaces/default/pods/web/proxy",
        "/api/v1/namespaces/default/pods/web:8080/proxy/healthz",
        "/api/v1/namespaces/default/services/web/proxy/",
        "/api/v1/nodes/n1/proxy/metrics",
        "/api/v1/proxy/nodes/n1",
        "/version/more",
        "/apis/apps/v2",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_not_there_is_not_found(running, method, url):
    code, body = await ask(running, method, url)
    assert (code, body["reason"]) == (404, "NotFound")


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("OPTIONS", "/api/v1/pods"),
        ("PUT", "/api/v1/namespaces/default/pods"),
        ("PATCH", "/api/v1/namespaces/default/pods"),
        ("DELETE", "/apis/authorization.k8s.io/v1/subjectaccessreviews"),
        ("GET", "/apis/authorization.k8s.io/v1/subjectaccessreviews"),
        ("POST", "/api/v1/namespaces/default/pods/web/status"),
    ],
)
async def test_what_cannot_be_done_is_not_allowed(running, method, url):
    code, body = await ask(running, method, url)
    assert (code, body["reason"]) == (405, "MethodNotAllowed")


async def test_head_is_for_pages_not_for_resources(running):
    for url in ("/api/v1/namespaces", "/api/v1/namespaces/default"):
        code, body = await ask(running, "HEAD", url)
        assert (code, body["reason"]) == (405, "MethodNotAllowed")
    assert (await ask(running, "HEAD", "/readyz"))[0] == 200


async def test_only_cbor_is_not_acceptable(running):
    code, body = await ask(running, "GET", "/api/v1/pods", accept="application/cbor")
    assert (code, body["reason"]) == (406, "NotAcceptable")


async def test_the_index_names_what_there_is(running):
    _, body = await ask(running, "GET", "/")
    assert {"/api", "/api/v1", "/apis/apps/v1", "/version", "/metrics"} <= set(body["paths"])


async def test_the_version(running):
    _, body = await ask(running, "GET", "/version")
    assert (body["major"], body["minor"], body["gitVersion"]) == ("1", "37", "v1.37.0+onggi")


async def test_a_kind_may_come_and_go_while_the_server_runs(running):
    from onggi.api.kind import Kind

    thing = Kind(
        group="example.com",
        version="v1",
        name="Thing",
        plural="things",
        schema="io.k8s.api.core.v1.ConfigMap",
    )
    url = "/apis/example.com/v1/namespaces/default/things"
    assert (await ask(running, "GET", url))[0] == 404
    running.app.backend.registry.add(thing)
    wanted = {"metadata": {"name": "a"}, "data": {"x": "y"}}
    assert (await ask(running, "POST", url, wanted))[0] == 201
    assert (await ask(running, "GET", "/apis/example.com"))[0] == 200
    running.app.backend.registry.remove(thing)
    assert (await ask(running, "GET", url))[0] == 404
    assert (await ask(running, "GET", "/apis/example.com"))[0] == 404


async def test_the_caller_in_process_needs_no_json(running):
    request = Request(method="GET", path="/api/v1/namespaces/default", user=ADMIN, objects=True)
    answer = await running.handle(request)
    assert answer.body["metadata"]["name"] == "default"


ENDPOINTS = "/api/v1/namespaces/default/endpoints"


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", ENDPOINTS, b""),
        ("GET", f"{ENDPOINTS}?watch=true", b""),
        ("GET", f"{ENDPOINTS}/a", b""),
        ("PUT", f"{ENDPOINTS}/a", b'{"metadata": {"name": "a"}}'),
        ("DELETE", f"{ENDPOINTS}/a", b""),
        ("DELETE", ENDPOINTS, b""),
    ],
)
async def test_every_answer_about_a_deprecated_kind_says_so(running, method, url, body):
    await ask(running, "POST", ENDPOINTS, {"metadata": {"name": "a"}})
    path, _, query = url.partition("?")
    request = Request(method=method, path=path, body=body, user=ADMIN)
    if query:
        request.query = {"watch": ["true"]}
    answer = await running.handle(request)
    assert answer.headers["Warning"] == (
        '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"'
    )
