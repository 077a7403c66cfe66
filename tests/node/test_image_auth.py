import base64
import json

import pytest

from onggi.node.image_auth import BadSecret, candidates, matches
from onggi.node.image_names import parse


def secret(**auths: dict) -> dict:
    body = json.dumps({"auths": {k.replace("__", "/"): v for k, v in auths.items()}})
    return {
        "metadata": {"name": "pull"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(body.encode()).decode()},
    }


@pytest.mark.parametrize(
    ("key", "image", "expected"),
    [
        ("https://index.docker.io/v1/", "nginx", True),
        ("docker.io", "team/app", True),
        ("reg.example.com", "reg.example.com/a", True),
        ("reg.example.com", "reg.example.com:5000/a", False),
        ("reg.example.com:5000", "reg.example.com:5000/a", True),
        ("*.example.com", "eu.example.com/a", True),
        ("*.example.com", "a.eu.example.com/a", False),
        ("reg.example.com/team", "reg.example.com/team/app", True),
        ("reg.example.com/team", "reg.example.com/teams/app", False),
        ("other.example.com", "reg.example.com/a", False),
    ],
)
def test_credentials_are_for_the_host_and_path_they_name(
    key: str, image: str, expected: bool
) -> None:
    assert matches(key, parse(image)) is expected


def test_the_longest_path_is_tried_first_and_both_spellings_are_read() -> None:
    joined = base64.b64encode(b"bob:se:cret").decode()
    found = candidates(
        [
            secret(**{"reg.example.com": {"username": "ann", "password": "x"}}),
            secret(**{"reg.example.com__team": {"auth": joined}, "other": {"username": "no"}}),
        ],
        parse("reg.example.com/team/app"),
    )
    assert [(a.username, a.password) for a in found] == [("bob", "se:cret"), ("ann", "x")]


def test_the_old_format_is_read_and_other_secrets_are_passed_over() -> None:
    old = {
        "metadata": {"name": "old"},
        "type": "kubernetes.io/dockercfg",
        "data": {".dockercfg": base64.b64encode(b'{"reg.io": {"username": "u"}}').decode()},
    }
    found = candidates([old, {"type": "Opaque", "data": {"x": ""}}], parse("reg.io/a"))
    assert [a.username for a in found] == ["u"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"auths": {"reg.io": {"auth": "%"}}}'])
def test_a_broken_secret_is_an_error_that_names_it(body: bytes) -> None:
    broken = secret()
    broken["data"][".dockerconfigjson"] = base64.b64encode(body).decode()
    with pytest.raises(BadSecret):
        candidates([broken], parse("reg.io/a"))


def test_credentials_are_never_shown() -> None:
    one = secret(**{"reg.io": {"username": "u", "password": "hidden"}})
    assert "hidden" not in repr(candidates([one], parse("reg.io/a")))
