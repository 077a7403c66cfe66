"""What the audit log says of requests to a real server."""

import json
from contextlib import aclosing

import pytest

from onggi.api.errors import AlreadyExists, Unauthorized
from onggi.api.http import Request, User
from onggi.apiserver.audit.audit import Audit, load
from onggi.apiserver.audit.log import LogFile
from onggi.apiserver.audit.policy import BadPolicy, Policy
from tests.apiserver import world

BOB = User("bob", ("system:authenticated",))


class Auditing:
    """A server with an audit log, and what is in it."""

    def __init__(self, folder, *rules, **more):
        head = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy"}
        policy = Policy.read({**head, "rules": list(rules), **more})
        self.server, self.path = world.server(), folder / "audit.log"
        app = self.server.app
        self.log = LogFile(self.path, app.backend.clock)
        app.audit = Audit(policy, self.log, app.backend.clock, lambda request: request.user)

    async def ask(self, method, path, body=b"", user=world.ADMIN, query=None, **headers):
        asked = {name: [value] for name, value in (query or {}).items()}
        request = Request(
            method=method, path=path, body=body, user=user, query=asked, headers=headers
        )
        return await self.server.handle(request)

    def events(self):
        self.log.flush()
        return [json.loads(line) for line in self.path.read_text().splitlines()]


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "made"}}
MADE = json.dumps(NAMESPACE).encode()


async def test_metadata_says_who_did_what_and_how_it_ended(tmp_path):
    made = Auditing(tmp_path, {"level": "Metadata"})
    agent = {"user-agent": "kubectl/v1.37", "audit-id": "given"}
    await made.ask("POST", "/api/v1/namespaces", MADE, query={"dryRun": "All"}, **agent)
    received, completed = made.events()
    assert received["stage"] == "RequestReceived"
    assert "responseStatus" not in received
    assert completed["stage"] == "ResponseComplete"
    assert completed["auditID"] == received["auditID"] == "given"
    assert completed["requestURI"] == "/api/v1/namespaces?dryRun=All"
    assert (completed["verb"], completed["user"]["username"]) == ("create", world.ADMIN.name)
    assert completed["objectRef"] == {"resource": "namespaces", "apiVersion": "v1"}
    assert completed["responseStatus"] == {"metadata": {}, "code": 201}
    assert completed["userAgent"] == "kubectl/v1.37"
    assert "requestObject" not in completed
    assert completed["annotations"]["authorization.k8s.io/decision"] == "allow"


async def test_bodies_are_shown_where_the_policy_says_so(tmp_path):
    made = Auditing(tmp_path, {"level": "RequestResponse"}, omitStages=["RequestReceived"])
    await made.ask("POST", "/api/v1/namespaces", MADE)
    (event,) = made.events()
    assert event["requestObject"] == NAMESPACE
    assert event["responseObject"]["metadata"]["uid"]
    assert event["objectRef"]["name"] == "made"


async def test_yaml_and_broken_bodies_are_shown_too(tmp_path):
    made = Auditing(tmp_path, {"level": "Request"}, omitStages=["RequestReceived"])
    text = b"apiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n"
    await made.ask("POST", "/api/v1/namespaces", text, **{"content-type": "application/yaml"})
    with pytest.raises(Exception, match="parse error"):
        await made.ask("POST", "/api/v1/namespaces", b"{broken")
    good, bad = made.events()
    assert good["requestObject"] == NAMESPACE
    assert (bad["requestObject"], bad["responseStatus"]["code"]) == ("{broken", 400)


async def test_a_refusal_says_why(tmp_path):
    made = Auditing(tmp_path, {"level": "Metadata"}, omitStages=["RequestReceived"])
    await made.ask("POST", "/api/v1/namespaces", MADE)
    with pytest.raises(AlreadyExists):
        await made.ask("POST", "/api/v1/namespaces", MADE)
    status = made.events()[-1]["responseStatus"]
    assert (status["code"], status["reason"]) == (409, "AlreadyExists")


