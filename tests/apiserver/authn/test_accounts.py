"""Service account tokens: asked for, shown, and dying with what they are bound to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from onggi.api.errors import BadRequest, Conflict, Invalid, NotFound, Unauthorized
from onggi.api.http import Request, User
from onggi.api.objects import Object, View
from onggi.api.times import stamp
from onggi.apiserver.authn import reviews
from onggi.apiserver.authn.accounts import ISSUER, Keys
from onggi.apiserver.authn.authenticator import Authenticator
from onggi.apiserver.authn.pki import Pki
from onggi.apiserver.authn.static import TokenFileError, parse
from onggi.apiserver.authn.token_requests import TokenRequests

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def thing(name: str, uid: str, namespace: str = "shop", **spec: Any) -> Object:
    return {"metadata": {"name": name, "namespace": namespace, "uid": uid}, "spec": spec}


@dataclass
class Cluster:
    """A clock and objects that tests move and remove."""

    keys: Keys
    now: datetime = NOW
    objects: dict[tuple[str, str, str], Object] = field(default_factory=dict)

    def put(self, resource: str, obj: Object) -> None:
        meta = obj["metadata"]
        self.objects[resource, meta["namespace"], meta["name"]] = obj

    def lookup(self, resource: str, namespace: str, name: str) -> View | None:
        return self.objects.get((resource, namespace, name))

    def ask(self, **spec: Any) -> Object:
        requests = TokenRequests(self.keys, self.lookup, new_id=lambda: "one")
        return requests.create("shop", "robot", {"spec": spec}, self.now)

    def authenticator(self, **options: Any) -> Authenticator:
        return Authenticator(self.keys, self.lookup, lambda: self.now, **options)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    pki = Pki(tmp_path_factory.mktemp("pki"))
    pki.renew(NOW)
    return Keys(pki.signing_key)


@pytest.fixture
def cluster(keys: Keys) -> Cluster:
    cluster = Cluster(keys)
    cluster.put("serviceaccounts", thing("robot", "sa-1"))
    cluster.put("pods", thing("web", "pod-1", serviceAccountName="robot", nodeName="here"))
    cluster.put("secrets", thing("box", "secret-1"))
    cluster.put("nodes", thing("here", "node-1", ""))
    return cluster


def bearing(token: str) -> Request:
    return Request(method="GET", path="/", headers={"authorization": f"Bearer {token}"})


def to_pod(**more: str) -> dict[str, Any]:
    return {"boundObjectRef": {"apiVersion": "v1", "kind": "Pod", "name": "web", **more}}


def test_a_token_says_who_it_is(cluster: Cluster) -> None:
    request = cluster.ask()
    assert request["spec"] == {"audiences": [ISSUER], "expirationSeconds": 3600}
    assert request["status"]["expirationTimestamp"] == stamp(NOW + timedelta(hours=1))
    user = cluster.authenticator().authenticate(bearing(request["status"]["token"]))
    assert user == User(
        "system:serviceaccount:shop:robot",
        ("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated"),
        "sa-1",
        {"authentication.kubernetes.io/credential-id": ("JTI=one",)},
    )


def test_a_pods_token_names_pod_and_node(cluster: Cluster) -> None:
    token = cluster.ask(**to_pod())["status"]["token"]
    said = jwt.decode(token, options={"verify_signature": False})
    assert said["kubernetes.io"] == {
        "namespace": "shop",
        "serviceaccount": {"name": "robot", "uid": "sa-1"},
        "pod": {"name": "web", "uid": "pod-1"},
        "node": {"name": "here", "uid": "node-1"},
    }
    user = cluster.authenticator().authenticate(bearing(token))
    prefix = "authentication.kubernetes.io"
    assert user.extra[f"{prefix}/pod-name"] == ("web",)
    assert user.extra[f"{prefix}/node-uid"] == ("node-1",)


def test_what_nodes_ask_for_lives_a_year_and_warns(cluster: Cluster) -> None:
    request = cluster.ask(**to_pod(), expirationSeconds=3607)
    said = jwt.decode(request["status"]["token"], options={"verify_signature": False})
    assert said["exp"] - said["iat"] == 365 * 24 * 3600
    assert said["kubernetes.io"]["warnafter"] - said["iat"] == 3607
    assert request["status"]["expirationTimestamp"] == stamp(NOW + timedelta(seconds=3607))
    other = cluster.ask(**to_pod(), expirationSeconds=3607, audiences=["vault"])
    said = jwt.decode(other["status"]["token"], options={"verify_signature": False})
    assert said["exp"] - said["iat"] == 3607


@pytest.mark.parametrize("seconds", [0, 599, (1 << 32) + 1])
def test_lives_have_bounds(cluster: Cluster, seconds: int) -> None:
    with pytest.raises(Invalid, match=r"spec\.expirationSeconds: Invalid value"):
        cluster.ask(expirationSeconds=seconds)


def test_requests_for_what_is_not_there_are_refused(cluster: Cluster) -> None:
    requests = TokenRequests(cluster.keys, cluster.lookup)
    with pytest.raises(NotFound, match='serviceaccounts "nobody" not found'):
        requests.create("shop", "nobody", {}, NOW)
    with pytest.raises(NotFound, match='pods "gone" not found'):
        cluster.ask(**to_pod(name="gone"))
    with pytest.raises(Conflict, match="does not match the UID in record"):
        cluster.ask(**to_pod(uid="pod-2"))
    with pytest.raises(BadRequest, match="type apps/v1, Kind=Deployment"):
        cluster.ask(boundObjectRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": "x"})
    with pytest.raises(BadRequest, match="type /v1, Kind=ConfigMap"):
        cluster.ask(boundObjectRef={"apiVersion": "v1", "kind": "ConfigMap", "name": "x"})
    cluster.put("pods", thing("web", "pod-1", serviceAccountName="other"))
    with pytest.raises(BadRequest, match="different serviceaccount name"):
        cluster.ask(**to_pod())
    with pytest.raises(Invalid, match="must match the service account name if specified"):
        requests.create("shop", "robot", {"metadata": {"name": "x"}}, NOW)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Pod", "web"), ("Secret", "box"), ("Node", "here"), ("ServiceAccount", "robot")],
)
@pytest.mark.parametrize("how", ["removed", "replaced", "deleted"])
def test_a_token_dies_with_what_it_is_bound_to(
    cluster: Cluster, kind: str, name: str, how: str
) -> None:
    ref = {"apiVersion": "v1", "kind": kind, "name": name}
    bound = {} if kind == "ServiceAccount" else {"boundObjectRef": ref}
    request = bearing(cluster.ask(**bound)["status"]["token"])
    authenticator = cluster.authenticator()
    authenticator.authenticate(request)
    key = (f"{kind.lower()}s", "" if kind == "Node" else "shop", name)
    meta = cluster.objects[key]["metadata"]
    if how == "removed":
        del cluster.objects[key]
    elif how == "replaced":
        meta["uid"] = "another"
    else:
        meta["deletionTimestamp"] = stamp(NOW - timedelta(seconds=30))
        authenticator.authenticate(request)  # upstream's leeway
        meta["deletionTimestamp"] = stamp(NOW - timedelta(seconds=61))
    with pytest.raises(Unauthorized):
        authenticator.authenticate(request)


def test_a_pods_token_outlives_its_node_object(cluster: Cluster) -> None:
    request = bearing(cluster.ask(**to_pod())["status"]["token"])
    del cluster.objects["nodes", "", "here"]
    cluster.authenticator().authenticate(request)


def test_tokens_expire(cluster: Cluster) -> None:
    authenticator = cluster.authenticator()
    request = bearing(cluster.ask()["status"]["token"])
    cluster.now = NOW + timedelta(hours=1)
    authenticator.authenticate(request)
    cluster.now += timedelta(minutes=2)
    with pytest.raises(Unauthorized):
        authenticator.authenticate(request)


def forged(cluster: Cluster, **changes: Any) -> str:
    said = jwt.decode(cluster.ask()["status"]["token"], options={"verify_signature": False})
    return jwt.encode({**said, **changes}, "secret" * 8, "HS256", headers={"kid": kid(cluster)})


def kid(cluster: Cluster) -> str:
    return next(iter(cluster.keys.public))


@pytest.mark.parametrize("change", ["none", "hs256", "signature", "payload", "issuer", "garbage"])
def test_forged_tokens_are_refused(cluster: Cluster, change: str) -> None:
    token = cluster.ask()["status"]["token"]
    head, body, signature = token.split(".")
    said = jwt.decode(token, options={"verify_signature": False})
    forgeries = {
        "none": jwt.encode(said, None, "none", headers={"kid": kid(cluster)}),
        "hs256": forged(cluster),
        "signature": f"{head}.{body}.{'A' * len(signature)}",
        "payload": f"{head}.{body[:-4]}AAAA.{signature}",
        "issuer": cluster.keys.sign({**said, "iss": "https://elsewhere"}),
        "garbage": "a.b.c",
    }
    with pytest.raises(Unauthorized):
        cluster.authenticator().authenticate(bearing(forgeries[change]))


def test_a_token_for_others_opens_no_door_here(cluster: Cluster) -> None:
    token = cluster.ask(audiences=["vault"])["status"]["token"]
    authenticator = cluster.authenticator()
    with pytest.raises(Unauthorized):
        authenticator.authenticate(bearing(token))
    review = reviews.handlers(authenticator)["TokenReview"]
    answer = review(User("x"), "", {"spec": {"token": token, "audiences": ["vault", "other"]}})
    assert answer["status"]["authenticated"] is True
    assert answer["status"]["audiences"] == ["vault"]
    assert answer["status"]["user"]["username"] == "system:serviceaccount:shop:robot"
    refused = review(User("x"), "", {"spec": {"token": token}})
    assert "authenticated" not in refused["status"]
    assert refused["status"]["error"]
    with pytest.raises(BadRequest, match="token is required"):
        review(User("x"), "", {"spec": {}})


def test_the_issuer_publishes_keys_that_verify(cluster: Cluster) -> None:
    token = cluster.ask()["status"]["token"]
    keys = jwt.PyJWKSet.from_dict(reviews.key_set(cluster.keys))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    said = jwt.decode(
        token, key, ["ES256"], audience=ISSUER, options={"verify_exp": False, "verify_nbf": False}
    )
    assert said["sub"] == "system:serviceaccount:shop:robot"
    assert reviews.configuration(cluster.keys)["jwks_uri"] == f"{ISSUER}/openid/v1/jwks"


def test_static_tokens_and_nobody(cluster: Cluster) -> None:
    known = tuple(parse(['s3cret,jane,1,"devs,ops"', "other,joe,2"], "tokens.csv"))
    authenticator = cluster.authenticator(static=known)
    jane = User("jane", ("devs", "ops", "system:authenticated"), "1")
    assert authenticator.authenticate(bearing("s3cret")) == jane
    with pytest.raises(Unauthorized):
        authenticator.authenticate(bearing("s3cre"))
    nobody = authenticator.authenticate(Request(method="GET", path="/"))
    assert nobody == User("system:anonymous", ("system:unauthenticated",))
    with pytest.raises(Unauthorized):
        cluster.authenticator(anonymous=False).authenticate(Request(method="GET", path="/"))


@pytest.mark.parametrize("line", ["token,user", ",user,1", "token,,1"])
def test_a_broken_token_file_names_the_line(line: str) -> None:
    with pytest.raises(TokenFileError, match=r"tokens\.csv:2"):
        list(parse(["a,b,c", line], "tokens.csv"))


def test_a_websocket_brings_its_token_as_a_protocol(cluster: Cluster) -> None:
    known = tuple(parse(["s3cret,jane,1"], "t"))
    offered = "v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.czNjcmV0"
    request = Request(method="GET", path="/", headers={"sec-websocket-protocol": offered})
    assert cluster.authenticator(static=known).authenticate(request).name == "jane"
