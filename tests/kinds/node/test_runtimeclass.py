"""RuntimeClass."""

from onggi.api.objects import clone
from onggi.kinds.node.runtimeclass import RUNTIMECLASS
from tests.kinds.samples import created


def said(**changes):
    return [str(error) for error in RUNTIMECLASS.validate({**created(RUNTIMECLASS), **changes})]


def test_the_handler_is_a_label_and_stays():
    assert said(handler="") == ["handler: Required value"]
    assert "lowercase RFC 1123 label" in said(handler="A")[0]
    old = created(RUNTIMECLASS)
    new = {**clone(old), "handler": "other"}
    assert [str(e) for e in RUNTIMECLASS.validate(new, old)] == [
        'handler: Invalid value: "other": field is immutable'
    ]


def test_overhead_is_what_containers_may_ask():
    assert said(overhead={"podFixed": {"cpu": "100m"}}) == []
    assert (
        "must be a standard resource for containers" in said(overhead={"podFixed": {"pods": 1}})[0]
    )


def test_a_toleration_is_there_once():
    toleration = {"key": "a", "operator": "Exists"}
    assert said(scheduling={"tolerations": [toleration]}) == []
    (error,) = said(scheduling={"tolerations": [toleration, toleration]})
    assert error.startswith("scheduling.tolerations[1]: Duplicate value")
