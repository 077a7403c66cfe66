"""kubectl, both releases: what changes objects."""

import json

import pytest

from tests.clients.programs import Kubectl
from tests.e2e.manifests import config_map, container, deployment, spec


def settings(kube: Kubectl) -> dict[str, str]:
    return json.loads(kube("get cm settings -o json"))["data"]


@pytest.mark.parametrize("side", ["", "--server-side"])
def test_apply_and_diff(kube: Kubectl, side: str) -> None:
    done = "serverside-applied" if side else "created"
    assert kube.apply(config_map("settings", a="1", b="2"), how=side).split()[-1] == done
    changed = json.dumps(config_map("settings", a="3"))
    diff = kube.tried(f"diff -f - {side}", stdin=changed)
    assert diff.returncode == 1, diff.stderr
    assert [line for line in diff.stdout.splitlines() if line.startswith(("+  a", "-  "))] == [
        '-  a: "1"',
        '-  b: "2"',
        '+  a: "3"',
    ]
    kube(f"apply -f - {side} --dry-run=server", stdin=changed)
    assert settings(kube) == {"a": "1", "b": "2"}
    kube(f"apply -f - {side}", stdin=changed)
    assert settings(kube) == {"a": "3"}
    assert kube.tried(f"diff -f - {side}", stdin=changed).returncode == 0


def test_from_client_side_to_server_side_and_back(kube: Kubectl) -> None:
    kube.apply(config_map("settings", a="1", b="2"))
    kube.apply(config_map("settings", a="1"), how="--server-side")
    assert settings(kube) == {"a": "1"}
    kube.apply(config_map("settings", c="1"))
    assert settings(kube) == {"c": "1"}
    other = kube.tried(
        "apply -f - --server-side --field-manager=other",
        stdin=json.dumps(config_map("settings", c="2")),
    )
    assert "conflict" in other.stderr


def test_prune_takes_what_is_applied_no_longer(kube: Kubectl) -> None:
    one, two = config_map("one", a="1"), config_map("two", a="1")
    one["metadata"]["labels"] = two["metadata"]["labels"] = {"set": "x"}
    kube.apply(one, two)
    how = "-l set=x --prune --prune-allowlist=core/v1/ConfigMap"
    assert "configmap/two pruned" in kube.apply(one, how=how)


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("merge", {"data": {"a": "2", "b": None}}),
        ("strategic", {"data": {"a": "2", "b": None}}),
        (
            "json",
            [
                {"op": "replace", "path": "/data/a", "value": "2"},
                {"op": "remove", "path": "/data/b"},
            ],
        ),
    ],
)
def test_patch(kube: Kubectl, kind: str, patch: object) -> None:
    kube("create cm settings --from-literal=a=1 --from-literal=b=2")
    kube(f"patch cm settings --type={kind} -p", json.dumps(patch))
    assert settings(kube) == {"a": "2"}


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_patch_of_a_subresource(kube: Kubectl) -> None:
    kube.apply(deployment("web", spec(container()), replicas=0))
    patch = json.dumps({"spec": {"replicas": 1}})
    kube("patch deploy web --subresource=scale --type=merge -p", patch)
    assert kube("get deploy web --subresource=scale -o jsonpath={.spec.replicas}") == "1"


def test_edit_label_annotate_and_set(kube: Kubectl) -> None:
    kube.apply(deployment("web", spec(container()), replicas=0))
    kube("edit deploy web", KUBE_EDITOR="sed -i 's/replicas: 0/replicas: 1/'")
    kube("label deploy web tier=front")
    kube("label deploy web tier=back --overwrite")
    kube("annotate deploy web note=hello")
    kube("set env deploy/web COLOUR=blue")
    kube("set image deploy/web main=example/two")
    kube("set resources deploy/web --limits=cpu=100m")
    kube("set serviceaccount deploy/web default")
    made = json.loads(kube("get deploy web -o json"))
    [main] = made["spec"]["template"]["spec"]["containers"]
    assert made["spec"]["replicas"] == 1
    assert made["metadata"]["labels"] == {"tier": "back"}
    assert made["metadata"]["annotations"]["note"] == "hello"
    assert (main["image"], main["env"][0]["value"]) == ("example/two", "blue")
    kube("label deploy web tier-")
    assert "labels" not in json.loads(kube("get deploy web -o json"))["metadata"]


def test_create_replace_and_replace_by_force(kube: Kubectl) -> None:
    manifest = json.dumps(config_map("settings", a="1"))
    kube("create -f -", stdin=manifest)
    assert "AlreadyExists" in kube.tried("create -f -", stdin=manifest).stderr
    uid = kube("get cm settings -o jsonpath={.metadata.uid}")
    kube("replace -f -", stdin=json.dumps(config_map("settings", b="2")))
    assert settings(kube) == {"b": "2"}
    assert kube("get cm settings -o jsonpath={.metadata.uid}") == uid
    kube("replace --force -f -", stdin=json.dumps(config_map("settings", c="3")))
    assert settings(kube) == {"c": "3"}
    assert kube("get cm settings -o jsonpath={.metadata.uid}") != uid


CREATED = (
    "configmap a --from-literal=a=b",
    "secret generic a --from-literal=a=b",
    "secret docker-registry b --docker-username=u --docker-password=p",
    "serviceaccount a",
    "service clusterip a --tcp=80",
    "service nodeport b --tcp=80",
    "service externalname c --external-name=example.com",
    "deployment a --image=example/a --replicas=0",
    "job a --image=example/a -- sleep 1",
    "cronjob a --image=example/a --schedule='* * * * *' -- sleep 1",
    "ingress a --rule=example.com/*=a:80",
    "quota a --hard=pods=50",
    "poddisruptionbudget a --selector=app=none --min-available=1",
    "role a --verb=get --resource=pods",
    "rolebinding a --role=a --serviceaccount=default:default",
    "token default --duration=10m",
)


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_create_of_all_sorts_and_their_end(kube: Kubectl) -> None:
    for line in CREATED:
        assert kube.quietly(f"create {line}"), line
    kube("create job b --from=cronjob/a")
    kube("run once --image=example/a --restart=Never -- sleep 1000")
    kube("expose deploy a --port=80 --name=d")
    everything = "deploy,job,cronjob,ing,pdb,svc,role,rolebinding,quota"
    kube(f"delete {everything} --all --timeout=30s")
    assert kube(f"get {everything} -o name") == ""


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_delete_cascades_in_all_three_ways(kube: Kubectl) -> None:
    for name in ("front", "back", "orphan"):
        kube.apply(deployment(name, spec(container())))
        kube(f"rollout status deploy/{name} --timeout=30s")
    kube("delete deploy front --cascade=foreground --timeout=30s")
    assert kube("get rs,pod -l app=front -o name") == ""
    kube("delete deploy back --cascade=background")
    kube("wait rs,pod -l app=back --for=delete --timeout=30s")
    kube("delete deploy orphan --cascade=orphan")
    [kept] = json.loads(kube("get rs -l app=orphan -o json"))["items"]
    assert "ownerReferences" not in kept["metadata"]
    kube("delete rs,pod --all --force --grace-period=0")
