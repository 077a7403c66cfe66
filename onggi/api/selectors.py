"""Which objects a selector means: label selectors in text and object form, field selectors.

    label_selector("app=web,tier in (a,b),!old").matches({"app": "web", "tier": "a"})
    of_object({"matchLabels": {...}, "matchExpressions": [...]})      metav1.LabelSelector
    of_labels({"app": "web"})                                         Service.spec.selector
    check_label_selector(selector, "spec.selector") -> list[FieldError]
    field_selector("status.phase=Running", POD.selectable).matches(pod)

The makers raise SelectorError, a ValueError with upstream's message; the API server answers
400 with it. An empty selector matches everything; an absent metav1.LabelSelector nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onggi.api import label_syntax, names
from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.field_selectors import FieldSelector as FieldSelector
from onggi.api.field_selectors import field_selector as field_selector
from onggi.api.label_syntax import EQUALS, Requirement, requirement
from onggi.api.label_syntax import SelectorError as SelectorError
from onggi.api.meta import check_labels
from onggi.api.objects import View

OPERATORS = {
    "In": label_syntax.IN,
    "NotIn": label_syntax.NOT_IN,
    "Exists": label_syntax.EXISTS,
    "DoesNotExist": label_syntax.ABSENT,
}
NO_LABELS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """All requirements hold; ``nothing`` matches no object at all."""

    requirements: tuple[Requirement, ...] = ()
    nothing: bool = False

    def matches(self, labels: Mapping[str, str] | None) -> bool:
        """``labels`` as ``metadata.labels`` has them; None where there are none."""
        if self.nothing:
            return False
        labels = labels or NO_LABELS
        return all(r.matches(labels.get(r.key)) for r in self.requirements)

    @property
    def empty(self) -> bool:
        return not self.requirements and not self.nothing

    def exact(self, key: str) -> str | None:
        """The one value that the selector demands of a label."""
        for r in self.requirements:
            if r.key == key and r.operator in ("=", "==", "in") and len(r.values) == 1:
                return r.values[0]
        return None

    def __str__(self) -> str:
        return ",".join(str(r) for r in self.requirements)


EVERYTHING = LabelSelector()
NOTHING = LabelSelector(nothing=True)


def label_selector(text: str) -> LabelSelector:
    """From ``?labelSelector=``, ``status.selector`` or the like."""
    return LabelSelector(tuple(label_syntax.parse(text))) if text else EVERYTHING


def of_labels(labels: Mapping[str, str] | None) -> LabelSelector:
    """Every one of these labels; unchecked."""
    pairs = sorted((labels or {}).items())
    return LabelSelector(tuple(Requirement(key, EQUALS, (value,)) for key, value in pairs))


def of_object(selector: View | None) -> LabelSelector:
    """From a metav1.LabelSelector. Raises SelectorError if it would not pass the check."""
    if selector is None:
        return NOTHING
    found = [requirement(k, EQUALS, [v]) for k, v in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        operator = expression.get("operator", "")
        if operator not in OPERATORS:
            raise SelectorError(f'"{operator}" is not a valid label selector operator')
        values = expression.get("values") or ()
        found.append(requirement(expression.get("key", ""), OPERATORS[operator], values))
    return LabelSelector(tuple(sorted(found, key=lambda r: r.key)))


def check_label_selector(selector: View | None, path: str) -> list[FieldError]:
    """Everything wrong with a metav1.LabelSelector (``ValidateLabelSelector``)."""
    if selector is None:
        return []
    errors = list(check_labels(selector.get("matchLabels") or {}, f"{path}.matchLabels"))
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        errors += check_expression(expression, f"{path}.matchExpressions[{index}]")
    return errors


def check_expression(expression: View, path: str) -> Iterator[FieldError]:
    operator, values = expression.get("operator") or "", expression.get("values") or ()
    if operator in ("In", "NotIn"):
        if not values:
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            yield required(f"{path}.values", detail)
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield forbidden(f"{path}.values", detail)
    else:
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    key = expression.get("key") or ""
    for message in names.label_key(key):
        yield invalid(f"{path}.key", key, message)
    for index, value in enumerate(values):
        for message in names.label_value(value):
            yield invalid(f"{path}.values[{index}]", value, message)
