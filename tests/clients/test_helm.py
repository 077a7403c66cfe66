"""Helm 4 and Helm 3: releases of two charts, from their beginning to their end.

One chart is what ``helm create`` writes, the other (``charts/everything``) has the kinds that
charts usually have, hooks, and a kind of its own. What became of charts that others wrote is
in docs/clients.md.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import Helm
from tests.e2e.platform import Space

CHART = str(Path(__file__).parent / "charts" / "everything")
WAIT = "--wait --timeout 40s"


def managers(space: Space, target: str) -> set[tuple[str, str]]:
    shown = json.loads(space.kubectl("get", target, "-o", "json", "--show-managed-fields"))
    entries = shown["metadata"]["managedFields"]
    return {(e["manager"].split(".")[0], e["operation"]) for e in entries if "subresource" not in e}


def history(helm: Helm) -> list[Any]:
    told = json.loads(helm("history r -o json"))
    return [(release["revision"], release["status"]) for release in told]


def test_the_life_of_a_release(helm: Helm) -> None:
    space = helm.space
    said = helm(f"install r {WAIT}", CHART)
    assert "STATUS: deployed" in said
    assert space.field("kettles/r", ".spec.litres") == "2"
    assert space.get("cm/r")["data"] == {"colour": "blue", "known": "true", "before": "nothing"}
    assert space.field("deploy/r", ".status.readyReplicas") == "1"
    done = space.get("jobs", "-o", "name")["items"]
    assert {job["metadata"]["name"] for job in done} == {"r-pre-install", "r-post-install"}
    helm(f"upgrade r {WAIT} --set replicas=2,colour=red", CHART)
    assert space.get("cm/r")["data"] == {"colour": "red", "known": "true", "before": "r"}
    assert space.field("sts/r", ".status.readyReplicas") == "2"
    assert "Succeeded" in helm("test r")
    helm(f"rollback r 1 {WAIT}")
    assert space.field("cm/r", ".data.colour") == "blue"
    assert history(helm) == [(1, "superseded"), (2, "superseded"), (3, "deployed")]
    helm("uninstall r --wait --timeout 40s")
    assert space.kubectl("get", "deploy,sts,ds,svc,ing,role,kettles,secret", "-o", "name") == ""
    assert helm("list -q") == ""


def test_who_wrote_what(helm: Helm) -> None:
    """Helm 4 applies on the server's side, Helm 3 patches."""
    helm("install r --no-hooks", CHART)
    operation = "Update" if helm.is_old else "Apply"
    assert ("helm", operation) in managers(helm.space, "deploy/r")
    helm.space.kubectl("scale", "deploy/r", "--replicas=3")
    done = helm.tried("upgrade r --no-hooks --set replicas=2", CHART)
    if helm.is_old:
        assert helm.space.field("deploy/r", ".spec.replicas") == "2"
        return
    assert 'conflict with "kubectl" with subresource "scale"' in done.stderr
    helm("upgrade r --no-hooks --set replicas=2 --force-conflicts", CHART)
    assert helm.space.field("deploy/r", ".spec.replicas") == "2"
    helm("upgrade r --no-hooks --server-side=false --set colour=red", CHART)
    assert helm.space.field("cm/r", ".data.colour") == "red"


@pytest.mark.parametrize("helm", ["helm4"], indirect=True)
def test_what_would_be_is_shown_and_not_done(helm: Helm) -> None:
    shown = helm("install r --dry-run=server", CHART)
    assert "kind: StatefulSet" in shown
    assert helm.space.kubectl("get", "all,secrets", "-o", "name") == ""
    helm("install r --no-hooks", CHART)
    again = helm("upgrade r --dry-run=server --set colour=red", CHART)
    assert "colour: red" in again
    assert "before: r" in again
    assert helm.space.field("cm/r", ".data.colour") == "blue"
    found = helm.space.try_kubectl("diff", "-f", "-", stdin=helm("get manifest r"))
    assert found.returncode == 0, found.stdout


def test_what_fails_is_rolled_back(helm: Helm) -> None:
    helm(f"install r {WAIT}", CHART)
    all_or_nothing = "--atomic" if helm.is_old else "--rollback-on-failure"
    done = helm.tried(
        f"upgrade r {all_or_nothing} --timeout 3s --set broken=true,colour=red", CHART
    )
    assert done.returncode == 1
    assert helm.space.field("cm/r", ".data.colour") == "blue"
    assert [status for _, status in history(helm)] == ["superseded", "failed", "deployed"]


@pytest.mark.parametrize("helm", ["helm4"], indirect=True)
def test_a_chart_as_helm_creates_it(helm: Helm) -> None:
    helm("create", str(helm.home / "web"))
    more = "--set autoscaling.enabled=true,ingress.enabled=true"
    said = helm(f"upgrade --install w {WAIT} {more}", str(helm.home / "web"))
    assert "STATUS: deployed" in said
    assert "deployment.apps/w-web" in helm.space.kubectl("get", "all", "-o", "name")
    helm("uninstall w")
