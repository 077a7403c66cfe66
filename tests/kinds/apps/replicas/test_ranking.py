"""Which pods of a ReplicaSet go first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.times import stamp
from onggi.kinds.apps.replicas.ranking import doomed
from tests.world import NOW


def pod(name, *, node="n1", phase="Running", ready=True, age=3600, restarts=0, cost=None):
    since = stamp(NOW - timedelta(seconds=age))
    meta = {"name": name, "uid": name, "creationTimestamp": since}
    if cost is not None:
        meta["annotations"] = {"controller.kubernetes.io/pod-deletion-cost": cost}
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    statuses = [{"name": "c", "restartCount": restarts}]
    return {
        "metadata": meta,
        "spec": {"nodeName": node},
        "status": {"phase": phase, "conditions": [condition], "containerStatuses": statuses},
    }


ORDER = [
    (pod("a", node=""), pod("b", phase="Pending", ready=False)),
    (pod("a", phase="Pending", ready=False), pod("b", ready=False)),
    (pod("a", ready=False), pod("b")),
    (pod("a", cost="-5"), pod("b", age=10)),
    (pod("a", cost="junk"), pod("b", cost="1")),
    (pod("a", age=10), pod("b", age=3600)),
    (pod("a", restarts=3), pod("b")),
    (pod("a", ready=False, restarts=3), pod("b", ready=False, age=1)),
    (pod("a", age=3500), pod("b", age=3600)),  # about the same age: chance, that is the uid
    (pod("a", age=3600), pod("b", age=3500)),
]


@pytest.mark.parametrize(("first", "second"), ORDER)
def test_the_less_useful_goes_first(first, second):
    assert doomed([second, first], [], 1, NOW) == [first]
    assert doomed([first, second], [], 1, NOW) == [first]


def test_pods_that_share_their_node_go_before_those_that_do_not():
    crowd = [pod("a", node="n1"), pod("b", node="n1"), pod("c", node="n2")]
    assert doomed(crowd[1:], crowd, 1, NOW) == [crowd[1]]


pods = st.lists(
    st.builds(
        pod,
        st.uuids().map(str),
        node=st.sampled_from(["", "n1", "n2"]),
        phase=st.sampled_from(["Pending", "Running"]),
        ready=st.booleans(),
        age=st.integers(0, 100_000),
        restarts=st.integers(0, 3),
    ),
    max_size=20,
    unique_by=lambda p: p["metadata"]["uid"],
)


@given(pods, st.integers(0, 25))
def test_as_many_go_as_should_and_no_ready_pod_before_one_that_is_not(found, count):
    going = doomed(found, found, count, NOW)
    assert len(going) == min(count, len(found))
    staying = [p for p in found if p not in going]
    if any(
        p["status"]["conditions"][0]["status"] == "True" and p["spec"]["nodeName"] for p in going
    ):
        assert all(p["spec"]["nodeName"] for p in staying)
