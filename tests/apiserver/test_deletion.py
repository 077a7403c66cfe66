"""What a DELETE does, decided without a server."""

from datetime import UTC, datetime, timedelta

import pytest

from onggi.api.errors import BadRequest, Conflict, Invalid
from onggi.api.http import Request
from onggi.api.times import stamp
from onggi.apiserver.deletion import DeleteOptions, advise, decide, options_of
from onggi.kinds.batch.job import JOB
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.replicationcontroller import REPLICATIONCONTROLLER

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = DeleteOptions()
ASK = Request(method="DELETE", path="/")


def thing(**meta):
    return {"metadata": {"name": "x", "uid": "u", "resourceVersion": "7", **meta}}


def pod(node="n1", phase="Running", grace=30, **meta):
    spec = {"terminationGracePeriodSeconds": grace, "nodeName": node}
    return {**thing(generation=1, **meta), "spec": spec, "status": {"phase": phase}}


def going(left, **more):
    when = stamp(NOW + timedelta(seconds=left))
    return pod(deletionTimestamp=when, deletionGracePeriodSeconds=30, **more)


def test_a_plain_object_goes_at_once():
    assert decide(CONFIGMAP, thing(), NOTHING, NOW) == (None, True)


def test_a_finalizer_keeps_it_marked():
    mark, end = decide(CONFIGMAP, thing(finalizers=["a/b"], generation=3), NOTHING, NOW)
    assert not end
    assert mark["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 0
    assert mark["metadata"]["generation"] == 4


def test_a_second_deletion_changes_nothing():
    obj = thing(finalizers=["a/b"], generation=3)
    once = decide(CONFIGMAP, obj, NOTHING, NOW).mark
    twice = decide(CONFIGMAP, once, NOTHING, NOW + timedelta(minutes=1)).mark
    assert twice == once


@pytest.mark.parametrize(
    ("options", "finalizers"),
    [
        (DeleteOptions(policy="Orphan"), ["orphan"]),
        (DeleteOptions(orphan=True), ["orphan"]),
        (DeleteOptions(policy="Foreground"), ["foregroundDeletion"]),
    ],
)
def test_a_propagation_policy_is_a_finalizer_for_the_collector(options, finalizers):
    mark, end = decide(CONFIGMAP, thing(), options, NOW)
    assert mark["metadata"]["finalizers"] == finalizers
    assert not end


def test_background_takes_the_collectors_finalizers_off():
    obj = thing(finalizers=["orphan"])
    assert decide(CONFIGMAP, obj, DeleteOptions(policy="Background"), NOW) == (None, True)
    assert not decide(CONFIGMAP, obj, NOTHING, NOW).end


def test_events_have_no_dependents():
    assert decide(EVENT, thing(), DeleteOptions(policy="Foreground"), NOW) == (None, True)


def test_a_running_pod_gets_its_grace_period():
    mark, end = decide(POD, pod(), NOTHING, NOW)
    assert not end
    assert mark["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:30Z"
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 30
    assert mark["metadata"]["generation"] == 2


@pytest.mark.parametrize("what", [pod(node=""), pod(phase="Failed"), pod(phase="Succeeded")])
def test_a_pod_that_runs_nowhere_goes_at_once(what):
    mark, end = decide(POD, what, DeleteOptions(grace=60), NOW)
    assert end
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 0


def test_a_forced_pod_goes_at_once():
    assert decide(POD, pod(), DeleteOptions(grace=0), NOW).end


def test_a_grace_period_can_only_get_shorter():
    assert decide(POD, going(20), DeleteOptions(grace=60), NOW) == (None, False)
    assert decide(POD, going(20), NOTHING, NOW) == (None, False)
    mark, end = decide(POD, going(20), DeleteOptions(grace=15), NOW)
    assert not end
    assert mark["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:05Z"
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 15


def test_a_shorter_grace_period_never_ends_in_the_past():
    mark, end = decide(POD, going(20), DeleteOptions(grace=5), NOW)
    assert mark["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:00Z"
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 1
    assert not end
    assert decide(POD, going(20), DeleteOptions(grace=0), NOW).end


def test_a_pod_with_a_finalizer_stays():
    assert not decide(POD, pod(finalizers=["a/b"]), DeleteOptions(grace=0), NOW).end


def test_a_negative_grace_period_is_a_second():
    mark, _ = decide(POD, pod(), DeleteOptions(grace=-5), NOW)
    assert mark["metadata"]["deletionGracePeriodSeconds"] == 1


def test_a_namespace_terminates_first():
    ns = thing() | {"spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
    mark, end = decide(NAMESPACE, ns, NOTHING, NOW)
    assert not end
    assert mark["status"]["phase"] == "Terminating"
    assert "deletionGracePeriodSeconds" not in mark["metadata"]
    assert decide(NAMESPACE, mark, NOTHING, NOW) == (None, False)
    assert decide(NAMESPACE, mark | {"spec": {}}, NOTHING, NOW) == (None, True)


def test_preconditions_are_checked_in_upstreams_words():
    with pytest.raises(Conflict) as refused:
        decide(CONFIGMAP, thing(), DeleteOptions(uid="other"), NOW)
    assert refused.value.message == (
        'Operation cannot be fulfilled on ConfigMap "x": the UID in the precondition (other) does '
        "not match the UID in record (u). The object might have been deleted and then recreated"
    )
    with pytest.raises(Conflict) as refused:
        decide(CONFIGMAP, thing(), DeleteOptions(version="6"), NOW)
    assert "the ResourceVersion in the precondition (6) does not match" in refused.value.message
    decide(CONFIGMAP, thing(), DeleteOptions(uid="u", version="7"), NOW)


def test_options_come_from_the_body_or_else_from_the_query():
    body = {"gracePeriodSeconds": 5, "preconditions": {"uid": "u"}, "dryRun": ["All"]}
    assert options_of(body, ASK) == DeleteOptions(grace=5, uid="u", dry_run=True)
    query = {"gracePeriodSeconds": ["0"], "propagationPolicy": ["Orphan"]}
    asked = Request(method="DELETE", path="/", query=query)
    assert options_of({}, asked) == DeleteOptions(grace=0, policy="Orphan")


def test_wrong_options_are_refused():
    with pytest.raises(Invalid) as refused:
        options_of({"orphanDependents": True, "propagationPolicy": "Orphan"}, ASK)
    assert "orphanDependents and deletionPropagation cannot be both set" in refused.value.message
    with pytest.raises(Invalid):
        options_of({"propagationPolicy": "Never"}, ASK)
    with pytest.raises(BadRequest):
        options_of({"gracePeriodSeconds": "soon"}, ASK)
    with pytest.raises(BadRequest):
        options_of({"kind": "Pod"}, ASK)


@pytest.mark.parametrize("kind", [JOB, REPLICATIONCONTROLLER], ids=lambda kind: kind.plural)
def test_the_oldest_kinds_leave_their_pods_alone_unless_told(kind):
    marked = decide(kind, thing(), NOTHING, NOW).mark
    assert marked["metadata"]["finalizers"] == ["orphan"]
    assert decide(kind, thing(), DeleteOptions(policy="Background"), NOW).end


def test_of_jobs_that_is_told():
    assert advise(JOB, thing(), NOTHING)[0].startswith("child pods are preserved by default")
    assert advise(JOB, thing(), DeleteOptions(policy="Orphan")) == []
    assert advise(REPLICATIONCONTROLLER, thing(), NOTHING) == []
