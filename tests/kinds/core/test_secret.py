from typing import Any

import pytest

from onggi.kinds.core.secret import SECRET
from tests.kinds.samples import completed, created, sample


def said(type: str, data: dict[str, str], **meta: Any) -> list[str]:
    secret = sample(SECRET) | {"type": type, "data": data}
    del secret["stringData"]
    secret["metadata"] |= meta
    return [str(error) for error in SECRET.validate(completed(SECRET, secret))]


def test_strings_become_data() -> None:
    secret = created(SECRET)
    assert secret["data"] == {"key": "dmFsdWU="}
    assert "stringData" not in secret
    assert secret["type"] == "Opaque"


@pytest.mark.parametrize(
    ("type", "data", "expected"),
    [
        ("kubernetes.io/tls", {"tls.crt": ""}, ["data[tls.key]: Required value"]),
        ("kubernetes.io/ssh-auth", {}, ["data[ssh-privatekey]: Required value"]),
        ("kubernetes.io/basic-auth", {},
         ["data[username]: Required value", "data[password]: Required value"]),
        ("kubernetes.io/dockerconfigjson", {}, ["data[.dockerconfigjson]: Required value"]),
        ("kubernetes.io/dockerconfigjson", {".dockerconfigjson": "e30="}, []),
        ("kubernetes.io/service-account-token", {},
         ["metadata.annotations[kubernetes.io/service-account.name]: Required value"]),
    ],
)  # fmt: skip
def test_types_need_their_keys(type: str, data: dict[str, str], expected: list[str]) -> None:
    assert said(type, data) == expected


def test_contents_never_stand_in_an_error() -> None:
    (refusal,) = said("kubernetes.io/dockercfg", {".dockercfg": "c2VjcmV0"})
    assert "<secret contents redacted>" in refusal
    assert 'secret"' not in refusal.replace("<secret", "")


def test_the_type_and_immutable_data_stay() -> None:
    old = created(SECRET) | {"immutable": True}
    new = created(SECRET) | {"type": "other", "data": {}}
    assert [str(error) for error in SECRET.validate(new, old)] == [
        "immutable: Forbidden: field is immutable when `immutable` is set",
        "data: Forbidden: field is immutable when `immutable` is set",
        'type: Invalid value: "other": field is immutable',
    ]
