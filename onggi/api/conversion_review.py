"""ConversionReview: the question to a conversion webhook, and what its answer says. Pure.

    question(objects, api_version, version, uid) -> the review to send
    answers(review, asked) -> the objects as the webhook made them        raises BadConversion

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from onggi.api.gotext import quote, type_name
from onggi.api.meta import check_annotations, check_labels
from onggi.api.objects import Object, View, clone_value

GROUP = "apiextensions.k8s.io"
KNOWN = ("v1", "v1beta1")
REPLACED = ("labels", "annotations")  # all that a webhook may change of metadata


class BadConversion(Exception):
    """The webhook's answer is none. The text says why, in upstream's words."""


class Asked(NamedTuple):
    """What was asked: these objects, all of one version, as ``api_version``."""

    objects: Sequence[View]
    api_version: str
    review: str  # version of the review: v1, v1beta1
    uid: str

    @property
    def shown(self) -> str:
        """``example.com/v1, Kind=Foo``."""
        first = self.objects[0]
        return f"{first['apiVersion']}, Kind={first['kind']}"


def review_version(versions: Sequence[str]) -> str:
    """The first that we know, too."""
    for version in versions:
        if version in KNOWN:
            return version
    raise BadConversion("no supported conversion review versions")


def question(asked: Asked) -> Object:
    return {
        "kind": "ConversionReview",
        "apiVersion": f"{GROUP}/{asked.review}",
        "request": {
            "uid": asked.uid,
            "desiredAPIVersion": asked.api_version,
            "objects": list(asked.objects),
        },
    }


def answers(review: Any, asked: Asked) -> list[Object]:
    try:
        found = converted_objects(review, asked)
    except BadConversion as error:
        raise BadConversion(f"conversion webhook for {asked.shown} failed: {error}") from None
    if len(found) != len(asked.objects):
        raise BadConversion(
            f"conversion webhook for {asked.shown} returned {len(found)} objects, "
            f"expected {len(asked.objects)}"
        )
    pairs = zip(asked.objects, found, strict=True)
    return [checked(asked, index, *pair) for index, pair in enumerate(pairs)]


def converted_objects(review: Any, asked: Asked) -> list[Any]:
    response = review.get("response") if isinstance(review, Mapping) else None
    if asked.review == "v1":
        check_envelope(review if isinstance(review, Mapping) else {})
    if not isinstance(response, Mapping):
        raise BadConversion("no response provided")
    if asked.review == "v1" and response.get("uid", "") != asked.uid:
        got = quote(str(response.get("uid", "")))
        raise BadConversion(f"expected response.uid={quote(asked.uid)}, got {got}")
    result = response.get("result") or {}
    if result.get("status") != "Success":
        said = result.get("message")
        status = result.get("status", "")
        raise BadConversion(said or f"response.result.status was '{status}', not 'Success'")
    return list(response.get("convertedObjects") or ())


def check_envelope(review: View) -> None:
    version, kind = review.get("apiVersion", ""), review.get("kind", "")
    if (version, kind) != (f"{GROUP}/v1", "ConversionReview"):
        wanted = f"{GROUP}/v1, Kind=ConversionReview"
        raise BadConversion(f"expected webhook response of {wanted}, got {version}, Kind={kind}")


def checked(asked: Asked, index: int, before: View, after: Any) -> Object:
    """The converted object, with the metadata of the original but for what may change."""
    at = f"conversion webhook for {asked.shown} returned invalid"
    if not isinstance(after, dict):
        raise BadConversion(f"{at} converted object at index {index}: not an object")
    if after.get("apiVersion") != asked.api_version:
        versions = f"(expected {asked.api_version}, received {after.get('apiVersion', '')})"
        raise BadConversion(
            f"{at} converted object at index {index}: invalid groupVersion {versions}"
        )
    if after.get("kind") != before["kind"]:
        kinds = f"(expected {before['kind']}, received {after.get('kind', '')})"
        raise BadConversion(f"{at} converted object at index {index}: invalid kind {kinds}")
    for problem in differences(before, after):
        raise BadConversion(f"{at} converted object at index {index}: {problem}")
    try:
        return {**after, "metadata": restored(before, after)}
    except BadConversion as error:
        raise BadConversion(f"{at} metadata in object at index {index}: {error}") from None


def differences(before: View, after: View) -> Iterator[str]:
    meta = after.get("metadata")
    found: View = meta if isinstance(meta, Mapping) else {}
    for field, shown in (("name", "name"), ("namespace", "namespace"), ("uid", "UID")):
        old, new = before["metadata"].get(field, ""), found.get(field, "")
        if old != new:
            yield f"must have the same {shown}: {old} != {new}"


def restored(before: View, after: View) -> Object:
    if "metadata" not in after:
        raise BadConversion("missing metadata in converted object")
    found: Object = clone_value(before["metadata"])
    for field in REPLACED:
        given = after["metadata"].get(field)
        if given is None:
            found.pop(field, None)
            continue
        check_texts(field, given)
        found[field] = given
    return found


def check_texts(field: str, given: Any) -> None:
    if not isinstance(given, Mapping):
        kind = type_name(given)
        raise BadConversion(f"invalid metadata.{field} of type {kind} in converted object")
    for key, value in given.items():
        if not isinstance(value, str):
            kind = type_name(value)
            why = f"metadata.{field}[{key}] must be a string, but is {kind} in converted object"
            raise BadConversion(why)
    check = check_labels if field == "labels" else check_annotations
    errors = [str(error) for error in check(given, f"metadata.{field}")]
    if errors:
        raise BadConversion(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
