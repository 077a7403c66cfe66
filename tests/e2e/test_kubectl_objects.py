"""kubectl on objects: create, read, change, delete, wait, watch, ask who may do what."""

import json
from typing import Any

import pytest

from tests.e2e.manifests import config_map, container, deployment, pod, server, service, spec
from tests.e2e.platform import KUBECTL, OLD_KUBECTL, Platform, Space, as_list, must, run


def test_apply_shows_what_it_did(space: Space) -> None:
    settings = config_map("settings", colour="blue")
    assert space.apply(settings) == "configmap/settings created\n"
    assert space.apply(settings) == "configmap/settings unchanged\n"
    assert space.apply(config_map("settings", colour="red")) == "configmap/settings configured\n"
    assert space.field("cm/settings", ".data.colour") == "red"


def test_a_list_is_applied_like_its_items(space: Space) -> None:
    both = as_list([config_map("one", a="1"), config_map("two", b="2")])
    assert space.kubectl("apply", "-f", "-", stdin=both).count("created") == 2
    again = space.kubectl("get", "cm", "one", "two", "-o", "yaml")
    assert space.kubectl("apply", "-f", "-", stdin=again).count("configured") == 2


def test_apply_takes_away_what_was_taken_out(space: Space) -> None:
    space.apply(config_map("settings", colour="blue", size="1"))
    space.apply(config_map("settings", colour="blue"))
    assert space.get("cm/settings")["data"] == {"colour": "blue"}


def managers(space: Space, name: str) -> dict[str, str]:
    shown = json.loads(space.kubectl("get", name, "-o", "json", "--show-managed-fields"))
    return {e["manager"]: e["operation"] for e in shown["metadata"]["managedFields"]}


def test_server_side_apply_keeps_to_what_it_owns(space: Space) -> None:
    def apply(*how: str, **data: str) -> Any:
        manifest = json.dumps(config_map("shared", **data))
        return space.try_kubectl("apply", "--server-side", "-f", "-", *how, stdin=manifest)

    assert apply(colour="blue", size="1").stdout == "configmap/shared serverside-applied\n"
    assert apply("--field-manager=other", shape="round").returncode == 0
    refused = apply("--field-manager=other", colour="red")
    assert refused.returncode == 1
    assert 'Apply failed with 1 conflict: conflict with "kubectl": .data.colour' in refused.stderr
    assert apply("--field-manager=other", "--force-conflicts", colour="red").returncode == 0
    assert space.get("cm/shared")["data"] == {"colour": "red", "size": "1"}
    assert managers(space, "cm/shared") == {"kubectl": "Apply", "other": "Apply"}
    changed = json.dumps(config_map("shared", size="2"))
    diff = space.try_kubectl("diff", "--server-side", "-f", "-", stdin=changed)
    assert '+  size: "2"' in diff.stdout


def test_server_side_apply_takes_over_from_client_side_apply(space: Space) -> None:
    space.apply(config_map("settings", colour="blue", size="1"))
    assert managers(space, "cm/settings") == {"kubectl-client-side-apply": "Update"}
    fewer = json.dumps(config_map("settings", colour="red"))
    space.kubectl("apply", "--server-side", "-f", "-", stdin=fewer)
    assert space.get("cm/settings")["data"] == {"colour": "red"}
    assert "kubectl-client-side-apply" not in managers(space, "cm/settings")
    assert "colour: red" in space.kubectl("apply", "view-last-applied", "cm/settings")


def test_an_unknown_field_is_refused_by_its_path(space: Space) -> None:
    wrong = pod("wrong")
    wrong["spec"]["containerz"] = []
    refused = space.try_kubectl("apply", "-f", "-", stdin=json.dumps(wrong))
    assert refused.returncode == 1
    assert 'unknown field "spec.containerz"' in refused.stderr


def test_diff_shows_what_apply_would_change(space: Space) -> None:
    space.apply(config_map("settings", colour="blue"))
    changed = json.dumps(config_map("settings", colour="red"))
    shown = space.try_kubectl("diff", "-f", "-", stdin=changed)
    assert shown.returncode == 1
    assert "-  colour: blue" in shown.stdout
    assert "+  colour: red" in shown.stdout


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", {"data": {"colour": "red", "size": None}}),
        ("strategic", {"data": {"colour": "red", "size": None}}),
        (
            "json",
            [
                {"op": "replace", "path": "/data/colour", "value": "red"},
                {"op": "remove", "path": "/data/size"},
            ],
        ),
    ],
)
def test_patch_in_each_of_its_kinds(space: Space, kind: str, patch: Any) -> None:
    space.apply(config_map("settings", colour="blue", size="1"))
    space.kubectl("patch", "cm/settings", f"--type={kind}", "-p", json.dumps(patch))
    assert space.get("cm/settings")["data"] == {"colour": "red"}


