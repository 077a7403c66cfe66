"""Where a webhook may be."""

from typing import Any

import pytest

from onggi.kinds.admissionregistration.client_config import check

FORM = "; desired format: https://host[/path]"
SERVICE = {"namespace": "n", "name": "s", "port": 443}


def problems(config: Any) -> list[str]:
    return [str(error) for error in check(config, "c")]


@pytest.mark.parametrize("url", ["https://host", "https://host:8443/a/b", "https://[::1]:1/"])
def test_a_url_is_https_and_has_a_host(url: str) -> None:
    assert problems({"url": url}) == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://h", f"Invalid value: \"http\": 'https' is the only allowed URL scheme{FORM}"),
        ("https:///x", f'Invalid value: "": host must be specified{FORM}'),
        ("https://u:p@h", 'Invalid value: "u:p": user information is not permitted in the URL'),
        ("https://h#f", 'Invalid value: "f": fragments are not permitted in the URL'),
        ("https://h?q=1", 'Invalid value: "q=1": query parameters are not permitted in the URL'),
    ],
)
def test_what_is_wrong_with_a_url_is_named(url: str, problem: str) -> None:
    assert problems({"url": url}) == [f"c.url: {problem}"]


def test_what_is_no_url_is_refused() -> None:
    assert problems({"url": "https://h:port/"})[0].startswith("c.url: Required value: url must be")


@pytest.mark.parametrize("path", [None, "", "/", "/a", "/a/b.c/", "/mutate-v1-pod"])
def test_a_path_is_made_of_names(path: str | None) -> None:
    assert problems({"service": {**SERVICE, "path": path}}) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": ""}, "c.service.name: Required value"),
        ({"namespace": ""}, "c.service.namespace: Required value"),
        ({"port": 0}, "c.service.port: Invalid value: 0: port is not valid: must be between 1 an"),
        ({"path": "//"}, 'c.service.path: Invalid value: "//": segment[0] may not be empty'),
        ({"path": "a"}, "c.service.path: Invalid value: \"a\": must start with a '/'"),
        ({"path": "/a//b"}, 'c.service.path: Invalid value: "/a//b": segment[1] may not be empty'),
        ({"path": "/A"}, 'c.service.path: Invalid value: "/A": segment[0]: a lowercase RFC 1123'),
    ],
)
def test_what_is_wrong_with_a_service_is_named(changes: Any, problem: str) -> None:
    assert problems({"service": {**SERVICE, **changes}})[0].startswith(problem)
