"""The cases are those of upstream's ``merge`` package, the properties those it promises."""

import pytest
from hypothesis import given

from onggi.api.fields import sets
from onggi.api.fields.conflict import path_text
from onggi.api.fields.owned import fields_stated
from onggi.api.fields.update import Conflicts, Manager, Owned
from tests.api.fields.world import ROOT, Live, OneVersion, few, labels, objects


def refused(live, name, config):
    with pytest.raises(Conflicts) as conflicts:
        live.apply(name, config)
    return [(found.manager.name, path_text(found.path)) for found in conflicts.value.found]


def names(*given):
    return {"items": [{"name": name} for name in given]}


@few
@given(objects, objects)
def test_applying_again_changes_nothing(before, config):
    live = Live()
    live.update("u", before)
    live.apply("a", config, force=True)
    was, managers = live.object, live.managers
    assert live.apply("a", config) is False
    assert (live.object, live.managers) == (was, managers)


@few
@given(labels, labels)
def test_two_who_apply_other_fields_may_come_in_any_order(one, other):
    left = {f"x{key}": value for key, value in one.items()}
    right = {f"y{key}": value for key, value in other.items()}
    first, second = Live(), Live()
    first.apply("a", {"labels": left, "text": "t"}), first.apply("b", {"labels": right})
    second.apply("b", {"labels": right}), second.apply("a", {"labels": left, "text": "t"})
    assert first.managers == second.managers
    assert first.object == second.object


def filled(value):
    """Without what is empty: upstream drops a map with its last entry, whoever stated it empty."""
    if not isinstance(value, dict):
        return value
    inner = {key: filled(each) for key, each in value.items()}
    return {key: each for key, each in inner.items() if each not in ({}, [])}


@few
@given(objects, objects)
def test_an_applier_that_withdraws_leaves_the_others_fields(others, config):
    for obj in (others, config):
        obj.pop("free", None)  # upstream lets a scalar take a map's place without a conflict
    others = filled(others)
    live = Live()
    live.apply("other", others)
    before = live.object
    try:
        live.apply("a", config)
    except Conflicts:
        return
    live.apply("a", {})
    assert live.owned("a") == {}
    had, left = (set(sets.paths(fields_stated(o, ROOT))) for o in (before, live.object))
    assert had <= left
    assert live.owned("other") == fields_stated(others, ROOT)


@few
@given(objects, objects)
def test_nobody_owns_what_is_not_there(before, config):
    live = Live()
    live.apply("a", before)
    live.apply("b", config, force=True)
    there = set(sets.paths(fields_stated(live.object, ROOT)))
    for owned in live.managers.values():
        stated = {p for p in sets.paths(owned.fields) if p[-1][0] in "kv"}
        assert stated <= there


@few
@given(objects, objects, objects)
def test_force_takes_what_it_wants_and_no_more(first, second, config):
    live = Live()
    live.apply("a", first)
    live.update("u", {**live.object, **second})
    live.apply("b", config, force=True)
    assert live.owned("b") == fields_stated(config, ROOT)
    assert refused_none(live, config)


def refused_none(live, config):
    """Whoever has forced once, has nothing left to force."""
    live.apply("b", config)
    return True


def test_an_item_that_its_applier_leaves_out_goes():
    live = Live()
    live.apply("one", names("a", "b"))
    live.apply("two", names("c"))
    live.apply("one", names("a"))
    assert live.object == names("a", "c")
    assert live.owned("one") == {"f:items": {'k:{"name":"a"}': {".": {}, "f:name": {}}}}


def test_an_item_stays_while_somebody_else_applies_it():
    live = Live()
    live.apply("one", names("a", "b", "c"))
    live.apply("two", names("c", "d"))
    live.apply("one", names("a"))
    assert live.object == names("a", "c", "d")


def test_the_same_value_is_no_conflict_another_is():
    live = Live()
    live.apply("one", {"items": [{"name": "a", "value": 0}]})
    live.apply("two", {"items": [{"name": "a", "value": 0}]})
    conflicts = refused(live, "three", {"items": [{"name": "a", "value": 1}]})
    assert conflicts == [("one", '.items[name="a"].value'), ("two", '.items[name="a"].value')]


def test_what_an_update_changed_is_a_conflict_until_it_is_forced():
    live = Live()
    live.apply("one", {"number": 1, "text": "a"})
    live.update("u", {"number": 2, "text": "a"})
    assert live.owned("one") == {"f:text": {}}
    assert refused(live, "one", {"number": 3, "text": "a"}) == [("u", ".number")]
    live.apply("one", {"number": 3, "text": "a"}, force=True)
    assert live.owned("u") == {}
    assert live.object == {"number": 3, "text": "a"}


def test_a_field_that_an_updater_owns_too_stays():
    live = Live()
    live.update("u", {"text": "a"})
    live.apply("one", {"text": "a", "number": 1})
    live.apply("one", {"number": 1})
    assert live.object == {"text": "a", "number": 1}


def test_what_an_updater_removes_nobody_owns():
    live = Live()
    live.apply("one", {"labels": {"a": "1", "b": "2"}})
    live.update("u", {"labels": {"b": "2"}})
    assert live.owned("one") == {"f:labels": {"f:b": {}}}


def test_defaulted_keys_tell_items_apart():
    live = Live()
    live.apply("one", {"items": [{"name": "a", "ports": [{"port": 80}]}]})
    live.apply("two", {"items": [{"name": "a", "ports": [{"port": 80, "protocol": "UDP"}]}]})
    assert len(live.object["items"][0]["ports"]) == 2
    live.apply("one", names("a"))
    assert live.object["items"][0]["ports"] == [{"port": 80, "protocol": "UDP"}]


def test_managers_of_versions_that_are_gone_go():
    live = Live()
    live.apply("one", {"text": "a"})
    who, owned = live.managers.popitem()
    live.managers[who] = owned._replace(version="v0")
    live.update("u", {"text": "b"})
    assert live.owned("one") == {}


@pytest.mark.parametrize("fixed", [True, False])
def test_a_manager_of_a_version_that_is_gone_keeps_nothing(fixed, monkeypatch):
    monkeypatch.setattr(OneVersion, "fixed", fixed)
    live = Live()
    live.apply("one", {"text": "a", "number": 1})
    live.managers[Manager("old", "Apply")] = Owned(live.owned("one"), "v0")
    live.apply("one", {"number": 1})
    assert live.object == {"number": 1}
    assert live.owned("old") == {}


def test_an_atomic_value_has_one_owner():
    live = Live()
    live.apply("one", {"selector": {"a": "1"}, "args": ["x"]})
    found = refused(live, "two", {"selector": {"b": "1"}, "args": ["x", "y"]})
    assert found == [("one", ".args"), ("one", ".selector")]
