"""May this user do that? Superusers, nodes, then roles; the first that allows decides.

The order and the joined reasons are those of upstream's ``--authorization-mode=Node,RBAC``.
"""

from collections.abc import Iterable, Sequence

from onggi.api.objects import View
from onggi.apiserver.authz.attributes import Attributes, Decision
from onggi.apiserver.authz.node import NodeAuthorizer, node_name
from onggi.apiserver.authz.rbac import Rbac
from onggi.apiserver.authz.rules import EVERYTHING, Rule
from onggi.store.store import Key, Store

MASTERS = "system:masters"
SUPERUSER = Decision(True)


class Authorizer:
    """``node_rules`` is what system:node may do beyond its own objects (``policy.NODE_RULES``)."""

    def __init__(self, store: Store, node_rules: Sequence[Rule]) -> None:
        self.rbac = Rbac(store)
        self._store = store
        self._nodes = NodeAuthorizer(node_rules, self._pods, self._pod)

    def authorize(self, attributes: Attributes) -> Decision:
        if MASTERS in attributes.user.groups:
            return SUPERUSER
        node = self._nodes.authorize(attributes)
        if node.allowed:
            return node
        decision = self.rbac.authorize(attributes)
        if node.reason and not decision.allowed:
            return Decision(False, "\n".join(r for r in (node.reason, decision.reason) if r))
        return decision

    def rules(self, asked: Attributes) -> tuple[list[Rule], str]:
        """All that the user may do in ``asked.namespace``, and why that is not all of it."""
        if MASTERS in asked.user.groups:
            return list(EVERYTHING), ""
        access = self.rbac.access(asked.user, asked.namespace)
        problems = list(dict.fromkeys(access.problems))
        if node_name(asked.user) is not None:
            problems.insert(0, "node authorizer does not support user rule resolution")
        return [grant.rule for grant in access.grants], ", ".join(problems)

    def _pods(self, namespace: str) -> Iterable[View]:
        return (record.object for record in self._store.list("pods", namespace))

    def _pod(self, namespace: str, name: str) -> View | None:
        record = self._store.get(Key("pods", namespace, name))
        return record.object if record else None
