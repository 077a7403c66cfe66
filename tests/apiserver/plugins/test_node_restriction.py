"""NodeRestriction: each case is a request of node n1."""

import pytest

from onggi.api.errors import Forbidden
from onggi.api.http import User
from onggi.apiserver.admission import Review
from onggi.apiserver.call import Call
from onggi.apiserver.path import parse
from onggi.apiserver.plugins.node_restriction import forbidden_labels, node_restriction
from onggi.kinds import BUILTIN

N1 = User("system:node:n1", ("system:nodes",))
MIRROR = {"kubernetes.io/config.mirror": "x"}
OWNER = {"apiVersion": "v1", "kind": "Node", "name": "n1", "uid": "u1", "controller": True}
METHODS = {"CREATE": "POST", "UPDATE": "PUT", "DELETE": "DELETE"}


class World:
    """What the plugin can look up."""

    objects = {
        ("nodes", "n1"): {"metadata": {"name": "n1", "uid": "u1"}},
        ("pods", "mine"): {
            "metadata": {"uid": "p1"},
            "spec": {
                "nodeName": "n1",
                "volumes": [
                    {
                        "projected": {
                            "sources": [
                                {"serviceAccountToken": {"path": "token"}},
                                {"serviceAccountToken": {"path": "x", "audience": "vault"}},
                            ]
                        }
                    }
                ],
            },
        },
        ("pods", "theirs"): {"metadata": {"uid": "p2"}, "spec": {"nodeName": "n2"}},
    }

    def get(self, kind, namespace, name):
        return self.objects.get((kind.resource, name))

    def list(self, kind, namespace=""):
        return []


def asked(operation, path, obj=None, old=None, user=N1):
    target = parse(METHODS[operation], path)
    kind = next(k for k in BUILTIN if (k.group, k.plural) == (target.group, target.resource))
    call = Call(None, target, user, kind, target.namespace if kind.namespaced else "")
    node_restriction(Review(operation, call, obj, old, None), World())


def mirror(**changes):
    meta = {"name": "m", "annotations": MIRROR, "ownerReferences": [OWNER]}
    return {"metadata": meta | changes.get("metadata", {}), "spec": {"nodeName": "n1"} | changes}


PODS = "/api/v1/namespaces/a/pods"
LEASES = "/apis/coordination.k8s.io/v1/namespaces"
CLAIMS = "/api/v1/namespaces/a/persistentvolumeclaims"
SLICES = "/apis/resource.k8s.io/v1/resourceslices"
TOKEN = "/api/v1/namespaces/a/serviceaccounts/default/token"


def token(*audiences, **ref):
    bound = {"apiVersion": "v1", "kind": "Pod"} | ref
    return {"spec": {"boundObjectRef": bound, "audiences": list(audiences)}}


