"""kubectl, both releases: what shows objects, of every kind."""

import json
import urllib.request
from typing import Any

import pytest

from tests.clients.programs import Kubectl
from tests.e2e.manifests import config_map, named, pod


def definition(group: str) -> dict[str, Any]:
    spec = {"type": "object", "description": "What it shall be.", "properties": {
        "size": {"type": "integer", "description": "How large."}}}  # fmt: skip
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
        "additionalPrinterColumns": [
            {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
            {"name": "Far", "type": "integer", "jsonPath": ".spec.size", "priority": 1},
        ],
    }
    names = {"plural": "pots", "singular": "pot", "kind": "Pot", "shortNames": ["po2"]}
    return named(
        "CustomResourceDefinition",
        f"pots.{group}",
        "apiextensions.k8s.io/v1",
        spec={"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    )


def test_a_custom_kind_is_explained_shown_and_described(kube: Kubectl) -> None:
    group = f"{kube.space.name}.example.com"
    crd, pots = definition(group), f"pots.{group}"
    kube.apply(crd)
    kube(f"wait crd/{pots} --for=condition=Established --timeout=10s")
    kube.apply(named("Pot", "one", f"{group}/v1", spec={"size": 3}))
    assert kube(f"get {pots}").split() == ["NAME", "SIZE", "one", "3"]
    assert kube(f"get {pots} -o wide").split() == ["NAME", "SIZE", "FAR", "one", "3", "3"]
    assert "How large." in kube(f"explain {pots}.spec.size")
    assert "Size:" in kube(f"describe {pots} one")
    assert pots.split(".")[0] in kube(f"api-resources --api-group={group} --no-headers")
    kube(f"label {pots} one a=b")
    kube(f"delete crd {pots} --timeout=30s")


def test_explain_knows_every_field(kube: Kubectl) -> None:
    for kind in (
        "pod.spec",
        "deploy.spec",
        "hpa.spec",
        "crd.spec",
        "ing.spec",
        "mutatingwebhookconfiguration",
    ):
        assert "FIELDS:" in kube.quietly(f"explain {kind}")
    assert "maxSurge" in kube("explain deployment.spec.strategy --recursive")
    assert "maxSurge" in kube(
        "explain deploy.spec.strategy --recursive --output=plaintext-openapiv2"
    )


def test_what_there_is(kube: Kubectl) -> None:
    listed = kube.quietly("api-resources -o wide --no-headers").splitlines()
    assert {"pods", "deployments", "leases"} <= {line.split()[0] for line in listed}
    assert len(kube("api-resources --namespaced=false --verbs=list,watch -o name").split()) > 20
    assert "apps/v1" in kube.quietly("api-versions").split()
    assert "v1.37" in kube("version").splitlines()[-1]
    assert "is running at" in kube.quietly("cluster-info")


def test_sorted_selected_and_in_columns(kube: Kubectl) -> None:
    for name, label in (("b", "x"), ("a", "y")):
        made = config_map(name, a="1")
        made["metadata"]["labels"] = {"at": label}
        kube.apply(made)
    ours = "get cm -l at"
    assert kube(f"{ours} --sort-by=.metadata.name -o name").split() == [
        "configmap/a",
        "configmap/b",
    ]
    assert kube(f"{ours} --sort-by=.metadata.labels.at -o name").split() == [
        "configmap/b",
        "configmap/a",
    ]
    assert kube(f"{ours} --no-headers -L at -o wide").split()[-1] == "x"
    assert kube("get cm -l at=y --field-selector metadata.name=a -o name") == "configmap/a\n"
    assert kube(f"{ours} -o custom-columns=N:.metadata.name --no-headers").split() == ["a", "b"]
    assert kube(f"{ours} -o go-template={{{{len\\ .items}}}}") == "2"
    assert kube(f"{ours} --chunk-size=1 -o name").split() == ["configmap/a", "configmap/b"]
    assert "kind: ConfigMap" in kube("get cm a -o yaml --show-managed-fields")


def test_watch_tells_each_change(kube: Kubectl) -> None:
    words = "get cm -w --output-watch-events --field-selector=metadata.name=seen"
    with kube.running(words) as watch:
        assert watch.stdout
        kube("create cm seen")
        lines = [watch.stdout.readline().split()[:2] for _ in range(2)]
        kube("label cm seen a=b")
        lines.append(watch.stdout.readline().split()[:2])
        kube("delete cm seen")
        lines.append(watch.stdout.readline().split()[:2])
    assert lines == [
        ["EVENT", "NAME"],
        ["ADDED", "seen"],
        ["MODIFIED", "seen"],
        ["DELETED", "seen"],
    ]


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_events_of_a_pod(kube: Kubectl) -> None:
    kube.apply(pod("web"))
    kube("wait pod/web --for=condition=Ready --timeout=30s")
    assert "Scheduled" in kube("events --for=pod/web")
    assert "Scheduled" in kube("get events --sort-by=.metadata.creationTimestamp")
    assert "Scheduled" in kube("describe pod web")
    kube("events --types=Normal -w --for=pod/web", "--request-timeout=1s")


def test_who_may_do_what(kube: Kubectl) -> None:
    account = f"--as=system:serviceaccount:{kube.space.name}:default"
    assert kube("auth can-i delete nodes").startswith("yes")
    assert kube.tried(f"auth can-i list secrets {account}").stdout == "no\n"
    kube("create role reader --verb=get,list --resource=secrets")
    kube(f"create rolebinding r --role=reader --serviceaccount={kube.space.name}:default")
    assert kube(f"auth can-i list secrets {account}") == "yes\n"
    assert "secrets" in kube(f"auth can-i --list {account}")
    role = named("Role", "reader", "rbac.authorization.k8s.io/v1", rules=[
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])  # fmt: skip
    role["metadata"]["namespace"] = kube.space.name
    assert "reconciled" in kube("auth reconcile -f -", stdin=json.dumps(role))
    whoami = json.loads(kube("auth whoami -o json"))["status"]["userInfo"]
    assert "system:authenticated" in whoami["groups"]


def test_top_says_that_there_are_no_metrics(kube: Kubectl) -> None:
    assert "Metrics API not available" in kube.tried("top nodes").stderr
    assert "Metrics API not available" in kube.tried("top pods").stderr


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_raw_and_through_a_proxy(kube: Kubectl) -> None:
    assert kube("get --raw /readyz") == "ok"
    with kube.running("proxy --port=0") as proxy:
        assert proxy.stdout
        where = proxy.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"http://{where}/api/v1/namespaces/default") as answer:
            assert json.load(answer)["kind"] == "Namespace"


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_a_dump_of_a_cluster(kube: Kubectl) -> None:
    kube.apply(pod("web"))
    assert "EventList" in kube(f"cluster-info dump --namespaces={kube.space.name}")
