"""How a namespace ends, step by step."""

from onggi.api.errors import InternalError
from onggi.api.plan import Remains, Target
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.namespace.reconcile import FINE, home, reconcile
from onggi.kinds.core.pod import POD
from tests.world import NOW, ListWorld, story, told


def namespace(phase="Terminating", finalizers=("kubernetes",), **status):
    meta = {"name": "n", "uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z"}
    spec = {"finalizers": list(finalizers)}
    return {
        "kind": "Namespace",
        "metadata": meta,
        "spec": spec,
        "status": {"phase": phase, **status},
    }


def begin(obj):
    return reconcile(obj, ListWorld([obj]), NOW)


def conditions(action):
    return {c["type"]: c for c in action.status["conditions"]}


def test_a_living_namespace_is_left_alone():
    living = namespace("Active")
    del living["metadata"]["deletionTimestamp"]
    assert story(begin(living)) == []


def test_pods_are_cleared_before_all_else():
    found = begin(namespace("Active"))
    assert story(found) == ["status Namespace n", "Clear"]
    assert found.actions[1].kinds == [POD]
    held = Remains(POD, [{"metadata": {}}])
    (status,) = found.actions[1].then([held])
    remaining = conditions(status)["NamespaceContentRemaining"]
    assert remaining["message"] == "Some resources are remaining: pods. has 1 resource instances"
    (clear,) = found.actions[1].then([Remains(POD)])
    assert POD not in clear.kinds
    assert CONFIGMAP in clear.kinds


def last(obj, *remains):
    (clear,) = begin(obj).actions[-1].then([Remains(POD)])
    return clear.then(list(remains))


def test_an_empty_namespace_is_let_go():
    status, release = last(namespace(), Remains(CONFIGMAP))
    assert {c["status"] for c in status.status["conditions"]} == {"False"}
    assert list(conditions(status)) == list(FINE)
    assert told(release) == "update Namespace n finalize"
    assert release.obj["spec"]["finalizers"] == []


def test_other_finalizers_of_the_namespace_stay():
    *_, release = last(namespace(finalizers=("kubernetes", "example.com/x")), Remains(CONFIGMAP))
    assert release.obj["spec"]["finalizers"] == ["example.com/x"]


def test_what_is_in_the_way_is_told():
    items = [{"metadata": {"finalizers": ["example.com/x"]}}, {"metadata": {}}]
    (status,) = last(namespace(), Remains(CONFIGMAP, items))
    found = conditions(status)
    assert found["NamespaceFinalizersRemaining"]["message"] == (
        "Some content in the namespace has finalizers remaining: "
        "example.com/x in 1 resource instances"
    )
    (failed,) = last(namespace(), Remains(CONFIGMAP, refusal=InternalError("broken")))
    failure = conditions(failed)["NamespaceDeletionContentFailure"]
    assert failure["reason"] == "ContentDeletionFailed"
    assert failure["message"].startswith("Failed to delete all resource types, 1 remaining: ")


def test_nothing_is_written_twice():
    (status, _) = last(namespace(), Remains(CONFIGMAP))
    assert [told(a) for a in last(namespace(**status.status), Remains(CONFIGMAP))] == [
        "update Namespace n finalize"
    ]


def test_only_what_is_in_an_ending_namespace_wakes_it():
    thing = {"metadata": {"name": "a", "namespace": "n"}}
    living = namespace()
    del living["metadata"]["deletionTimestamp"]
    assert home(CONFIGMAP, thing, ListWorld([namespace()])) == [Target(NAMESPACE, "", "n")]
    assert home(CONFIGMAP, thing, ListWorld([living])) == []
