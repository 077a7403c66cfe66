"""What every namespace has: kept as it should be, and only while the namespace lives."""

from onggi.kinds.core.namespace.furniture import DESCRIPTION, account, publish
from tests.world import NOW, ListWorld, story

CA = "-----BEGIN CERTIFICATE-----"
NAMESPACE = {"metadata": {"name": "n"}, "status": {"phase": "Active"}}
ENDING = {"metadata": {"name": "n"}, "status": {"phase": "Terminating"}}


def configmap(data, **annotations):
    meta = {"name": "kube-root-ca.crt", "namespace": "n", "annotations": annotations}
    return {"kind": "ConfigMap", "metadata": meta, "data": data}


def test_a_missing_account_is_made():
    assert story(account(NAMESPACE, ListWorld(), NOW)) == ["create ServiceAccount default"]
    there = {"kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "n"}}
    assert story(account(NAMESPACE, ListWorld([there]), NOW)) == []


def test_the_ca_is_published_and_mended():
    reconcile = publish(CA)
    assert story(reconcile(NAMESPACE, ListWorld(), NOW)) == ["create ConfigMap kube-root-ca.crt"]
    good = configmap({"ca.crt": CA}, **DESCRIPTION, mine="stays")
    assert story(reconcile(NAMESPACE, ListWorld([good]), NOW)) == []
    bad = configmap({"ca.crt": "other"}, mine="stays")
    (update,) = reconcile(NAMESPACE, ListWorld([bad]), NOW).actions
    assert update.obj["data"] == {"ca.crt": CA}
    assert update.obj["metadata"]["annotations"] == {**DESCRIPTION, "mine": "stays"}


def test_an_ending_namespace_gets_nothing():
    assert story(account(ENDING, ListWorld(), NOW)) == []
    assert story(publish(CA)(ENDING, ListWorld(), NOW)) == []
