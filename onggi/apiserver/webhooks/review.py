"""AdmissionReview: the question about one write, and what an answer to it says. Pure.

Sources: ``k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go``,
``.../webhook/errors/statuserror.go``.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from onggi.api.errors import StatusError
from onggi.api.gotext import quote
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver.admission import CONNECT, CREATE, DELETE, Review
from onggi.apiserver.matching import asked_of

GROUP = "admission.k8s.io"
OPTIONS = "meta.k8s.io/v1"
JSON_PATCH = "JSONPatch"
LEAST = 400  # the code of a refusal
SHAPES = {"message": str, "reason": str, "details": dict, "code": int}
OPTION_FIELDS = ("dryRun", "fieldManager", "fieldValidation")


class BadAnswer(Exception):
    """What came back is no answer to the question; the text says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    status: View | None = None
    patch: Any = None
    warnings: Sequence[str] = ()
    annotations: Mapping[str, str] | None = None


def request(review: Review, kind: Kind, objects: tuple[View | None, View | None]) -> Object:
    """What a webhook is sent but its uid: the write seen as ``kind``, with the new and the old
    object in that form."""
    call, asked = review.call, asked_of(review)
    about = review.about
    sent: Object = {
        "kind": group_version_kind(about or kind),
        "resource": group_version_resource(kind),
        "requestKind": group_version_kind(about or call.kind),
        "requestResource": group_version_resource(call.kind),
        "operation": review.operation,
        "userInfo": call.user.info,
        "object": objects[0],
        "oldObject": objects[1],
        "dryRun": review.dry_run,
        "options": options(review),
    }
    if asked.subresource:
        sent["subResource"] = sent["requestSubResource"] = asked.subresource
    if name := asked.name:
        sent["name"] = name
    if asked.namespace:
        sent["namespace"] = asked.namespace
    return sent


def group_version_kind(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "kind": kind.name}


def group_version_resource(kind: Kind) -> Object:
    return {"group": kind.group, "version": kind.version, "resource": kind.plural}


def options(review: Review) -> Object | None:
    """The options of the request: of a patch those of the update that it is."""
    if review.operation == CONNECT:
        return None
    if review.operation == DELETE:
        return {**(review.options or {}), "kind": "DeleteOptions", "apiVersion": OPTIONS}
    kind = "CreateOptions" if review.operation == CREATE else "UpdateOptions"
    found: Object = {"kind": kind, "apiVersion": OPTIONS}
    query = review.call.request.query
    for field in OPTION_FIELDS if query else ():
        if values := query.get(field):
            found[field] = list(values) if field == "dryRun" else values[0]
    return found


def envelope(version: str, uid: str, sent: Object) -> Object:
    return {
        "kind": "AdmissionReview",
        "apiVersion": f"{GROUP}/{version}",
        "request": {"uid": uid, **sent},
    }


def verdict(body: bytes, version: str, uid: str, mutating: bool) -> Verdict:
    """What an answer says. Raises BadAnswer."""
    document = decoded(body)
    response = document.get("response")
    if not isinstance(response, dict):
        raise BadAnswer("webhook response was absent")
    if version == "v1":
        check(document, response, uid)
        check_patch(response, mutating)
    return Verdict(
        allowed=response.get("allowed") is True,
        status=typed(response, "status", dict),
        patch=patch_of(response) if mutating and response.get("patch") else None,
        warnings=[str(text) for text in typed(response, "warnings", list) or ()],
        annotations=typed(response, "auditAnnotations", dict),
    )


def decoded(body: bytes) -> Object:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadAnswer(f"couldn't get version/kind; json parse error: {error}") from None
    if not isinstance(document, dict):
        raise BadAnswer("couldn't get version/kind; json parse error: no object")
    return document


def typed(response: View, field: str, kind: type) -> Any:
    value = response.get(field)
    if value is not None and not isinstance(value, kind):
        raise BadAnswer(f"json: cannot unmarshal into Go struct field AdmissionResponse.{field}")
    return value


def check(document: View, response: View, uid: str) -> None:
    if response.get("uid") != uid:
        got = quote(str(response.get("uid") or ""))
        raise BadAnswer(f"expected response.uid={quote(uid)}, got {got}")
    named = document.get("apiVersion") or "", document.get("kind") or ""
    if named != (f"{GROUP}/v1", "AdmissionReview"):
        shown = f"{named[0]}, Kind={named[1]}"
        raise BadAnswer(
            f"expected webhook response of {GROUP}/v1, Kind=AdmissionReview, got {shown}"
        )


def check_patch(response: View, mutating: bool) -> None:
    patch, kind = response.get("patch"), response.get("patchType")
    if not mutating:
        for field, value in (("patch", patch), ("patchType", kind)):
            if value:
                raise BadAnswer(f"validating webhook may not return response.{field}")
    elif patch and kind is None:
        raise BadAnswer("webhook returned response.patch but not response.patchType")
    elif not patch and kind is not None:
        raise BadAnswer("webhook returned response.patchType but not response.patch")
    elif kind == "":
        raise BadAnswer('webhook returned invalid response.patchType of ""')
    elif patch and kind != JSON_PATCH:
        raise BadAnswer(f"unsupported patch type {quote(str(kind))}")


def patch_of(response: View) -> Any:
    try:
        return msgspec.json.decode(b64decode(response["patch"], validate=True))
    except (ValueError, TypeError, msgspec.DecodeError) as error:
        raise BadAnswer(f"received undecodable patch in webhook response: {error}") from None


def denial(name: str, status: View | None) -> StatusError:
    """The refusal that a webhook's ``status`` words; never a success."""
    given = (status or {}).items()
    found: Object = {f: v for f, v in given if isinstance(v, SHAPES.get(f, object))}
    text = f"admission webhook {quote(name)} denied the request"
    why = found.get("message") or found.get("reason")
    shown = f"{text}: {why}" if why else f"{text} without explanation"
    refused = StatusError.of({**found, "message": shown})
    code = found.get("code", 0)
    refused.status_code = code if LEAST <= code < 1000 else LEAST
    return refused