def test_edit_saves_what_the_editor_wrote(space: Space) -> None:
    space.apply(config_map("settings", colour="blue"))
    environment = {**space.platform.environment, "KUBE_EDITOR": "sed -i s/blue/red/"}
    must(run(KUBECTL, "-n", space.name, "edit", "cm/settings", env=environment))
    assert space.field("cm/settings", ".data.colour") == "red"


def test_label_annotate_and_set(space: Space) -> None:
    space.apply(deployment("web", spec(container())))
    space.kubectl("label", "deploy/web", "tier=front")
    space.kubectl("annotate", "deploy/web", "note=hello")
    space.kubectl("set", "env", "deploy/web", "COLOUR=blue")
    space.kubectl("set", "resources", "deploy/web", "--limits=cpu=100m")
    made = space.get("deploy/web")
    assert made["metadata"]["labels"] == {"tier": "front"}
    assert made["metadata"]["annotations"]["note"] == "hello"
    main = made["spec"]["template"]["spec"]["containers"][0]
    assert main["env"] == [{"name": "COLOUR", "value": "blue"}]
    assert main["resources"]["limits"] == {"cpu": "100m"}


def test_get_in_tables_names_wide_and_columns(space: Space) -> None:
    space.run(pod("web", server()))
    heads = space.kubectl("get", "pod", "web").splitlines()
    assert heads[0].split() == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert heads[1].split()[:4] == ["web", "1/1", "Running", "0"]
    wide = space.kubectl("get", "pod", "-o", "wide", "-l", "app=web")
    assert wide.split()[5:7] == ["IP", "NODE"]
    assert space.kubectl("get", "pod", "-o", "name") == "pod/web\n"
    columns = "custom-columns=N:.metadata.name,P:.status.phase"
    assert space.kubectl("get", "pod", "-o", columns).split() == ["N", "P", "web", "Running"]
    running = space.kubectl("get", "pod", "--field-selector=status.phase=Running", "-o", "name")
    assert running == "pod/web\n"


def test_describe_tells_the_events(space: Space) -> None:
    space.run(pod("web", server()))
    told = space.kubectl("describe", "pod", "web")
    for reason in ("Scheduled", "Pulled", "Created", "Started"):
        assert reason in told
    assert f"Node:             {space.platform.node}" in told
    assert "QoS Class:                   BestEffort" in told
    assert "Started" in space.kubectl("events", "--for=pod/web")


def test_explain_knows_every_field(platform: Platform) -> None:
    told = platform.kubectl("explain", "deployment.spec.strategy.rollingUpdate")
    assert "maxSurge" in told
    assert "maxUnavailable" in told
    assert "KIND:       Pod" in platform.kubectl("explain", "pod.spec.containers")


def test_api_resources_and_versions(platform: Platform) -> None:
    resources = platform.kubectl("api-resources", "--no-headers")
    for name in ("pods", "deployments", "ingresses", "endpointslices", "leases"):
        assert any(line.startswith(name) for line in resources.splitlines()), name
    assert "apps/v1" in platform.kubectl("api-versions").split()
    assert "v1.37" in platform.kubectl("version").splitlines()[-1]


def test_get_all_lists_the_usual_kinds(space: Space) -> None:
    space.run(deployment("web", spec(server())), service("web"))
    listed = space.kubectl("get", "all", "-o", "name").split()
    assert {name.split("/")[0] for name in listed} == {
        "pod",
        "service",
        "deployment.apps",
        "replicaset.apps",
    }


def test_get_watch_prints_each_change(space: Space) -> None:
    arguments = ("get", "cm", "-w", "--output-watch-events", "--field-selector=metadata.name=seen")
    with space.running(*arguments) as watch:
        space.apply(config_map("seen", a="1"))
        assert watch.stdout
        lines = [watch.stdout.readline().split() for _ in range(2)]
        assert lines[0][:2] == ["EVENT", "NAME"]
        assert lines[1][:2] == ["ADDED", "seen"]
        space.apply(config_map("seen", a="2"))
        assert watch.stdout.readline().split()[:2] == ["MODIFIED", "seen"]
        space.kubectl("delete", "cm", "seen")
        assert watch.stdout.readline().split()[:2] == ["DELETED", "seen"]


def test_wait_for_a_field_a_condition_and_an_end(space: Space) -> None:
    space.apply(pod("web", server()))
    space.wait("pod/web", "jsonpath={.status.phase}=Running")
    space.wait("pod/web", "condition=Ready")
    space.kubectl("delete", "pod", "web", "--wait=false")
    space.wait("pod/web", "delete")
    late = space.try_kubectl("wait", "pod/none", "--for=condition=Ready", "--timeout=1s")
    assert late.returncode == 1