async def test_a_watch_has_a_beginning_and_an_end(tmp_path):
    made = Auditing(tmp_path, {"level": "Metadata"}, omitStages=["RequestReceived"])
    query = {"watch": "true", "timeoutSeconds": "1", "allowWatchBookmarks": "true"}
    await made.ask("POST", "/api/v1/namespaces", MADE)
    stream = await made.ask("GET", "/api/v1/namespaces", query=query)
    async with aclosing(stream.frames) as frames:
        await anext(frames)
        assert [e["stage"] for e in made.events()][1:] == ["ResponseStarted"]
    assert [e["stage"] for e in made.events()][1:] == ["ResponseStarted", "ResponseComplete"]


async def test_who_acts_in_another_s_name_is_named_first(tmp_path):
    made = Auditing(tmp_path, {"level": "Metadata", "users": [world.ADMIN.name]})
    authenticator = made.server.app.authenticator
    made.server.app.authenticator = Pretending(authenticator)
    await made.ask("GET", "/api/v1/namespaces", **{"impersonate-user": "bob"})
    event = made.events()[-1]
    assert event["user"]["username"] == world.ADMIN.name
    assert event["impersonatedUser"]["username"] == "bob"


class Pretending:
    def __init__(self, inner):
        self.inner = inner

    def authenticate(self, request):
        return User("bob", ("system:masters",))


async def test_a_stranger_is_written_down(tmp_path):
    made = Auditing(tmp_path, {"level": "None"})
    made.server.app.authenticator = Refusing()
    with pytest.raises(Unauthorized):
        await made.ask("GET", "/api/v1/pods", user=None)
    (event,) = made.events()
    assert (event["stage"], event["responseStatus"]["code"]) == ("ResponseStarted", 401)


class Refusing:
    def authenticate(self, request):
        raise Unauthorized


async def test_what_the_policy_leaves_out_leaves_no_trace(tmp_path):
    made = Auditing(tmp_path, {"level": "None", "verbs": ["get"]}, {"level": "Metadata"})
    await made.ask("GET", "/version")
    assert made.events() == []


async def test_managed_fields_can_be_left_out(tmp_path):
    quiet = {"omitStages": ["RequestReceived"], "omitManagedFields": True}
    made = Auditing(tmp_path, {"level": "RequestResponse"}, **quiet)
    fields = [{"manager": "me", "operation": "Update", "apiVersion": "v1"}]
    body = {**NAMESPACE, "metadata": {"name": "made", "managedFields": fields}}
    await made.ask("POST", "/api/v1/namespaces", json.dumps(body).encode())
    await made.ask("GET", "/api/v1/namespaces")
    assert "managedFields" not in made.path.read_text()


def test_a_policy_file_that_cannot_be_used_is_named(tmp_path):
    path = tmp_path / "policy.yaml"
    with pytest.raises(BadPolicy, match=r"policy.yaml: No such file"):
        load(path)
    path.write_text("a: [")
    with pytest.raises(BadPolicy, match="is no YAML"):
        load(path)
    path.write_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n")
    with pytest.raises(BadPolicy, match=r"policy.yaml: loaded illegal policy with 0 rules"):
        load(path)


@pytest.mark.parametrize("level", ["Metadata", "Request"])
async def test_a_webhook_s_patch_is_shown_where_the_request_is(tmp_path, level):
    note, patch = "mutation.webhook.admission.k8s.io/x", "patch.webhook.admission.k8s.io/x"

    class Stage:
        def due(self, review):
            return review.resource == "namespaces"

        async def run(self, review):
            review.call.annotations.update({note: "n", patch: "p"})

    made = Auditing(tmp_path, {"level": level})
    made.server.app.backend.admission._mutating_stages = (Stage(),)
    await made.ask("POST", "/api/v1/namespaces", MADE)
    found = made.events()[-1]["annotations"]
    assert (note in found, patch in found) == (True, level == "Request")