ALLOWED = [
    ("CREATE", PODS, mirror(), None),
    ("DELETE", f"{PODS}/mine", None, World.objects["pods", "mine"]),
    ("UPDATE", f"{PODS}/mine/status", {"metadata": {}}, World.objects["pods", "mine"]),
    ("CREATE", "/api/v1/nodes", {"metadata": {"name": "n1", "labels": {"a": "b"}}}, None),
    ("UPDATE", "/api/v1/nodes/n1/status", {"metadata": {}}, {"metadata": {}}),
    ("CREATE", f"{LEASES}/kube-node-lease/leases", {"metadata": {"name": "n1"}}, None),
    ("UPDATE", f"{LEASES}/kube-node-lease/leases/n1", {"metadata": {}}, None),
    ("CREATE", TOKEN, token(name="mine", uid="p1"), None),
    ("CREATE", TOKEN, token("vault", name="mine", uid="p1"), None),
    ("CREATE", "/api/v1/namespaces/a/events", {"metadata": {}}, None),
    ("CREATE", "/apis/storage.k8s.io/v1/csinodes", {"metadata": {"name": "n1"}}, None),
    ("CREATE", SLICES, {"metadata": {}, "spec": {"nodeName": "n1"}}, None),
    ("UPDATE", f"{CLAIMS}/c/status", {"status": {"capacity": {"storage": "2Gi"}}}, {"status": {}}),
    ("CREATE", PODS, mirror(volumes=[{"name": "v", "emptyDir": {}}]), None),
]
REFUSED = [
    (
        "CREATE",
        "/apis/storage.k8s.io/v1/csinodes",
        {"metadata": {"name": "n2"}},
        None,
        "can only access CSINode with the same name as the requesting node",
    ),
    (
        "DELETE",
        f"{SLICES}/s",
        None,
        {"metadata": {}, "spec": {"nodeName": "n2"}},
        "can only delete ResourceSlice with the same NodeName as the requesting node",
    ),
    (
        "UPDATE",
        f"{CLAIMS}/c/status",
        {"status": {"phase": "Bound"}},
        {"status": {}},
        "is not allowed to update fields other than status.quantity and status.conditions",
    ),
    (
        "CREATE",
        PODS,
        mirror(resourceClaims=[{"name": "gpu"}]),
        None,
        "can not create pods that reference resourceclaims",
    ),
    ("CREATE", PODS, {"metadata": {}, "spec": {}}, None, "can only create mirror pods"),
    ("CREATE", PODS, mirror(nodeName="n2"), None, "spec.nodeName set to itself"),
    (
        "CREATE",
        PODS,
        mirror(metadata={"ownerReferences": []}),
        None,
        "can only create pods with an owner reference set to itself",
    ),
    (
        "CREATE",
        PODS,
        mirror(metadata={"ownerReferences": [OWNER | {"uid": "x"}]}),
        None,
        "node n1 UID mismatch: expected x got u1",
    ),
    (
        "CREATE",
        PODS,
        mirror(volumes=[{"name": "v", "secret": {}, "configMap": {"name": "x"}}]),
        None,
        "can not create pods that reference configmaps",
    ),
    ("UPDATE", f"{PODS}/mine", {"metadata": {}}, None, "can only create and delete mirror pods"),
    (
        "DELETE",
        f"{PODS}/theirs",
        None,
        World.objects["pods", "theirs"],
        'node "n1" can only delete pods with spec.nodeName set to itself',
    ),
    (
        "UPDATE",
        f"{PODS}/theirs/status",
        {"metadata": {}},
        World.objects["pods", "theirs"],
        "can only update pod status for pods with spec.nodeName set to itself",
    ),
    (
        "UPDATE",
        f"{PODS}/mine/status",
        {"metadata": {"labels": {"a": "b"}}},
        World.objects["pods", "mine"],
        'node "n1" cannot update labels through pod status',
    ),
    (
        "CREATE",
        "/api/v1/nodes",
        {"metadata": {"name": "n2"}},
        None,
        'node "n1" is not allowed to modify node "n2"',
    ),
    (
        "UPDATE",
        "/api/v1/nodes/n1",
        {"metadata": {}, "spec": {"taints": [{}]}},
        {"metadata": {}},
        'node "n1" is not allowed to modify taints',
    ),
    (
        "CREATE",
        "/api/v1/nodes",
        {"metadata": {"name": "n1", "labels": {"node-restriction.kubernetes.io/x": "y"}}},
        None,
        "is not allowed to set the following labels: node-restriction.kubernetes.io/x",
    ),
    ("CREATE", f"{LEASES}/a/leases", {"metadata": {"name": "n1"}}, None, "kube-node-lease"),
    (
        "CREATE",
        f"{LEASES}/kube-node-lease/leases",
        {"metadata": {"name": "n2"}},
        None,
        "can only access node lease with the same name as the requesting node",
    ),
    (
        "UPDATE",
        "/api/v1/nodes/n1",
        {"metadata": {"ownerReferences": [{"kind": "Pod", "name": "gone", "uid": "x"}]}},
        {"metadata": {}},
        'node "n1" is not allowed to modify ownerReferences',
    ),
    (
        "CREATE",
        TOKEN,
        token("other", name="mine", uid="p1"),
        None,
        'audience "other" not found in pod spec volume, system:node:n1 is not authorized',
    ),
    (
        "CREATE",
        TOKEN,
        token("", "vault", name="mine", uid="p1"),
        None,
        "node may only request 0 or 1 audiences",
    ),
    ("CREATE", TOKEN, {"spec": {}}, None, "node requested token not bound to a pod"),
    ("CREATE", TOKEN, token(name="mine"), None, "pod binding without a uid"),
    ("CREATE", TOKEN, token(name="mine", uid="p9"), None, "does not match the UID in record"),
    (
        "CREATE",
        TOKEN,
        token(name="theirs", uid="p2"),
        None,
        "node requested token bound to a pod scheduled on a different node",
    ),
]


@pytest.mark.parametrize(("operation", "path", "obj", "old"), ALLOWED)
def test_a_node_writes_what_is_its_own(operation, path, obj, old):
    asked(operation, path, obj, old)


@pytest.mark.parametrize(("operation", "path", "obj", "old", "words"), REFUSED)
def test_a_node_writes_nothing_else(operation, path, obj, old, words):
    with pytest.raises(Forbidden) as refused:
        asked(operation, path, obj, old)
    assert words in refused.value.message
    asked(operation, path, obj, old, user=User("admin"))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("app", False),
        ("kubernetes.io/hostname", False),
        ("node.kubernetes.io/instance-type", False),
        ("kubelet.kubernetes.io/anything", False),
        ("x.node.kubernetes.io/anything", False),
        ("kubernetes.io/other", True),
        ("node-role.kubernetes.io/control-plane", True),
        ("x.node-restriction.kubernetes.io/y", True),
        ("k8s.io/x", True),
    ],
)
def test_a_nodes_labels(key, wrong):
    node = {"metadata": {"labels": {key: "x"}}}
    assert forbidden_labels(node, {}) == ([key] if wrong else [])
    assert forbidden_labels(node, node) == []
