"""kubectl on Deployments: rollout status, history, undo, restart, pause, resume; scale."""

from tests.e2e.manifests import container, deployment, server, spec
from tests.e2e.platform import Space


def template(answer: str) -> dict[str, object]:
    return spec(server(answer))


def test_history_and_undo(space: Space) -> None:
    for answer in ("one ", "two ", "three "):
        space.apply(deployment("web", template(answer)))
        space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    history = space.kubectl("rollout", "history", "deploy/web").split()
    assert [word for word in history if word.isdigit()] == ["1", "2", "3"]
    assert "one" in space.kubectl("rollout", "history", "deploy/web", "--revision=1")
    assert "rolled back" in space.kubectl("rollout", "undo", "deploy/web")
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    assert answers(space) == {"two "}
    space.kubectl("rollout", "undo", "deploy/web", "--to-revision=1")
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    assert answers(space) == {"one "}


def answers(space: Space) -> set[str]:
    pods = space.get("pod", "-l", "app=web", "--field-selector=status.phase=Running")["items"]
    living = [p for p in pods if "deletionTimestamp" not in p["metadata"]]
    return {p["spec"]["containers"][0]["env"][0]["value"] for p in living}


def test_restart_replaces_every_pod(space: Space) -> None:
    space.run(deployment("web", template(""), replicas=2))
    before = names(space)
    space.kubectl("rollout", "restart", "deploy/web")
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    for name in before:
        space.wait(f"pod/{name}", "delete")
    assert len(names(space)) == 2


def names(space: Space) -> set[str]:
    return {p["metadata"]["name"] for p in space.get("pod", "-l", "app=web")["items"]}


def test_a_paused_rollout_waits_for_its_resumption(space: Space) -> None:
    space.run(deployment("web", template("one ")))
    space.kubectl("rollout", "pause", "deploy/web")
    space.kubectl("set", "env", "deploy/web", "ANSWER=two ")
    space.wait("deploy/web", "condition=Progressing=Unknown")
    assert len(space.get("rs")["items"]) == 1
    space.kubectl("rollout", "resume", "deploy/web")
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    assert len(space.get("rs")["items"]) == 2


def test_scale_up_and_down_and_on_condition(space: Space) -> None:
    space.run(deployment("web", template("")))
    space.kubectl("scale", "deploy/web", "--replicas=3")
    space.wait("deploy/web", "jsonpath={.status.readyReplicas}=3")
    refused = space.try_kubectl("scale", "deploy/web", "--replicas=1", "--current-replicas=9")
    assert refused.returncode == 1
    assert "Expected replicas to be 9, was 3" in refused.stderr
    space.kubectl("scale", "deploy/web", "--replicas=0")
    space.kubectl("wait", "pod", "-l", "app=web", "--for=delete", "--timeout=60s")


def test_a_rollout_that_fails_keeps_the_old_pods_and_says_so(space: Space) -> None:
    space.run(deployment("web", template("good "), progressDeadlineSeconds=3))
    broken = spec(container(readinessProbe={"exec": {"command": ["false"]}}))
    space.apply(deployment("web", broken, progressDeadlineSeconds=3))
    status = space.try_kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    assert status.returncode == 1
    assert "exceeded its progress deadline" in status.stderr
    assert space.field("deploy/web", ".status.availableReplicas") == "1"


def test_recreate_ends_the_old_before_it_begins_the_new(space: Space) -> None:
    strategy = {"type": "Recreate"}
    space.run(deployment("web", template("one "), strategy=strategy))
    [old] = names(space)
    space.apply(deployment("web", template("two "), strategy=strategy))
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    [new] = space.get("pod", "-l", "app=web")["items"]
    assert new["metadata"]["name"] != old
