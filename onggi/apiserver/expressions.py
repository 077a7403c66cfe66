"""What CEL expressions of admission may name: the object, the request, and who may do what.

Expressions themselves are ``onggi.api.cel``'s; this makes the values of their variables.
Sources: ``k8s.io/apiserver/pkg/admission/plugin/cel/{compile,condition}.go``,
``.../plugin/webhook/matchconditions/matcher.go``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from onggi.api.cel.environments import MATCH_BUDGET, MATCH_CONDITIONS, PER_CALL
from onggi.api.cel.errors import BudgetExceeded, CelError
from onggi.api.cel.library.authorization import Authorizer, Decision, Question, ResourceCheck
from onggi.api.cel.program import compile
from onggi.api.http import User
from onggi.api.objects import Object, View
from onggi.apiserver.admission import Review
from onggi.apiserver.authn.users import account
from onggi.apiserver.authz import attributes
from onggi.apiserver.authz.attributes import Attributes

OUT_OF_BUDGET = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
Values = Mapping[str, Any]


class Unclear(Exception):
    """No condition says no, but one could not be worked out; the text says why."""


def values(
    review: Review,
    request: Object,
    objects: tuple[View | None, View | None],
    authorizer: attributes.Authorizer,
) -> Values:
    """``request`` is an AdmissionRequest; what it holds of the objects is not shown."""
    shown = {k: v for k, v in request.items() if k not in ("object", "oldObject", "uid")}
    who = authorizer_of(authorizer, review.call.user)
    asked = request["resource"]
    check = ResourceCheck(
        who,
        asked["group"],
        asked["resource"],
        request.get("subResource", ""),
        request.get("namespace", ""),
        request.get("name", ""),
    )
    return {
        "object": objects[0],
        "oldObject": objects[1],
        "request": {k: v for k, v in shown.items() if v is not None},
        "authorizer": who,
        "authorizer.requestResource": check,
    }


def authorizer_of(authorizer: attributes.Authorizer, user: User) -> Authorizer:
    """``authorizer`` as an expression has it: about whoever makes the request."""

    def decide(question: Question) -> Decision:
        who = account(*question.user) if question.user else user
        asked = Attributes(
            user=who,
            verb=question.verb,
            group=question.group,
            version="*" if question.resource else "",
            resource=question.resource,
            subresource=question.subresource,
            namespace=question.namespace,
            name=question.name,
            path=question.path,
            field_selector=question.field_selector,
        )
        decision = authorizer.authorize(asked)
        return Decision(decision.allowed, decision.reason)

    return Authorizer(decide)


def match(conditions: Sequence[View], make: Callable[[], Values]) -> bool:
    """Whether all hold; one that does not counts more than one that fails. Raises Unclear."""
    found, left, problems = make(), MATCH_BUDGET, list[str]()
    for condition in conditions:
        text = condition["expression"]
        try:
            value, cost = compile(text, MATCH_CONDITIONS).measure(found, min(left, PER_CALL))
        except BudgetExceeded:
            raise Unclear(OUT_OF_BUDGET) from None
        except CelError as error:
            problems.append(f"expression '{text}' resulted in error: {error}")
            left -= error.cost
            continue
        left -= cost
        if value is False:
            return False
    if problems:
        raise Unclear(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
    return True
