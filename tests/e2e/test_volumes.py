"""Volumes of every kind, live updates, and what a pod's own token opens."""

import json
from pathlib import Path

import pytest

from tests.e2e.manifests import config_map, container, named, once, pod
from tests.e2e.platform import Space

UNTIL_CHANGED = "jsonpath={.status.phase}=Succeeded"


def mounted(script: str, *mounts: str, **more: object) -> dict[str, object]:
    """``mounts`` as ``volume:/path`` or ``volume:/path:subPath``."""
    parts = [mount.split(":") for mount in mounts]
    volume_mounts = [
        {"name": p[0], "mountPath": p[1], **({"subPath": p[2]} if len(p) > 2 else {})}
        for p in parts
    ]
    return container(script, volumeMounts=volume_mounts, **more)


def secret(name: str, **data: str) -> dict[str, object]:
    return named("Secret", name, stringData=data)


def test_files_come_from_config_maps_secrets_and_the_pod_itself(space: Space) -> None:
    volumes = [
        {"name": "c", "configMap": {"name": "settings", "items": [{"key": "a", "path": "x/a"}]}},
        {"name": "s", "secret": {"secretName": "secret", "defaultMode": 0o400}},
        {
            "name": "d",
            "downwardAPI": {
                "items": [
                    {"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}},
                    {"path": "name", "fieldRef": {"fieldPath": "metadata.name"}},
                ]
            },
        },
        {
            "name": "p",
            "projected": {
                "sources": [
                    {"configMap": {"name": "settings"}},
                    {"secret": {"name": "secret"}},
                    {"configMap": {"name": "none", "optional": True}},
                ]
            },
        },
    ]
    script = (
        "cat /c/x/a /s/key /d/labels; echo; cat /d/name; echo; ls /p; stat -L -c %a /s/key; ls /c"
    )
    main = mounted(script, "c:/c", "s:/s", "d:/d", "p:/p")
    space.apply(config_map("settings", a="1\n", b="2\n"), secret("secret", key="shh\n"))
    [said] = space.ends(pod("all", main, volumes=volumes, restartPolicy="Never"))
    assert said.split() == ["1", "shh", 'app="all"', "all", "a", "b", "key", "400", "x"]


def test_a_changed_config_map_arrives_in_running_containers(space: Space) -> None:
    volumes = [{"name": "c", "configMap": {"name": "settings"}}]
    script = "until grep -q red /c/colour; do sleep 0.2; done; cat /c/colour; cat /sub/colour"
    main = mounted(script, "c:/c", "c:/sub/colour:colour")
    space.apply(config_map("settings", colour="blue\n"))
    space.apply(pod("live", main, volumes=volumes, restartPolicy="Never"))
    space.wait("pod/live", "jsonpath={.status.phase}=Running")
    space.apply(config_map("settings", colour="red\n"))
    space.wait("pod/live", UNTIL_CHANGED, within=90)
    assert space.kubectl("logs", "live") == "red\nblue\n"  # subPath stays, as upstream


def test_empty_dirs_are_shared_in_memory_and_bounded(space: Space) -> None:
    volumes = [
        {"name": "disk", "emptyDir": {}},
        {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
    ]
    writer = mounted("echo hello > /d/file; exec sleep 1000", "disk:/d", name="writer")
    main = mounted(
        "until cat /d/file 2>/dev/null; do sleep 0.1; done; "
        "grep ' /m ' /proc/mounts | cut -d' ' -f3; "
        "dd if=/dev/zero of=/m/big bs=1M count=2 2>/dev/null || echo full",
        "disk:/d",
        "memory:/m",
    )
    space.apply(pod("shared", main, writer, volumes=volumes, restartPolicy="Never"))
    reason = "{.status.containerStatuses[?(@.name=='main')].state.terminated.reason}"
    space.wait("pod/shared", f"jsonpath={reason}=Completed")
    assert space.kubectl("logs", "shared", "-c", "main").split() == ["hello", "tmpfs", "full"]


def test_a_host_path_is_the_hosts(space: Space, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear\n")
    volumes = [
        {"name": "h", "hostPath": {"path": str(tmp_path), "type": "Directory"}},
        {"name": "new", "hostPath": {"path": f"{tmp_path}/new", "type": "DirectoryOrCreate"}},
    ]
    main = mounted("cat /h/letter; echo back > /h/answer; touch /new/x", "h:/h", "new:/new")
    assert space.ends(pod("host", main, volumes=volumes, restartPolicy="Never")) == ["dear\n"]
    assert (tmp_path / "answer").read_text() == "back\n"
    assert (tmp_path / "new" / "x").exists()


def test_a_host_path_of_the_wrong_type_is_told(space: Space) -> None:
    volumes = [{"name": "h", "hostPath": {"path": "/no/such/folder", "type": "Directory"}}]
    space.apply(pod("none", mounted("true", "h:/h"), volumes=volumes))
    space.kubectl("wait", "pod/none", "--for=jsonpath={.status.phase}=Pending")
    with space.running("events", "--for=pod/none", "--watch") as events:
        assert events.stdout
        for line in events.stdout:
            if "FailedMount" in line:
                assert "hostPath type check failed: /no/such/folder is not a directory" in line
                break


def test_sub_paths_and_read_only_mounts(space: Space) -> None:
    volumes = [{"name": "v", "emptyDir": {}}]
    main = container(
        "echo x > /a/file; cat /whole/deep/er/file; touch /ro/x || echo read-only",
        env=[{"name": "DEPTH", "value": "er"}],
        volumeMounts=[
            {"name": "v", "mountPath": "/a", "subPathExpr": "deep/$(DEPTH)"},
            {"name": "v", "mountPath": "/whole"},
            {"name": "v", "mountPath": "/ro", "readOnly": True},
        ],
    )
    [said] = space.ends(pod("sub", main, volumes=volumes, restartPolicy="Never"))
    assert [line for line in said.splitlines() if "touch" not in line] == ["x", "read-only"]


def test_a_volume_belongs_to_the_fs_group(space: Space) -> None:
    volumes = [{"name": "v", "emptyDir": {}}]
    main = mounted("id -u; id -g; id -G; stat -c %g /v; touch /v/x; stat -c %u:%g /v/x", "v:/v")
    security = {
        "runAsUser": 1000,
        "runAsGroup": 3000,
        "fsGroup": 2000,
        "supplementalGroups": [4000],
    }
    [said] = space.ends(
        pod("owned", main, volumes=volumes, securityContext=security, restartPolicy="Never")
    )
    assert said.splitlines() == ["1000", "3000", "3000 2000 4000", "2000", "1000:2000"]


ASK = (
    "cd /var/run/secrets/kubernetes.io/serviceaccount; "
    "curl -s -o /dev/null -w '%{http_code}\\n' --cacert ca.crt "
    '-H "Authorization: Bearer $(cat token)" '
    "https://kubernetes.default.svc"
)


def test_a_pod_speaks_to_the_api_with_its_token_and_its_rights(space: Space) -> None:
    space.kubectl("create", "role", "reader", "--verb=list", "--resource=pods")
    space.kubectl(
        "create", "rolebinding", "r", "--role=reader", f"--serviceaccount={space.name}:default"
    )
    own = f"/api/v1/namespaces/{space.name}"
    script = f"{ASK}/version; {ASK}{own}/pods; {ASK}{own}/secrets; cat namespace"
    [said] = space.ends(once("asks", script))
    assert said.split() == ["200", "200", "403", space.name]


def test_a_token_may_be_refused_or_made_for_others(space: Space) -> None:
    volumes = [
        {
            "name": "t",
            "projected": {
                "sources": [
                    {
                        "serviceAccountToken": {
                            "path": "token",
                            "audience": "vault",
                            "expirationSeconds": 600,
                        }
                    }
                ]
            },
        }
    ]
    script = "ls /var/run/secrets 2>/dev/null || echo none; cut -d. -f2 /t/token"
    main = mounted(script, "t:/t")
    quiet = pod(
        "quiet", main, volumes=volumes, automountServiceAccountToken=False, restartPolicy="Never"
    )
    [said] = space.ends(quiet)
    none, body = said.split()
    assert none == "none"
    assert claims(body)["aud"] == ["vault"]
    assert claims(body)["kubernetes.io"]["pod"]["name"] == "quiet"


def claims(body: str) -> dict[str, object]:
    import base64

    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


@pytest.mark.parametrize("kind", ["configMap", "secret"])
def test_a_pod_waits_for_the_volume_that_is_not_there(space: Space, kind: str) -> None:
    name = {"configMap": "name", "secret": "secretName"}[kind]
    volumes = [{"name": "v", kind: {name: "later"}}]
    space.apply(pod("waits", mounted("cat /v/a", "v:/v"), volumes=volumes, restartPolicy="Never"))
    make = config_map if kind == "configMap" else secret
    space.kubectl("wait", "pod/waits", "--for=jsonpath={.status.phase}=Pending")
    space.apply(make("later", a="here\n"))
    space.wait("pod/waits", UNTIL_CHANGED)
    assert space.kubectl("logs", "waits") == "here\n"
