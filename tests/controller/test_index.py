"""What the index of a kind finds, and that it never goes back in time."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.controller.index import Index, metadata_only


def thing(name, version, *, uid="", labels=None, owner="", namespace="d"):
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": uid or f"uid-{name}",
        "resourceVersion": str(version),
        "labels": labels or {},
        "ownerReferences": [{"uid": owner}] if owner else [],
    }
    return {"apiVersion": "v1", "kind": "Thing", "metadata": metadata, "spec": {}}


def names(objects):
    return sorted(o["metadata"]["name"] for o in objects)


def test_objects_are_found_by_name_namespace_owner_and_labels():
    index = Index()
    index.put(thing("a", 1, labels={"app": "x", "tier": "1"}, owner="o"))
    index.put(thing("b", 2, labels={"app": "x"}))
    index.put(thing("c", 3, labels={"app": "x"}, namespace="other"))
    assert index.get("d", "a")["metadata"]["resourceVersion"] == "1"
    assert names(index.all()) == ["a", "b", "c"]
    assert names(index.all("d")) == ["a", "b"]
    assert names(index.owned("o")) == ["a"]
    assert names(index.select("d", {"app": "x"})) == ["a", "b"]
    assert names(index.select("d", {"app": "x", "tier": "1"})) == ["a"]
    assert names(index.select("d", {"app": "y"})) == []


def test_an_older_version_changes_nothing():
    index = Index()
    assert index.put(thing("a", 5)) is not None
    assert index.put(thing("a", 5)) is None
    assert index.put(thing("a", 4)) is None
    old, new = index.put(thing("a", 6))
    assert (old["metadata"]["resourceVersion"], new["metadata"]["resourceVersion"]) == ("5", "6")


def test_what_we_deleted_stays_deleted_until_the_watch_says_so():
    index = Index()
    index.put(thing("a", 5))
    assert index.forget(thing("a", 5)) is not None
    assert index.put(thing("a", 6)) is None
    assert index.remove(thing("a", 7)) is None
    assert index.put(thing("a", 8, uid="another")) is not None


def test_an_answer_that_a_deletion_overtook_changes_nothing():
    index = Index()
    index.put(thing("a", 5))
    index.remove(thing("a", 7))
    assert index.put(thing("a", 6)) is None
    assert names(index.all()) == []


def test_the_end_of_an_older_namesake_is_not_the_end_of_the_new_one():
    index = Index()
    index.put(thing("a", 9, uid="new"))
    assert index.remove(thing("a", 7, uid="old")) is None
    assert names(index.all()) == ["a"]


def test_a_new_list_removes_what_is_gone_but_not_what_was_written_since():
    index = Index()
    index.put(thing("a", 5))
    index.put(thing("ours", 12))
    index.replace([thing("b", 8)], 10)
    assert names(index.all()) == ["b", "ours"]


def test_only_metadata_can_be_kept():
    kept = metadata_only(thing("a", 1))
    assert sorted(kept) == ["apiVersion", "kind", "metadata"]


things = st.builds(
    thing,
    st.sampled_from("abc"),
    st.integers(1, 30),
    uid=st.sampled_from(["u1", "u2"]),
    labels=st.dictionaries(st.sampled_from("xy"), st.sampled_from("12"), max_size=2),
    owner=st.sampled_from(["", "o1", "o2"]),
)
steps = st.lists(st.tuples(st.sampled_from(["put", "remove", "forget", "select"]), things))


@given(steps)
def test_every_index_tells_the_same_story(script):
    index = Index()
    for action, obj in script:
        index.select("d", obj["metadata"]["labels"]) if action == "select" else getattr(
            index, action
        )(obj)
    everything = index.all()
    assert names(everything) == names(index.all("d"))
    for owner in ("o1", "o2"):
        owned = [
            o
            for o in everything
            if any(r["uid"] == owner for r in o["metadata"]["ownerReferences"])
        ]
        assert names(index.owned(owner)) == names(owned)
    for pair in ({"x": "1"}, {"y": "2"}):
        chosen = [o for o in everything if pair.items() <= o["metadata"]["labels"].items()]
        assert names(index.select("d", pair)) == names(chosen)
