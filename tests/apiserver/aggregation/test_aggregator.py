"""Requests for a group that somebody else serves."""

import asyncio
from contextlib import aclosing

import msgspec

from onggi.api.http import Request, Stream, User
from tests.apiserver.aggregation.conftest import SERVICES, SLICES, condition, reachable
from tests.apiserver.aggregation.extension import BASE, GROUP, NAME, VERSION, api_service
from tests.apiserver.world import ADMIN, ask

FLUNDERS = f"{BASE}/namespaces/default/flunders"
AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def test_a_request_is_handed_on_with_the_name_of_the_user(running, served):
    user = User("eve", ("g1", "g2"), "u-1", {"scopes.example.com/a b": ("x", "y")})
    request = Request(
        method="POST",
        path=FLUNDERS,
        query={"fieldManager": ["me"]},
        headers={
            "content-type": "application/json",
            "authorization": "Bearer secret",
            "x-remote-user": "root",
            "x-remote-extra-scopes": "all",
            "accept-encoding": "gzip",
            "impersonate-user": "root",
        },
        body=b'{"metadata":{"name":"f"}}',
        user=user,
        peer="10.9.8.7",
    )
    answer = await running.handle(request)
    assert answer.status == 201
    assert msgspec.json.decode(answer.body)["metadata"]["name"] == "f"
    assert answer.headers["Warning"] == '299 - "hm"'
    ((method, path, headers, certificate),) = served.seen
    assert (method, path) == ("POST", f"{FLUNDERS}?fieldManager=me")
    assert headers.getall("X-Remote-User") == ["eve"]
    assert headers.getall("X-Remote-Group") == ["g1", "g2"]
    assert headers.getall("X-Remote-Uid") == ["u-1"]
    assert headers.getall("X-Remote-Extra-scopes.example.com%2Fa%20b") == ["x", "y"]
    assert headers["X-Forwarded-For"] == "10.9.8.7"
    assert headers["Host"] == "api.wardle.svc:443"
    for ours in ("Authorization", "X-Remote-Extra-scopes", "Accept-Encoding", "Impersonate-User"):
        assert ours not in headers
    assert certificate["subject"] == ((("commonName", "front-proxy-client"),),)


async def test_a_refusal_comes_back_as_it_is(running, served):
    code, body = await ask(running, "GET", f"{FLUNDERS}/none")
    assert (code, body["message"]) == (404, "no none")


async def test_a_watch_streams(running, served):
    request = Request(method="GET", path=FLUNDERS, query={"watch": ["true"]}, user=ADMIN)
    stream = await running.handle(request)
    assert isinstance(stream, Stream)
    async with aclosing(stream.frames) as frames:
        await ask(running, "POST", FLUNDERS, {"metadata": {"name": "f"}})
        event = msgspec.json.decode(await anext(frames))
    assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "f")


async def test_an_upgrade_is_handed_over_with_certificate_and_name(running, served):
    from onggi.apiserver.server import HttpServer

    class AsAdmin:
        async def handle(self, request):
            request.user = ADMIN
            return await running.handle(request)

    import aiohttp

    http = HttpServer(AsAdmin())
    await http.start([("127.0.0.1", 0)], None)
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{http.ports[0]}{FLUNDERS}/f/echo"
            async with session.ws_connect(url) as socket:
                await socket.send_str("hello")
                assert await socket.receive_str() == "hello to admin"
    finally:
        await http.stop()
    assert served.seen[-1][3]["subject"] == ((("commonName", "front-proxy-client"),),)


async def test_a_server_that_is_away_is_unavailable(running, served):
    await ask(running, "DELETE", f"{SLICES}/api-1")
    found = await condition(running, "EndpointsNotFound")
    assert found["message"] == 'cannot find endpointslices for service/api in "wardle"'
    code, text = await ask(running, "GET", FLUNDERS)
    assert (code, text) == (503, "service unavailable\n")


async def test_every_reason_is_told(running, other):
    await ask(running, "POST", SERVICES, api_service(other))
    found = await condition(running, "ServiceNotFound")
    assert (found["status"], found["message"]) == (
        "False",
        'service/api in "wardle" is not present',
    )
    other.healthy = False
    await reachable(running, other.port)
    found = await condition(running, "FailedDiscoveryCheck")
    assert found["message"].endswith(f"127.0.0.1:{other.port}{BASE}: 500")
    other.healthy = True
    await ask(running, "PATCH", f"{SERVICES}/{NAME}", {"spec": {"versionPriority": 10}},
              content_type="application/merge-patch+json")  # fmt: skip
    assert (await condition(running, "Passed"))["status"] == "True"


async def test_a_certificate_is_checked_unless_told_otherwise(running, other, tmp_path):
    from base64 import b64encode

    from tests.apiserver.aggregation.extension import authority

    wrong = b64encode(authority(tmp_path).trust.read_bytes()).decode()
    await reachable(running, other.port)
    await ask(running, "POST", SERVICES, api_service(other, caBundle=wrong))
    found = await condition(running, "FailedDiscoveryCheck")
    assert "x509: certificate signed by unknown authority" in found["message"]
    spec = {"caBundle": None, "insecureSkipTLSVerify": True}
    await ask(running, "PATCH", f"{SERVICES}/{NAME}", {"spec": spec},
              content_type="application/merge-patch+json")  # fmt: skip
    assert await condition(running, "Passed")


