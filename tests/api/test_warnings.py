from typing import Any

from onggi.api.kind import Ignored, Kind
from onggi.api.objects import View
from onggi.api.warnings import places, warnings

KIND = Kind(
    group="",
    version="v1",
    name="Thing",
    plural="things",
    schema={},
    ignored=(Ignored("spec.parts[*].nfs", "not yet"), Ignored("spec.shared", "not yet", False)),
    advice=(lambda new, old: ["mind the gap"],),
)


def thing(**spec: Any) -> View:
    return {"spec": spec}


def test_every_ignored_field_is_named_where_it_stands() -> None:
    assert warnings(KIND, thing(parts=[{"nfs": {}}, {}, {"nfs": {"a": 1}}])) == [
        "mind the gap",
        "spec.parts[0].nfs: not yet",
        "spec.parts[2].nfs: not yet",
    ]


def test_one_value_of_a_field_may_be_what_is_ignored() -> None:
    assert "spec.shared: not yet" in warnings(KIND, thing(shared=False))
    assert "spec.shared: not yet" not in warnings(KIND, thing(shared=True))


def test_an_update_repeats_nothing_about_what_stood_there_already() -> None:
    old, new = thing(parts=[{"nfs": {}}]), thing(parts=[{"nfs": {}}, {"nfs": {}}])
    assert warnings(KIND, new, old)[1:] == ["spec.parts[1].nfs: not yet"]
    assert warnings(KIND, old, old)[1:] == []


def test_a_path_that_leads_nowhere_is_no_place() -> None:
    assert list(places({"a": "text"}, "a.b")) == []
    assert list(places({"a": None}, "a[*].b")) == []
