"""What every namespace has from the start: a ServiceAccount, and the cluster's CA.

Sources: ``pkg/controller/serviceaccount/serviceaccounts_controller.go``,
``pkg/controller/certificates/rootcacertpublisher/publisher.go``.
"""

from collections.abc import Callable
from datetime import datetime

from onggi.api.objects import Object, View, get
from onggi.api.plan import Controller, Create, Plan, Update, Wake, World
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace.kind import NAMESPACE
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT

DEFAULT = "default"
ROOT_CA = "kube-root-ca.crt"
DESCRIPTION = {
    "kubernetes.io/description": (
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal "
        "endpoints such as the internal service IP or kubernetes.default.svc. No other usage is "
        "guaranteed across distributions of Kubernetes clusters."
    )
}


def is_active(namespace: View) -> bool:
    return get(namespace, "status.phase") == "Active"


def account(namespace: View, world: World, now: datetime) -> Plan:
    name = namespace["metadata"]["name"]
    if not is_active(namespace) or world.get(SERVICEACCOUNT, name, DEFAULT):
        return Plan()
    return Plan([Create(SERVICEACCOUNT, {"metadata": {"name": DEFAULT, "namespace": name}})])


def publish(authority: str) -> Callable[[View, World, datetime], Plan]:
    """Of the CA's certificates in PEM, the reconcile function that spreads them."""
    data = {"ca.crt": authority}

    def reconcile(namespace: View, world: World, now: datetime) -> Plan:
        name = namespace["metadata"]["name"]
        if not is_active(namespace):
            return Plan()
        old = world.get(CONFIGMAP, name, ROOT_CA)
        if old is None:
            meta: Object = {"name": ROOT_CA, "namespace": name, "annotations": dict(DESCRIPTION)}
            return Plan([Create(CONFIGMAP, {"metadata": meta, "data": dict(data)})])
        annotations = get(old, "metadata.annotations") or {}
        if old.get("data") == data and DESCRIPTION.items() <= annotations.items():
            return Plan()
        meta = {**old["metadata"], "annotations": {**annotations, **DESCRIPTION}}
        return Plan([Update(CONFIGMAP, {**old, "metadata": meta, "data": dict(data)})])

    return reconcile


def named(name: str) -> Callable[[View, World], list[Wake]]:
    """A Map: an object of this name wakes its namespace."""

    def wake(changed: View, world: World) -> list[Wake]:
        meta = changed["metadata"]
        return [("", meta["namespace"])] if meta["name"] == name else []

    return wake


SERVICE_ACCOUNTS = Controller(
    name="serviceaccount-controller",
    account="service-account-controller",
    kind=NAMESPACE,
    reconcile=account,
    watches={SERVICEACCOUNT: named(DEFAULT)},
    whole={SERVICEACCOUNT: lambda obj: False},
)


def root_ca(authority: str) -> Controller:
    """The controller that keeps ``kube-root-ca.crt`` in every namespace."""
    return Controller(
        name="root-ca-certificate-publisher-controller",
        account="root-ca-cert-publisher",
        kind=NAMESPACE,
        reconcile=publish(authority),
        watches={CONFIGMAP: named(ROOT_CA)},
        whole={CONFIGMAP: lambda obj: obj["metadata"]["name"] == ROOT_CA},
    )
