"""``serviceaccounts/NAME/token``: a token for a service account, made on request.

Source: ``pkg/registry/core/serviceaccount/storage/token.go``, ``pkg/apis/authentication``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from onggi.api.errors import BadRequest, Conflict, Invalid, NotFound
from onggi.api.field_error import FieldError, invalid
from onggi.api.gotext import quote
from onggi.api.objects import Object, View, clone, get
from onggi.api.times import stamp
from onggi.apiserver.authn.accounts import Keys, Life, Lookup, claims

KIND = "TokenRequest.authentication.k8s.io"
HOUR = 3600
SHORTEST, LONGEST = 600, 1 << 32  # seconds
WATCHED = 60 * 60 + 7  # what nodes ask for on behalf of pods
EXTENDED = 365 * 24 * HOUR  # what pods then get, so that old clients that never reload go on
RESOURCES = {"Pod": "pods", "Secret": "secrets", "Node": "nodes"}


@dataclass(frozen=True)
class TokenRequests:
    """``lookup`` is into the store; ``new_id`` names each token once."""

    keys: Keys
    lookup: Lookup
    extend: bool = True
    new_id: Callable[[], str] = lambda: str(uuid4())

    def create(self, namespace: str, name: str, body: View, now: datetime) -> Object:
        """The TokenRequest with its token. Raises NotFound, Invalid, BadRequest, Conflict."""
        request = _completed(body, namespace, name, self.keys.issuer)
        owner = _found(self.lookup, "serviceaccounts", namespace, name)
        request["metadata"]["creationTimestamp"] = stamp(now)
        if errors := list(validate(request)):
            raise Invalid(KIND, "", errors)
        bound = dict(self._bound(namespace, name, request["spec"].get("boundObjectRef")))
        said = claims(owner, bound, request["spec"]["audiences"], self._life(request, bound, now))
        token = self.keys.sign({**said, "jti": self.new_id()})
        expires = now + timedelta(seconds=request["spec"]["expirationSeconds"])
        request["status"] = {"token": token, "expirationTimestamp": stamp(expires)}
        return request

    def _life(self, request: View, bound: Mapping[str, View], now: datetime) -> Life:
        seconds = request["spec"]["expirationSeconds"]
        own = set(request["spec"]["audiences"]) <= {self.keys.issuer}
        if self.extend and "pod" in bound and seconds == WATCHED and own:
            return Life(now, EXTENDED, warn_after=seconds)
        return Life(now, seconds)

    def _bound(self, namespace: str, name: str, ref: View | None) -> Iterator[tuple[str, View]]:
        """What the token lives and dies with; a pod brings its node along."""
        if not ref:
            return
        kind, version = ref.get("kind", ""), ref.get("apiVersion", "")
        resource = RESOURCES.get(kind) if "/" not in version else None
        if resource is None:
            group, _, short = version.rpartition("/")
            shown = f"{group}/{short}, Kind={kind}"
            raise BadRequest(f"cannot bind token to object of type {shown}")
        found = _found(self.lookup, resource, "" if kind == "Node" else namespace, ref["name"])
        if kind == "Pod" and get(found, "spec.serviceAccountName") != name:
            raise BadRequest(
                f"cannot bind token for serviceaccount {quote(name)} to pod running with "
                "different serviceaccount name."
            )
        if ref.get("uid") and ref["uid"] != found["metadata"]["uid"]:
            raise Conflict(kind, ref["name"], OTHER_UID.format(ref["uid"]))
        yield kind.lower(), found
        if node := get(found, "spec.nodeName") if kind == "Pod" else "":
            yield "node", self.lookup("nodes", "", node) or {"metadata": {"name": node}}


OTHER_UID = (
    "the UID in the bound object reference ({}) does not match the UID in record. "
    "The object might have been deleted and then recreated"
)


def validate(request: View) -> Iterator[FieldError]:
    """Upstream's ``ValidateTokenRequest``."""
    seconds, path = request["spec"]["expirationSeconds"], "spec.expirationSeconds"
    if seconds < SHORTEST:
        yield invalid(path, seconds, "may not specify a duration less than 10 minutes")
    if seconds > LONGEST:
        yield invalid(path, seconds, "may not specify a duration larger than 2^32 seconds")


def _completed(body: View, namespace: str, name: str, issuer: str) -> Object:
    """With its defaults; refuses what contradicts the path."""
    request = clone(body)
    request.update(apiVersion="authentication.k8s.io/v1", kind="TokenRequest")
    meta, spec = request.setdefault("metadata", {}), request.setdefault("spec", {})
    for key, wanted, what in (("name", name, "name"), ("namespace", namespace, "namespace")):
        if meta.setdefault(key, wanted) != wanted:
            why = f"must match the service account {what} if specified"
            raise Invalid(KIND, name, [invalid(f"metadata.{key}", meta[key], why)])
    spec["audiences"] = spec.get("audiences") or [issuer]
    if spec.get("expirationSeconds") is None:
        spec["expirationSeconds"] = HOUR
    return request


def _found(lookup: Lookup, resource: str, namespace: str, name: str) -> View:
    found = lookup(resource, namespace, name)
    if found is None:
        raise NotFound(resource, name)
    return found
