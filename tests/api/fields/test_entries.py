from onggi.api.fields import entries, sets
from onggi.api.fields.entries import Managed
from onggi.api.fields.update import Manager, Owned

TEXT = sets.of(("f:data", "f:a"))


def entry(manager, operation="Update", time="2026-01-01T00:00:00Z", **more):
    return {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:data": {"f:a": {}}},
        **more,
    }


def test_entries_that_nobody_touched_are_the_same_objects():
    found = [entry("a", "Apply"), entry("b"), entry("c", subresource="status")]
    assert all(a is b for a, b in zip(entries.written(entries.read(found)), found, strict=True))


def test_appliers_come_first_then_who_wrote_earlier_then_names():
    managed = entries.read(
        [
            entry("z", time="2026-01-02T00:00:00Z"),
            entry("b", subresource="scale"),
            entry("b"),
            entry("x", "Apply", time="2026-01-03T00:00:00Z"),
            {k: v for k, v in entry("n").items() if k != "time"},
        ]
    )
    shown = [(e["manager"], e.get("subresource", "")) for e in entries.written(managed)]
    assert shown == [("x", ""), ("n", ""), ("b", ""), ("b", "scale"), ("z", "")]


def test_an_applier_is_the_same_in_every_version_an_updater_is_not():
    found = [entry("a", "Apply"), entry("a", "Apply", apiVersion="v2")]
    assert len(entries.read(found).managers) == 1
    found = [entry("a"), entry("a", apiVersion="v2")]
    assert len(entries.read(found).managers) == 2


def test_what_others_send_is_checked():
    for wrong in (
        {"operation": "Guess"},
        {"apiVersion": ""},
        {"fieldsType": ""},
        {"fieldsType": "FieldsV2"},
        {"fieldsV1": {"a": {}}},
    ):
        try:
            entries.read([entry("a") | wrong], ours=False)
        except ValueError:
            continue
        raise AssertionError(wrong)


def test_the_oldest_of_too_many_updaters_become_one():
    times = [f"2026-01-01T00:00:{second:02}Z" for second in range(12)]
    managers = {Manager(f"m{n:02}", "Update", "v1"): Owned(TEXT, "v1") for n in range(12)}
    managers[Manager("a", "Apply")] = Owned(TEXT, "v1")
    known = dict(zip(managers, times, strict=False))
    left = entries.capped(Managed(managers, known, {}))
    assert len([m for m in left.managers if m.operation == "Update"]) == 10
    names = [e["manager"] for e in entries.written(left)]
    assert names == ["a", "ancient-changes", *(f"m{n:02}" for n in range(3, 12))]
    assert left.times[Manager("ancient-changes", "Update", "v1")] == times[2]


def test_updaters_of_other_versions_are_not_put_together():
    managers = {Manager("m", "Update", f"v{n}"): Owned(TEXT, f"v{n}") for n in range(12)}
    assert len(entries.capped(Managed(managers, {}, {})).managers) == 12


def test_an_empty_list_or_entry_resets():
    assert entries.is_reset([])
    assert entries.is_reset([{}])
    assert not entries.is_reset(None)
    assert not entries.is_reset([entry("a")])


def test_entries_that_differ_in_time_alone_are_told():
    assert entries.same_but_times([entry("a")], [entry("a", time="2027-01-01T00:00:00Z")])
    assert not entries.same_but_times([entry("a")], [entry("b")])
    assert not entries.same_but_times([entry("a")], [])