def test_delete_cascades_in_all_three_ways(space: Space) -> None:
    for name in ("front", "back", "orphan"):
        space.apply(deployment(name, spec(container())))
    space.kubectl("rollout", "status", "deploy/orphan")
    space.kubectl("delete", "deploy", "front", "--cascade=foreground")
    assert space.kubectl("get", "rs,pod", "-l", "app=front", "-o", "name") == ""
    space.kubectl("delete", "deploy", "back")
    space.kubectl("wait", "rs", "-l", "app=back", "--for=delete", "--timeout=30s")
    space.kubectl("delete", "deploy", "orphan", "--cascade=orphan")
    kept = space.get("rs", "-l", "app=orphan")["items"]
    assert len(kept) == 1
    assert "ownerReferences" not in kept[0]["metadata"]
    assert len(space.get("pod", "-l", "app=orphan")["items"]) == 1


def test_delete_by_force_does_not_wait(space: Space) -> None:
    stubborn = container("trap '' TERM; sleep 1000 & wait; wait")
    space.run(pod("stubborn", stubborn, terminationGracePeriodSeconds=600))
    space.kubectl("delete", "pod", "stubborn", "--force", "--grace-period=0", within=20)
    space.wait("pod/stubborn", "delete", within=10)


def test_auth_can_i_and_impersonation(space: Space) -> None:
    assert space.kubectl("auth", "can-i", "delete", "nodes").startswith("yes")
    account = f"--as=system:serviceaccount:{space.name}:default"
    assert space.try_kubectl("auth", "can-i", "list", "secrets", account).stdout == "no\n"
    space.kubectl("create", "role", "reader", "--verb=get,list", "--resource=secrets")
    space.kubectl(
        "create", "rolebinding", "r", "--role=reader", f"--serviceaccount={space.name}:default"
    )
    assert space.kubectl("auth", "can-i", "list", "secrets", account) == "yes\n"
    assert "secrets" in space.kubectl("auth", "can-i", "--list", account)
    assert "Username" in space.kubectl("auth", "whoami")


def test_a_token_opens_the_door_for_its_account_only(space: Space) -> None:
    token = space.kubectl("create", "token", "default", "--duration=10m").strip()
    who = space.kubectl(
        "auth", "whoami", f"--token={token}", "-o", "json", *without_certificate(space)
    )
    name = json.loads(who)["status"]["userInfo"]["username"]
    assert name == f"system:serviceaccount:{space.name}:default"


def without_certificate(space: Space) -> tuple[str, ...]:
    """The administrator's certificate would win over a token."""
    server_url = f"https://127.0.0.1:{space.platform.port}"
    return ("--kubeconfig=/dev/null", f"--server={server_url}", "--insecure-skip-tls-verify")


def test_a_namespace_goes_with_all_that_is_in_it(space: Space) -> None:
    name = f"{space.name[:40]}-gone"
    space.platform.kubectl("create", "namespace", name)
    space.platform.kubectl("-n", name, "create", "deployment", "web", "--image=localhost/tools:1")
    space.platform.kubectl("-n", name, "create", "configmap", "c")
    space.platform.kubectl("delete", "namespace", name, "--timeout=60s")
    left = space.platform.get("pods,deployments,configmaps", "-A")["items"]
    assert [o for o in left if o["metadata"]["namespace"] == name] == []


@pytest.mark.skipif(not OLD_KUBECTL, reason="no second kubectl on this machine")
def test_an_older_kubectl_does_the_daily_work(space: Space) -> None:
    def old(*arguments: str, stdin: str = "") -> str:
        done = space.try_kubectl(*arguments, stdin=stdin, program=OLD_KUBECTL)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    old("apply", "-f", "-", stdin=as_list([deployment("web", spec(server("old ")))]))
    old("rollout", "status", "deploy/web", "--timeout=60s")
    name = old("get", "pod", "-l", "app=web", "-o", "name").strip()
    assert old("exec", name, "--", "echo", "hello") == "hello\n"
    assert old("exec", "-i", name, "--", "cat", stdin="through") == "through"
    old("scale", "deploy/web", "--replicas=2")
    old("wait", "deploy/web", "--for=jsonpath={.status.readyReplicas}=2", "--timeout=60s")
    assert "Started" in old("describe", name)
    old("logs", name)
    assert "maxSurge" in old("explain", "deployment.spec.strategy.rollingUpdate")
    old("delete", "deploy", "web")
