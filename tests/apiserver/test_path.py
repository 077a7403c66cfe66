"""Paths, as RequestInfoFactory reads them."""

import pytest

from onggi.api.http import Request
from onggi.apiserver.path import described, parse

CASES = [
    ("GET", "/api/v1/pods", ("list", "", "v1", "", "pods", "", "")),
    ("GET", "/api/v1/namespaces/a/pods/b", ("get", "", "v1", "a", "pods", "b", "")),
    ("PUT", "/api/v1/namespaces/a/pods/b/status", ("update", "", "v1", "a", "pods", "b", "status")),
    ("GET", "/api/v1/namespaces", ("list", "", "v1", "", "namespaces", "", "")),
    ("GET", "/api/v1/namespaces/a", ("get", "", "v1", "a", "namespaces", "a", "")),
    (
        "PUT",
        "/api/v1/namespaces/a/finalize",
        ("update", "", "v1", "a", "namespaces", "a", "finalize"),
    ),
    (
        "DELETE",
        "/apis/apps/v1/namespaces/a/deployments",
        ("deletecollection", "apps", "v1", "a", "deployments", "", ""),
    ),
    ("PATCH", "/api/v1/nodes/n", ("patch", "", "v1", "", "nodes", "n", "")),
    ("POST", "/api/v1/namespaces/a/pods", ("create", "", "v1", "a", "pods", "", "")),
    ("GET", "/api/v1/watch/namespaces/a/pods", ("watch", "", "v1", "a", "pods", "", "")),
    ("GET", "/api/v1/watch/namespaces/a/pods/b", ("watch", "", "v1", "a", "pods", "b", "")),
    ("GET", "/apis/apps/v1/watch/deployments", ("watch", "apps", "v1", "", "deployments", "", "")),
    (
        "GET",
        "/api/v1/namespaces/a/pods/b/proxy/x/y",
        ("get", "", "v1", "a", "pods", "b", "proxy"),
    ),
]


@pytest.mark.parametrize(("method", "path", "wanted"), CASES)
def test_a_path_names_verb_group_version_namespace_resource_name_subresource(method, path, wanted):
    found = parse(method, path)
    assert found[1:8] == wanted
    assert found.path == path


@pytest.mark.parametrize(
    "path", ["/", "/version", "/api", "/api/v1", "/apis/apps", "/apis/apps/v1", "/healthz/ping"]
)
def test_other_paths_name_no_resource_and_their_method_is_the_verb(path):
    found = parse("GET", path)
    assert (found.resource, found.verb) == ("", "get")


def test_an_endless_path_names_nothing():
    assert parse("GET", "/api/v1/namespaces/" + "a/" * 5000).resource == ""


def test_a_list_with_watch_is_a_watch():
    request = Request(method="GET", path="/api/v1/pods", query={"watch": ["1"]})
    assert described(request).verb == "watch"
    request = Request(method="GET", path="/api/v1/pods", query={"watch": ["0"]})
    assert described(request).verb == "list"


def test_a_resource_is_named_with_its_subresource_and_group():
    assert parse("GET", "/apis/apps/v1/namespaces/a/deployments/b/scale").label == (
        "deployments/scale.apps"
    )
