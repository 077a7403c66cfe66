import json

from onggi.api.fields import sets
from onggi.api.fields.last_applied import ANNOTATION, allowed, annotation, renewed
from onggi.api.fields.plan import plan
from onggi.apiserver import schemas

PLAN = plan(schemas.load("io.k8s.api.core.v1.ConfigMap"))


def config_map(last=None, **data):
    meta = {"name": "one"}
    if last is not None:
        meta["annotations"] = {ANNOTATION: last if isinstance(last, str) else json.dumps(last)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data}


def test_what_was_applied_and_is_still_so_is_no_conflict():
    live = config_map(config_map(a="1", b="2", c="3"), a="1", b="changed")
    assert sets.has(allowed(live, "v1", PLAN), ("f:data", "f:a"))
    assert not sets.has(allowed(live, "v1", PLAN), ("f:data", "f:b"))
    assert not sets.has(allowed(live, "v1", PLAN), ("f:data", "f:c"))


def test_an_annotation_that_says_nothing_allows_nothing():
    for last in (None, "", "{", "[]", {"apiVersion": "v9"}, {"apiVersion": "v1", "x": 1}):
        assert allowed(config_map(last, a="1"), "v1", PLAN) == {}


def test_the_annotation_says_what_was_applied_last():
    live = config_map("{}", a="1")
    config = config_map("whatever", a="<2>")
    shown = annotation(renewed(live, config))
    assert shown.endswith("\n")
    assert "\\u003c2\\u003e" in shown
    assert json.loads(shown) == config | {"metadata": {"name": "one", "annotations": {}}}


def test_without_an_annotation_there_will_be_none():
    live = config_map(a="1")
    assert renewed(live, config_map(a="2")) is live


def test_one_that_would_be_too_long_goes():
    live = config_map("{}", a="1")
    assert annotation(renewed(live, config_map(a="x" * 300_000))) == ""
