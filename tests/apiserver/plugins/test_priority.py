"""Priority admission."""

import pytest

from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"
CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses"


async def created(running, **spec):
    return await ask(running, "POST", PODS, pod(**spec))


async def test_without_a_class_the_priority_is_0(running, cluster):
    _, body = await created(running)
    assert (body["spec"]["priority"], body["spec"]["preemptionPolicy"]) == (
        0,
        "PreemptLowerPriority",
    )
    assert "priorityClassName" not in body["spec"]


async def test_a_class_gives_its_value(running, cluster):
    _, body = await created(running, priorityClassName="system-node-critical")
    assert body["spec"]["priority"] == 2000001000


async def test_the_default_class_is_for_those_who_name_none(running, cluster):
    wanted = {
        "metadata": {"name": "usual"},
        "value": 7,
        "globalDefault": True,
        "preemptionPolicy": "Never",
    }
    await ask(running, "POST", CLASSES, wanted)
    _, body = await created(running)
    assert body["spec"]["priorityClassName"] == "usual"
    assert (body["spec"]["priority"], body["spec"]["preemptionPolicy"]) == (7, "Never")
    code, body = await ask(running, "POST", CLASSES, wanted | {"metadata": {"name": "second"}})
    assert code == 403
    assert body["message"].endswith(
        "PriorityClass usual is already marked as default. Only one default can exist"
    )


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"priorityClassName": "none"}, "no PriorityClass with name none was found"),
        (
            {"priority": 5},
            "the integer value of priority (5) must not be provided in pod spec; priority "
            "admission controller computed 0 from the given PriorityClass name",
        ),
        (
            {"preemptionPolicy": "Never"},
            "the string value of PreemptionPolicy (Never) must not be provided in pod spec; "
            "priority admission controller computed PreemptLowerPriority from the given "
            "PriorityClass name",
        ),
    ],
)
async def test_a_priority_of_ones_own_is_refused(running, cluster, spec, words):
    code, body = await created(running, **spec)
    assert code == 403
    assert body["message"] == f'pods "web" is forbidden: {words}'


async def test_an_update_keeps_the_priority(running, cluster):
    await created(running)
    _, body = await ask(running, "GET", f"{PODS}/web")
    for field in ("priority", "preemptionPolicy"):
        del body["spec"][field]
    code, body = await ask(running, "PUT", f"{PODS}/web", body)
    assert (code, body["spec"]["priority"]) == (200, 0)
