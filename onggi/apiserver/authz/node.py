"""What a node's own credentials allow: itself, the pods bound to it, and what these refer to.

A node is a user ``system:node:NAME`` in the group ``system:nodes``. Everything but the objects
below follows the fixed rules of the ClusterRole system:node.
Source: ``plugin/pkg/auth/authorizer/node/node_authorizer.go``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from onggi.api.http import User
from onggi.api.objects import View, get
from onggi.apiserver.authz.attributes import Attributes, Decision, selected
from onggi.apiserver.authz.rules import Rule, allows

PREFIX, NODES = "system:node:", "system:nodes"
LEASES = "kube-node-lease"
REMEMBERED = 10_000

Reference = tuple[str, str]  # ("secrets", NAME), in the pod's namespace
Pods = Callable[[str], Iterable[View]]  # the pods of a namespace
Pod = Callable[[str, str], View | None]  # one pod by namespace and name

NO_OPINION = Decision(False)
ALLOWED = Decision(True)


def node_name(user: User) -> str | None:
    """The node that the user is; empty for a member of system:nodes without a node's name."""
    if NODES not in user.groups or not user.name.startswith(PREFIX):
        return None
    return user.name.removeprefix(PREFIX)


class NodeAuthorizer:
    """``pods`` and ``pod`` look into the store, so that an answer never lags behind it."""

    def __init__(self, rules: Sequence[Rule], pods: Pods, pod: Pod) -> None:
        self.rules, self._pods, self._pod = rules, pods, pod
        self._users: dict[tuple[str, str, Reference], str] = {}  # (node, namespace, what) → a pod

    def authorize(self, asked: Attributes) -> Decision:
        node = node_name(asked.user)
        if not node:
            return NO_OPINION
        judge = JUDGES.get((asked.group, asked.resource)) if asked.is_resource else None
        if judge:
            return judge(self, node, asked)
        return Decision(any(allows(rule, asked) for rule in self.rules))

    def refers(self, node: str, namespace: str, wanted: Reference) -> bool:
        """Does a pod on the node refer to it? The pod that did so last is asked first."""
        key = node, namespace, wanted
        last = self._pod(namespace, self._users[key]) if key in self._users else None
        if last and _uses(last, node, wanted):
            return True
        found = next((p for p in self._pods(namespace) if _uses(p, node, wanted)), None)
        if len(self._users) > REMEMBERED:
            self._users.clear()
        if found:
            self._users[key] = found["metadata"]["name"]
        return found is not None

    def read_referenced(self, node: str, asked: Attributes) -> Decision:
        if asked.verb not in ("get", "list", "watch"):
            return Decision(False, "can only read resources of this type")
        if asked.subresource:
            return Decision(False, "cannot read subresource")
        if not asked.namespace:
            return Decision(False, "can only read namespaced object of this type")
        if not asked.name:
            return Decision(False, "No Object name found")
        if self.refers(node, asked.namespace, (asked.resource, asked.name)):
            return ALLOWED
        return _unrelated(node)

    def create_token(self, node: str, asked: Attributes) -> Decision:
        if asked.verb != "create" or not asked.name:
            return Decision(False, "can only create tokens for individual service accounts")
        if asked.subresource != "token":
            return Decision(False, "can only create token subresource of serviceaccount")
        if self.refers(node, asked.namespace, ("serviceaccounts", asked.name)):
            return ALLOWED
        return _unrelated(node)

    def use_pod(self, node: str, asked: Attributes) -> Decision:
        allowed = (asked.subresource, asked.verb) in POD_WRITES
        if allowed or asked.subresource:
            return Decision(allowed)
        if asked.verb in ("list", "watch"):
            if selected(asked.field_selector, "spec.nodeName") == node:
                return ALLOWED
            return Decision(False, "can only list/watch pods with spec.nodeName field selector")
        if asked.verb != "get":
            return NO_OPINION
        pod = self._pod(asked.namespace, asked.name)
        return ALLOWED if pod and get(pod, "spec.nodeName") == node else _unrelated(node)

    def use_node(self, node: str, asked: Attributes) -> Decision:
        if (asked.subresource, asked.verb) in NODE_WRITES:
            return ALLOWED
        if asked.subresource or asked.verb not in ("get", "list", "watch"):
            return NO_OPINION
        if asked.name == node:
            return ALLOWED
        return Decision(
            False, f"node '{node}' cannot read '{asked.name}', only its own Node object"
        )

    def use_lease(self, node: str, asked: Attributes) -> Decision:
        if asked.verb not in ("get", "create", "update", "patch", "delete"):
            return Decision(False, "can only get, create, update, patch, or delete a node lease")
        if asked.namespace != LEASES:
            return Decision(False, f'can only access leases in the "{LEASES}" system namespace')
        if asked.verb != "create" and asked.name != node:
            return Decision(
                False, "can only access node lease with the same name as the requesting node"
            )
        return ALLOWED


# What admission (NodeRestriction) confines to the node's own objects, which it can see.
POD_WRITES = {
    ("", "create"),
    ("", "delete"),
    ("status", "update"),
    ("status", "patch"),
    ("eviction", "create"),
}
NODE_WRITES = {
    ("", "create"),
    ("", "update"),
    ("", "patch"),
    ("status", "update"),
    ("status", "patch"),
}
JUDGES: dict[tuple[str, str], Callable[[NodeAuthorizer, str, Attributes], Decision]] = {
    ("", "secrets"): NodeAuthorizer.read_referenced,
    ("", "configmaps"): NodeAuthorizer.read_referenced,
    ("", "serviceaccounts"): NodeAuthorizer.create_token,
    ("", "pods"): NodeAuthorizer.use_pod,
    ("", "nodes"): NodeAuthorizer.use_node,
    ("coordination.k8s.io", "leases"): NodeAuthorizer.use_lease,
}


def _unrelated(node: str) -> Decision:
    return Decision(False, f"no relationship found between node '{node}' and this object")


def _uses(pod: View, node: str, wanted: Reference) -> bool:
    return get(pod, "spec.nodeName") == node and wanted in references(pod)


def references(pod: View) -> Iterator[Reference]:
    """The service account, Secrets and ConfigMaps that a pod names (``podutil.Visit…Names``)."""
    spec = pod["spec"]
    if account := spec.get("serviceAccountName"):
        yield "serviceaccounts", account
    for entry in spec.get("imagePullSecrets") or ():
        yield "secrets", entry.get("name", "")
    for field in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(field) or ():
            yield from _of_environment(container)
    for volume in spec.get("volumes") or ():
        yield from _of_volume(volume)


def _of_environment(container: View) -> Iterator[Reference]:
    for variable in container.get("env") or ():
        yield from _named(variable.get("valueFrom") or {}, "secretKeyRef", "configMapKeyRef")
    for source in container.get("envFrom") or ():
        yield from _named(source, "secretRef", "configMapRef")


def _of_volume(volume: View) -> Iterator[Reference]:
    if "secret" in volume:
        yield "secrets", volume["secret"].get("secretName", "")
    yield from _named(volume, "", "configMap")
    for field in ("csi", "cephfs", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos"):
        for key in ("nodePublishSecretRef", "secretRef"):
            yield from _named(volume.get(field) or {}, key, "")
    for source in get(volume, "projected.sources") or ():
        yield from _named(source, "secret", "configMap")


def _named(holder: View, secret: str, config: str) -> Iterator[Reference]:
    if secret and secret in holder:
        yield "secrets", holder[secret].get("name", "")
    if config and config in holder:
        yield "configmaps", holder[config].get("name", "")
