"""kubectl, both releases: workloads, nodes and certificates, on nodes that pretend."""

import base64
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.clients.programs import Kubectl
from tests.e2e.manifests import container, deployment, named, spec

NODE = "fake-1"


def rolled_out(kube: Kubectl, replicas: int = 2) -> None:
    kube.apply(deployment("web", spec(container()), replicas))
    kube("rollout status deploy/web --timeout=30s")


def test_rollouts_forth_and_back(kube: Kubectl) -> None:
    rolled_out(kube)
    kube("set image deploy/web main=example/two")
    kube("annotate deploy/web kubernetes.io/change-cause=two")
    assert "successfully rolled out" in kube("rollout status deploy/web --timeout=30s")
    assert "two" in kube("rollout history deploy/web")
    assert "example/two" in kube("rollout history deploy/web --revision=2")
    kube("rollout undo deploy/web")
    kube("rollout status deploy/web --timeout=30s")
    image = "jsonpath={.spec.template.spec.containers[0].image}"
    assert kube("get deploy web -o", image) == "localhost/tools:1"
    kube("rollout pause deploy/web")
    kube("rollout resume deploy/web")
    kube("rollout restart deploy/web")
    assert "successfully" in kube("rollout status deploy/web --timeout=30s")


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_daemons_and_numbered_pods_roll_too(kube: Kubectl) -> None:
    for kind in ("DaemonSet", "StatefulSet"):
        made = deployment("web", spec(container())) | {"kind": kind}
        made["spec"].pop("replicas")
        made["spec"] |= {"serviceName": "web"} if kind == "StatefulSet" else {}
        kube.apply(made)
        kube(f"rollout status {kind}/web --timeout=30s")
        kube(f"rollout restart {kind}/web")
        assert kube(f"rollout status {kind}/web --timeout=30s")
        assert kube(f"rollout history {kind}/web").count("<none>") == 2
        kube(f"rollout undo {kind}/web --to-revision=1")


def test_scale_and_autoscale(kube: Kubectl) -> None:
    rolled_out(kube, 0)
    kube("scale deploy/web --replicas=2 --current-replicas=0")
    assert (
        "Expected replicas"
        in kube.tried("scale deploy/web --replicas=2 --current-replicas=9").stderr
    )
    kube("wait deploy/web --for=jsonpath={.status.readyReplicas}=2 --timeout=30s")
    kube("wait deploy/web --for=condition=Available --timeout=30s")
    kube("autoscale deploy/web --min=2 --max=4 --cpu-percent=50")
    assert "Deployment/web" in kube("get hpa web")
    assert "Deployment/web" in kube("describe hpa web")


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_wait_for_all_sorts(kube: Kubectl) -> None:
    with kube.running("wait cm/late --for=create --timeout=30s") as late:
        kube("create cm late --from-literal=a=b")
        assert late.wait(30) == 0
    kube("wait cm/late --for=jsonpath={.data.a}=b --timeout=5s")
    kube("create job j --image=example/a -- sleep 1")
    kube("wait job/j --for=condition=Complete --timeout=30s")
    assert kube.tried("wait cm/late --for=condition=Ready --timeout=1s").returncode == 1


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)  # it waits 5 s after a refusal
def test_a_drain_heeds_disruption_budgets(kube: Kubectl) -> None:
    """Of its own pods only: the node is everybody's."""
    rolled_out(kube)
    kube("create poddisruptionbudget web --selector=app=web --min-available=2")
    kube("wait pdb/web --for=jsonpath={.status.currentHealthy}=2 --timeout=30s")
    drain = f"drain {NODE} --pod-selector=app=web --timeout=1s --ignore-daemonsets"
    there = kube(f"get pod --field-selector=spec.nodeName={NODE} -o name").split()
    refused = kube.tried(f"{drain} --dry-run=none")
    try:
        assert there
        assert "disruption budget" in refused.stderr
        assert "SchedulingDisabled" in kube(f"get node {NODE}")
        kube("patch pdb web --type=merge -p", '{"spec":{"minAvailable":1}}')
        kube("wait pdb/web --for=jsonpath={.status.disruptionsAllowed}=1 --timeout=30s")
        kube(drain.replace("=1s", "=30s"))
    finally:
        kube(f"uncordon {NODE}")
    kube(f"cordon {NODE} --dry-run=server")
    kube(f"taint node {NODE} a-{kube.space.name[-4:]}=b:PreferNoSchedule")
    kube(f"taint node {NODE} a-{kube.space.name[-4:]}-")


def test_a_certificate_is_approved_and_another_denied(kube: Kubectl) -> None:
    name = kube.space.name
    for request in (f"{name}-yes", f"{name}-no"):
        kube.apply(certificate_request(request))
    kube(f"certificate approve {name}-yes")
    kube(f"certificate deny {name}-no")
    kube(f"wait csr/{name}-yes", "--for=jsonpath={.status.certificate}", "--timeout=10s")
    issued = kube(f"get csr {name}-yes", "-o", "jsonpath={.status.certificate}")
    assert b"BEGIN CERTIFICATE" in base64.b64decode(issued)
    assert "Approved,Issued" in kube(f"get csr {name}-yes")
    assert "Denied" in kube(f"get csr {name}-no")
    assert "CommonName" in kube(f"describe csr {name}-yes") or "Common Name" in kube(
        f"describe csr {name}-yes"
    )
    kube(f"delete csr {name}-yes {name}-no")


def certificate_request(name: str) -> dict[str, object]:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    key = ec.generate_private_key(ec.SECP256R1())
    signed = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    )
    text = base64.b64encode(signed.public_bytes(serialization.Encoding.PEM)).decode()
    signer = "kubernetes.io/kube-apiserver-client"
    told = {"request": text, "signerName": signer, "usages": ["client auth"]}
    return named("CertificateSigningRequest", name, "certificates.k8s.io/v1", spec=told)


@pytest.mark.parametrize("kube", ["1.37"], indirect=True)
def test_a_token_opens_the_door_for_its_account_only(kube: Kubectl) -> None:
    token = kube("create token default --duration=10m").strip()
    door = f"--kubeconfig=/dev/null --server=https://127.0.0.1:{kube.space.platform.port}"
    who = kube(f"{door} --insecure-skip-tls-verify --token={token} auth whoami -o json")
    name = json.loads(who)["status"]["userInfo"]["username"]
    assert name == f"system:serviceaccount:{kube.space.name}:default"
