"""A node sees itself, its pods and what these refer to."""

import pytest

from onggi.api.http import User
from onggi.apiserver.authz.attributes import Attributes
from onggi.apiserver.authz.authorizer import Authorizer
from onggi.apiserver.authz.node import references
from onggi.apiserver.authz.policy import NODE_RULES
from onggi.store.memory import MemoryStore
from onggi.store.store import Key

NODE = User("system:node:a", ("system:nodes", "system:authenticated"))
POD = {
    "metadata": {"namespace": "default", "name": "web"},
    "spec": {
        "nodeName": "a",
        "serviceAccountName": "robot",
        "imagePullSecrets": [{"name": "pull"}],
        "initContainers": [{"envFrom": [{"secretRef": {"name": "init"}}]}],
        "containers": [
            {
                "env": [
                    {"name": "A", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}},
                    {"name": "B", "value": "b"},
                ],
                "envFrom": [{"configMapRef": {"name": "settings"}}],
            }
        ],
        "volumes": [
            {"name": "s", "secret": {"secretName": "tls"}},
            {"name": "c", "configMap": {"name": "files"}},
            {
                "name": "p",
                "projected": {
                    "sources": [
                        {"configMap": {"name": "kube-root-ca.crt"}},
                        {"secret": {"name": "part"}},
                        {"serviceAccountToken": {"path": "token"}},
                    ]
                },
            },
        ],
    },
}


async def make_authorizer() -> Authorizer:
    store = MemoryStore()
    await store.create(Key("pods", "default", "web"), POD)
    elsewhere = {
        "metadata": {"namespace": "default", "name": "other"},
        "spec": {"nodeName": "b", "serviceAccountName": "theirs"},
    }
    await store.create(Key("pods", "default", "other"), elsewhere)
    return Authorizer(store, NODE_RULES)


def test_everything_that_a_pod_names_is_found() -> None:
    secrets = {name for kind, name in references(POD) if kind == "secrets"}
    assert secrets == {"pull", "init", "key", "tls", "part"}
    maps = {name for kind, name in references(POD) if kind == "configmaps"}
    assert maps == {"settings", "files", "kube-root-ca.crt"}


@pytest.mark.parametrize(
    ("verb", "resource", "name", "allowed"),
    [
        ("get", "secrets", "tls", True),
        ("watch", "configmaps", "files", True),
        ("get", "secrets", "unrelated", False),
        ("list", "secrets", "", False),
        ("update", "secrets", "tls", False),
        ("get", "pods", "web", True),
        ("get", "pods", "other", False),
        ("delete", "pods", "web", True),
        ("patch", "pods/status", "web", True),
        ("patch", "pods", "web", False),
        ("create", "serviceaccounts/token", "robot", True),
        ("create", "serviceaccounts/token", "theirs", False),
        ("get", "serviceaccounts", "robot", False),
        ("get", "nodes", "a", True),
        ("get", "nodes", "b", False),
        ("patch", "nodes/status", "a", True),
        ("delete", "nodes", "a", False),
        ("list", "services", "", True),
        ("delete", "services", "x", False),
        ("create", "events", "", True),
    ],
)
async def test_what_a_node_may(verb: str, resource: str, name: str, allowed: bool) -> None:
    resource, _, subresource = resource.partition("/")
    namespace = "" if resource == "nodes" else "default"
    asked = Attributes(NODE, verb, "", "v1", resource, subresource, namespace, name)
    authorizer = await make_authorizer()
    for _ in range(2):
        assert authorizer.authorize(asked).allowed is allowed


async def test_pods_are_listed_by_node_only() -> None:
    authorizer = await make_authorizer()
    asked = Attributes(NODE, "list", "", "v1", "pods")
    assert not authorizer.authorize(asked).allowed
    own = asked._replace(field_selector="metadata.namespace!=x,spec.nodeName=a")
    assert authorizer.authorize(own).allowed
    assert not authorizer.authorize(own._replace(field_selector="spec.nodeName=b")).allowed


async def test_a_node_has_one_lease() -> None:
    asked = Attributes(
        NODE, "update", "coordination.k8s.io", "v1", "leases", "", "kube-node-lease", "a"
    )
    authorizer = await make_authorizer()
    assert authorizer.authorize(asked).allowed
    assert not authorizer.authorize(asked._replace(name="b")).allowed
    assert not authorizer.authorize(asked._replace(namespace="default")).allowed


async def test_the_group_alone_makes_no_node() -> None:
    authorizer = await make_authorizer()
    asked = Attributes(User("x", ("system:nodes",)), "list", "", "v1", "services")
    assert not authorizer.authorize(asked).allowed
    pretender = asked._replace(user=User("system:node:a"))
    assert not authorizer.authorize(pretender).allowed
