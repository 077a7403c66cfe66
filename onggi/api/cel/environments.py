"""Ready-made environments: what upstream lets each kind of expression name.

    rules(declared)             x-kubernetes-validations: self, oldSelf; an absent oldSelf of an
                                optionalOldSelf rule is given as ``NONE``
    MATCH_CONDITIONS            matchConditions of webhooks: object, oldObject, request,
                                namespaceObject (always null there), authorizer
    admission(params, …)        expressions of admission policies; ``composition`` adds variables

Costs: ``PER_CALL`` for one evaluation; ``RULES_BUDGET`` for all rules of one object;
``MATCH_BUDGET`` for all conditions of one webhook; ``RULE_ESTIMATE`` and ``CRD_ESTIMATE`` are the
limits of the static estimate, for one rule and for one CustomResourceDefinition.

Source: ``k8s.io/apiserver/pkg/apis/cel/config.go``, ``…/admission/plugin/cel/compile.go``.
"""

from functools import lru_cache
from typing import Any

from onggi.api.cel.declared import Declared
from onggi.api.cel.environment import Environment
from onggi.api.cel.patches import PatchEnvironment
from onggi.api.cel.request import NAMESPACE, REQUEST
from onggi.api.cel.types import DYN, Type, opaque, optional_of
from onggi.api.cel.values import Optional

PER_CALL = 1_000_000
RULES_BUDGET = 10_000_000
MATCH_BUDGET = 2_500_000
RULE_ESTIMATE = 10_000_000
CRD_ESTIMATE = 100_000_000
LONGEST_MESSAGE = 5 * 1024  # of a messageExpression's value

AUTHORIZER = opaque("kubernetes.authorization.Authorizer")
REQUEST_RESOURCE = opaque("kubernetes.authorization.ResourceCheck")


def rules(declared: Declared, optional_old_self: bool = False) -> Environment:
    """``oldSelf`` is an optional where the rule says ``optionalOldSelf: true``."""
    if not optional_old_self:
        return Environment({"self": declared, "oldSelf": declared}, root=declared)

    def adapt(raw: Any) -> Any:
        return raw if isinstance(raw, Optional) else Optional(declared.adapt(raw))

    old = Declared(optional_of(declared.type), adapt, declared.max_elements)
    return Environment({"self": declared, "oldSelf": old}, root=declared)


OBJECTS: dict[str, Type | Declared] = {
    "object": DYN,
    "oldObject": DYN,
    "request": REQUEST,
    "namespaceObject": NAMESPACE,
}
RIGHTS: dict[str, Type | Declared] = {
    "authorizer": AUTHORIZER,
    "authorizer.requestResource": REQUEST_RESOURCE,
}
MATCH_CONDITIONS = Environment(OBJECTS | RIGHTS)


@lru_cache
def admission(params: bool, rights: bool = True, patches: bool = False) -> Environment:
    """For the expressions of admission policies; ``patches``: of mutations."""
    variables = OBJECTS | (RIGHTS if rights else {}) | ({"params": DYN} if params else {})
    return PatchEnvironment(variables) if patches else Environment(variables)
