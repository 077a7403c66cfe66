"""The route table, walked as Envoy walks it."""

import re

import pytest

from onggi.platform.mesh.translate.resources import Backend
from onggi.platform.mesh.translate.routes import Rule, route_configuration


def rule(host, path, name, *, exact=False, rank=0):
    return Rule(host, path, exact, Backend("default", name, 80), rank)


def fits(match, method, host, path):
    if "path" in match and match["path"] != path:
        return False
    if "prefix" in match and not path.startswith(match["prefix"]):
        return False
    prefix = match.get("path_separated_prefix")
    if prefix and path != prefix and not path.startswith(prefix + "/"):
        return False
    values = {":method": method, ":authority": host}
    return all(
        re.fullmatch(h["string_match"]["safe_regex"]["regex"], values[h["name"]])
        for h in match.get("headers", ())
    )


def pick(hosts, host):
    """Exact, then the longest wildcard, then any: Envoy's search for a virtual host."""
    domains = {h["name"]: h for h in hosts}
    labels = host.split(".")
    wildcards = ["*." + ".".join(labels[n:]) for n in range(1, len(labels))]
    return next(domains[d] for d in (host, *wildcards, "*") if d in domains)


def walk(config, host, path, method="GET"):
    for route in pick(config["virtual_hosts"], host)["routes"]:
        if fits(route["match"], method, host, path):
            return route
    return None


def serves(config, host, path):
    route = walk(config, host, path)
    return route["route"]["cluster"].split("/")[1] if route and "route" in route else None


@pytest.mark.parametrize(
    ("prefix", "path", "hit"),
    [  # the table in Kubernetes' documentation of Ingress
        ("/", "/any", True),
        ("/foo", "/foo", True),
        ("/foo", "/foo/", True),
        ("/foo/", "/foo", True),
        ("/foo/", "/foo/", True),
        ("/aaa/bb", "/aaa/bbb", False),
        ("/aaa/bbb", "/aaa/bbb", True),
        ("/aaa/bbb/", "/aaa/bbb", True),
        ("/aaa/bbb", "/aaa/bbb/", True),
        ("/aaa/bbb", "/aaa/bbb/ccc", True),
        ("/aaa/bbb", "/aaa/bbbxyz", False),
    ],
)
def test_prefixes_match_element_by_element(prefix, path, hit):
    config = route_configuration([rule("h", prefix, "web")], [])
    assert (serves(config, "h", path) == "web") == hit


def test_exact_paths_match_exactly():
    config = route_configuration([rule("h", "/foo", "web", exact=True)], [])
    assert serves(config, "h", "/foo") == "web"
    for path in ("/foo/", "/bar", "/foo/bar"):
        assert serves(config, "h", path) is None


def test_the_longest_path_wins_and_exact_before_prefix_and_old_before_new():
    rules = [
        rule("h", "/", "root"),
        rule("h", "/a", "prefix"),
        rule("h", "/a", "exact", exact=True, rank=5),
        rule("h", "/a/b", "younger", rank=2),
        rule("h", "/a/b/", "older", rank=1),
    ]
    config = route_configuration(rules, [])
    assert serves(config, "h", "/a") == "exact"
    assert serves(config, "h", "/a/") == "prefix"
    assert serves(config, "h", "/a/b/c") == "older"
    assert serves(config, "h", "/x") == "root"


def test_a_wildcard_is_exactly_one_label_and_a_name_goes_before_it():
    rules = [rule("*.foo.com", "/", "wild"), rule("bar.foo.com", "/", "bar")]
    config = route_configuration(rules, [])
    assert serves(config, "bar.foo.com", "/") == "bar"
    assert serves(config, "x.foo.com", "/") == "wild"
    assert serves(config, "x.y.foo.com", "/") is None
    assert serves(config, "foo.com", "/") is None


def test_rules_without_a_host_apply_to_all_traffic_that_no_host_wants():
    rules = [rule("h", "/a", "mine"), rule("*", "/b", "any"), rule("*", "/a", "other")]
    config = route_configuration(rules, [])
    assert serves(config, "h", "/a") == "mine"
    assert serves(config, "h", "/b") == "any"
    assert serves(config, "elsewhere", "/a") == "other"
    assert serves(config, "elsewhere", "/c") is None


def test_a_default_backend_takes_what_nobody_matched():
    rules = [rule("h", "/a", "mine")]
    config = route_configuration(rules, [rule("*", "/", "default")])
    assert serves(config, "h", "/other") == "default"
    assert serves(config, "elsewhere", "/") == "default"
    own = route_configuration(rules, [rule("h", "/", "own"), rule("*", "/", "default")])
    assert serves(own, "h", "/other") == "own"
    assert serves(own, "elsewhere", "/") == "default"


def test_a_rule_without_a_backend_answers_503():
    config = route_configuration([Rule("h", "/", False, None)], [])
    assert walk(config, "h", "/")["direct_response"]["status"] == 503


def test_only_what_is_idempotent_is_sent_again_after_it_was_sent():
    config = route_configuration([rule("h", "/", "web")], [])
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        assert walk(config, "h", "/", method)["route"]["retry_policy"]["retry_on"].endswith(
            ",reset"
        )
    for method in ("POST", "PATCH"):
        policy = walk(config, "h", "/", method)["route"]["retry_policy"]
        assert "reset-before-request" in policy["retry_on"]
        assert not policy["retry_on"].endswith(",reset")
