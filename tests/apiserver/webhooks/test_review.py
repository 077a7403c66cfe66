"""Answers of webhooks: what is one, what is none, and what a refusal says."""

from base64 import b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.webhooks.review import BadAnswer, denial, verdict

PATCH = b64encode(b'[{"op":"add","path":"/a","value":1}]').decode()
FIELDS = (
    "uid", "allowed", "status", "patch", "patchType", "warnings", "code", "message", "reason",
    "details",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def body(version: str = "v1", **response: Any) -> bytes:
    document = {
        "kind": "AdmissionReview",
        "apiVersion": f"admission.k8s.io/{version}",
        "response": {"uid": "u", "allowed": True, **response},
    }
    return msgspec.json.encode(document)


def why(text: bytes, mutating: bool = True, version: str = "v1") -> str:
    with pytest.raises(BadAnswer) as bad:
        verdict(text, version, "u", mutating)
    return str(bad.value)


def test_a_patch_is_decoded() -> None:
    found = verdict(body(patch=PATCH, patchType="JSONPatch", warnings=["w"]), "v1", "u", True)
    assert found.patch == [{"op": "add", "path": "/a", "value": 1}]
    assert (found.allowed, list(found.warnings)) == (True, ["w"])


@pytest.mark.parametrize(
    ("text", "mutating", "problem"),
    [
        (b"{}", True, "webhook response was absent"),
        (b"[]", True, "couldn't get version/kind; json parse error: no object"),
        (body(uid="x"), True, 'expected response.uid="u", got "x"'),
        (body("v2"), True, "expected webhook response of admission.k8s.io/v1, Kind=AdmissionRev"),
        (body(patch=PATCH), True, "webhook returned response.patch but not response.patchType"),
        (body(patchType="JSONPatch"), True, "webhook returned response.patchType but not respon"),
        (body(patch=PATCH, patchType=""), True, "webhook returned invalid response.patchType of"),
        (body(patch=PATCH, patchType="Merge"), True, 'unsupported patch type "Merge"'),
        (body(patch="!", patchType="JSONPatch"), True, "received undecodable patch in webhook r"),
        (body(patch=PATCH), False, "validating webhook may not return response.patch"),
        (body(patchType="JSONPatch"), False, "validating webhook may not return response.patchTy"),
        (body(warnings="w"), True, "json: cannot unmarshal into Go struct field AdmissionRespons"),
    ],
)
def test_what_is_no_answer_is_told(text: bytes, mutating: bool, problem: str) -> None:
    assert why(text, mutating).startswith(problem)


def test_the_older_version_checks_neither_uid_nor_patch_type() -> None:
    found = verdict(body("v1beta1", uid="x", patch=PATCH), "v1beta1", "u", True)
    assert found.patch is not None


@given(JSON, st.booleans(), st.sampled_from(["v1", "v1beta1"]))
def test_any_answer_is_a_verdict_or_none(response: Any, mutating: bool, version: str) -> None:
    text = msgspec.json.encode({"response": response})
    try:
        found = verdict(text, version, "u", mutating)
    except BadAnswer:
        return
    if not found.allowed:
        refusal = denial("a.b.c", found.status)
        assert refusal.status_code >= 400
        assert msgspec.json.encode(refusal.status())


def test_a_refusal_keeps_what_the_webhook_says_of_it() -> None:
    status = {"code": 422, "reason": "Invalid", "message": "no", "details": {"name": "x"}}
    found = denial("a.b.c", status).status()
    assert found["message"] == 'admission webhook "a.b.c" denied the request: no'
    assert (found["code"], found["reason"], found["details"]) == (422, "Invalid", {"name": "x"})
