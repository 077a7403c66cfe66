"""What upstream lets happen to a pod that is there."""

from typing import Any

from onggi.api.objects import clone
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.rules import check_ephemeral
from tests.kinds.samples import CONTAINER, created, said_of_update


def test_an_image_may_change_but_not_the_arguments() -> None:
    assert said_of_update(POD, {"containers": [{**CONTAINER, "image": "nginx:2",
                                                "imagePullPolicy": "Always"}]}) == []  # fmt: skip
    (refusal,) = said_of_update(POD, {"containers": [{**CONTAINER, "args": ["x"]}]})
    assert refusal.startswith(
        "spec: Forbidden: pod updates may not change fields other than "
        "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        "`spec.tolerations` (only additions to existing tolerations),"
    )
    assert '+ containers[0].args: ["x"]' in refusal


def test_containers_may_not_come_or_go() -> None:
    added = [CONTAINER, {**CONTAINER, "name": "b"}]
    assert said_of_update(POD, {"containers": added}) == [
        "spec.containers: Forbidden: pod updates may not add or remove containers"
    ]


def test_a_deadline_may_only_come_closer() -> None:
    assert said_of_update(POD, {"activeDeadlineSeconds": 5}, activeDeadlineSeconds=10) == []
    assert said_of_update(POD, {"activeDeadlineSeconds": 11}, activeDeadlineSeconds=10) == [
        "spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous "
        "value"
    ]


def test_tolerations_may_be_added_but_not_taken() -> None:
    one = {"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}
    two = {"key": "b", "operator": "Exists"}
    assert said_of_update(POD, {"tolerations": [one, two]}, tolerations=[one]) == []
    later = {**one, "tolerationSeconds": 9}
    assert said_of_update(POD, {"tolerations": [later]}, tolerations=[one]) == []
    assert said_of_update(POD, {"tolerations": [two]}, tolerations=[one]) == [
        "spec.tolerations: Forbidden: existing toleration can not be modified except its "
        "tolerationSeconds"
    ]


def test_a_gate_may_be_lifted_but_not_added() -> None:
    one, two = {"name": "a"}, {"name": "b"}
    assert said_of_update(POD, {"schedulingGates": []}, schedulingGates=[one]) == []
    assert said_of_update(POD, {"schedulingGates": [one, two]}, schedulingGates=[one]) == [
        "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new "
        "scheduling gate 'b'"
    ]


def test_a_gated_pod_may_narrow_its_node_selector() -> None:
    gated: dict[str, Any] = {"schedulingGates": [{"name": "a"}], "nodeSelector": {"x": "1"}}
    assert said_of_update(POD, {"nodeSelector": {"x": "1", "y": "2"}}, **gated) == []
    (refusal,) = said_of_update(POD, {"nodeSelector": {"y": "2"}}, **gated)
    assert "only additions to spec.nodeSelector are allowed" in refusal


def test_ephemeral_containers_are_only_added() -> None:
    old = created(POD)
    old["spec"]["ephemeralContainers"] = [{**CONTAINER, "name": "debug"}]
    POD.default(old)
    more = clone(old)
    more["spec"]["ephemeralContainers"].append({**CONTAINER, "name": "more"})
    POD.default(more)
    assert list(check_ephemeral(more, old)) == []
    assert [str(e) for e in check_ephemeral(created(POD), old)] == [
        'spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be '
        "removed\n"
    ]