async def test_discovery_has_what_others_serve(running, served):
    _, groups = await ask(running, "GET", "/apis")
    names = [group["name"] for group in groups["groups"]]
    assert names[-1] == GROUP  # by its priority after ours
    _, group = await ask(running, "GET", f"/apis/{GROUP}")
    assert group["preferredVersion"] == {"groupVersion": f"{GROUP}/{VERSION}", "version": VERSION}
    _, resources = await ask(running, "GET", BASE)
    assert resources["resources"][0]["name"] == "flunders"
    _, whole = await ask(running, "GET", "/apis", accept=AGGREGATED)
    (found,) = (item for item in whole["items"] if item["metadata"]["name"] == GROUP)
    (version,) = found["versions"]
    assert version["freshness"] == "Current"
    (resource,) = version["resources"]
    assert (resource["resource"], resource["scope"], resource["shortNames"]) == (
        "flunders",
        "Namespaced",
        ["fl"],
    )
    assert resource["subresources"][0]["subresource"] == "status"


async def test_discovery_says_what_is_stale(running, served):
    await ask(running, "DELETE", f"{SLICES}/api-1")
    await condition(running, "EndpointsNotFound")
    _, whole = await ask(running, "GET", "/apis", accept=AGGREGATED)
    (found,) = (item for item in whole["items"] if item["metadata"]["name"] == GROUP)
    assert found["versions"][0]["freshness"] == "Stale"
    await ask(running, "DELETE", f"{SERVICES}/{NAME}")
    _, groups = await ask(running, "GET", "/apis")
    assert GROUP not in [group["name"] for group in groups["groups"]]
    assert (await ask(running, "GET", FLUNDERS))[0] == 404


async def test_what_is_served_here_has_local_services(running):
    _, found = await ask(running, "GET", SERVICES)
    by_name = {item["metadata"]["name"]: item for item in found["items"]}
    apps = by_name["v1.apps"]
    assert apps["spec"] == {
        "group": "apps",
        "version": "v1",
        "groupPriorityMinimum": 17800,
        "versionPriority": 15,
    }
    assert apps["status"]["conditions"][0]["reason"] == "Local"
    assert by_name["v1."]["spec"]["groupPriorityMinimum"] == 18000
    assert "v1.apiregistration.k8s.io" not in by_name


async def test_a_local_service_that_is_deleted_comes_back(running):
    place = running.app.backend.store.watch("apiservices.apiregistration.k8s.io", since=0)
    await place.next()
    await ask(running, "DELETE", f"{SERVICES}/v1.apps")
    async with asyncio.timeout(5):
        seen = []
        while "ADDED" not in seen:
            changes = await place.next()
            seen += [c.type for c in changes if c.new.key.name == "v1.apps"]
    assert seen == ["DELETED", "ADDED"]


async def test_extension_servers_find_whom_to_trust(running):
    path = "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication"
    _, found = await ask(running, "GET", path)
    data = found["data"]
    assert (data["client-ca-file"], data["requestheader-client-ca-file"]) == ("CA", "PEM")
    assert data["requestheader-allowed-names"] == '["front-proxy-client"]'
    assert data["requestheader-username-headers"] == '["X-Remote-User"]'


async def test_openapi_has_what_others_say(running, served):
    path = BASE.removeprefix("/")
    _, index = await ask(running, "GET", "/openapi/v3")
    assert index["paths"][path] == {"serverRelativeURL": f"/openapi/v3/{path}?hash=ABC"}
    assert "apis/apps/v1" in index["paths"]
    _, document = await ask(running, "GET", f"/openapi/v3/{path}?hash=ABC")
    assert document["info"]["title"] == "wardle"
    assert served.seen[-1][2]["X-Remote-User"] == "system:aggregator"
    _, whole = await ask(running, "GET", "/openapi/v2")
    assert f"{BASE}/flunders/" in whole["paths"]
    assert "/other/" not in whole["paths"]
    assert whole["definitions"]["com.example.Flunder"] == {"type": "object"}
    assert "io.k8s.api.core.v1.Pod" in whole["definitions"]


async def test_openapi_is_ours_alone_while_others_are_ill(running, served):
    served.healthy = False
    code, index = await ask(running, "GET", "/openapi/v3")
    assert code == 200
    assert BASE.removeprefix("/") not in index["paths"]
    assert "apis/apps/v1" in index["paths"]


async def test_who_may_not_register_tries_again_and_lives_on(running):
    from onggi.api.errors import Forbidden
    from onggi.apiserver.aggregation.registration import register
    from tests.apiserver.world import client

    class Stage:
        def due(self, review):
            return review.resource.startswith("apiservices") and review.operation == "CREATE"

        async def run(self, review):
            raise Forbidden("apiservices", "x", "not today")

    cluster, kinds = client(running), running.app.backend.registry.kinds
    admission = running.app.backend.admission
    admission._validating_stages = (Stage(),)
    await ask(running, "DELETE", f"{SERVICES}/v1.apps")
    assert not await register(cluster, kinds)
    admission._validating_stages = ()
    assert await register(cluster, kinds)
    assert (await ask(running, "GET", f"{SERVICES}/v1.apps"))[0] == 200


async def test_metrics_say_who_is_not_available(running, served):
    gauge = f'aggregator_unavailable_apiservice{{name="{NAME}"}}'
    assert f"{gauge} 0" in list(running.aggregator.lines())
    await ask(running, "DELETE", f"{SLICES}/api-1")
    await condition(running, "EndpointsNotFound")
    assert f"{gauge} 1" in list(running.aggregator.lines())
