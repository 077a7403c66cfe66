"""Which pods a node refuses."""

import pytest

from onggi.node.admission import PORTS, SELECTOR, admit

NODE = {
    "metadata": {"labels": {"disk": "ssd"}},
    "status": {"allocatable": {"cpu": "2", "memory": "4Gi", "pods": "3"}},
}


def pod(cpu="100m", phase="Running", **spec):
    main = {"name": "c", "resources": {"requests": {"cpu": cpu}}, **spec.pop("container", {})}
    return {"spec": {"containers": [main], **spec}, "status": {"phase": phase}}


def test_a_pod_that_fits_is_taken():
    assert admit(pod(nodeSelector={"disk": "ssd"}), [pod(), pod()], NODE) is None


@pytest.mark.parametrize(
    ("wanted", "reason", "message"),
    [
        (
            pod("1500m"),
            "OutOfcpu",
            "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
        ),
        (pod(nodeSelector={"disk": "hdd"}), "NodeAffinity", SELECTOR),
        (pod(container={"ports": [{"containerPort": 1, "hostPort": 80}]}), "NodePorts", PORTS),
        (
            pod(os={"name": "windows"}),
            "PodOSNotSupported",
            "Failed to admit pod as the OS field doesn't match node OS",
        ),
    ],
)
def test_one_that_does_not_is_refused(wanted, reason, message):
    other = pod("1", container={"ports": [{"containerPort": 1, "hostPort": 80}]})
    other["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "1"}}
    assert admit(wanted, [other], NODE) == (reason, message)


def test_there_may_be_too_many():
    refusal = admit(pod(), [pod()] * 3, NODE)
    assert refusal == (
        "OutOfpods",
        "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
    )
    assert admit(pod(), [pod(), pod(), pod(phase="Succeeded")], NODE) is None
