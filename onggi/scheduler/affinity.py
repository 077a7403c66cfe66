"""Which nodes and pods a selector of the pod spec means. Pure.

Source: ``k8s.io/component-helpers/scheduling/corev1`` (nodeaffinity).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from onggi.api.gotext import parse_int
from onggi.api.objects import View, get
from onggi.kinds.core.pod.tolerations import tolerates as tolerates_one
from onggi.scheduler.facts import NodeFacts, PodFacts

Namespaces = Mapping[str, Mapping[str, str]]  # name → labels


def compares(actual: str | None, wanted: Sequence[str], sign: int) -> bool:
    left, right = parse_int(actual or ""), parse_int(wanted[0] if len(wanted) == 1 else "")
    return left is not None and right is not None and (left - right) * sign > 0


OPERATORS = {
    "In": lambda actual, values: actual is not None and actual in values,
    "NotIn": lambda actual, values: actual is None or actual not in values,
    "Exists": lambda actual, values: actual is not None,
    "DoesNotExist": lambda actual, values: actual is None,
    "Gt": lambda actual, values: compares(actual, values, +1),
    "Lt": lambda actual, values: compares(actual, values, -1),
}


def fits_all(requirements: Sequence[View], actual: Mapping[str, str]) -> bool:
    return all(
        OPERATORS[r["operator"]](actual.get(r["key"]), r.get("values") or ()) for r in requirements
    )


def fits_term(term: View, node: NodeFacts) -> bool:
    """An empty term fits nothing."""
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return fits_all(expressions, node.labels) and fits_all(fields, {"metadata.name": node.name})


def selects_node(pod: PodFacts, node: NodeFacts) -> bool:
    """nodeSelector and the required node affinity."""
    if not (pod.spec.get("nodeSelector") or {}).items() <= node.labels.items():
        return False
    required = get(pod.spec, "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return any(fits_term(term, node) for term in required.get("nodeSelectorTerms") or ())


def tolerates(tolerations: Sequence[View], taint: View) -> bool:
    return any(tolerates_one(toleration, taint) for toleration in tolerations)


class Term(NamedTuple):
    """A pod affinity term of one pod, ready to be compared with many others.

    ``namespaces`` None means all. matchLabelKeys are folded into the label selector by the
    API server when a pod is created, as upstream does.
    """

    topology_key: str
    selector: View | None
    namespaces: frozenset[str] | None
    weight: int = 1

    def means(self, other: PodFacts) -> bool:
        if self.namespaces is not None and other.namespace not in self.namespaces:
            return False
        return selects(self.selector, other.labels)


def terms_of(pod: PodFacts, terms: Sequence[View], namespaces: Namespaces) -> list[Term]:
    """Required terms, or preferred ones with their weights."""
    return [
        Term(
            inner["topologyKey"],
            inner.get("labelSelector"),
            term_namespaces(inner, pod, namespaces),
            term.get("weight", 1),
        )
        for term in terms
        for inner in (term.get("podAffinityTerm") or term,)
    ]


def term_namespaces(term: View, owner: PodFacts, known: Namespaces) -> frozenset[str] | None:
    """The listed ones and the selected ones; neither means the pod's own."""
    selector, listed = term.get("namespaceSelector"), term.get("namespaces") or ()
    if selector is None:
        return frozenset(listed or (owner.namespace,))
    if not any(selector.values()):
        return None
    return frozenset(listed) | {name for name, labels in known.items() if selects(selector, labels)}


def selects(selector: View | None, labels: Mapping[str, str]) -> bool:
    """An absent label selector means nothing, an empty one everything."""
    if selector is None or not (selector.get("matchLabels") or {}).items() <= labels.items():
        return False
    return fits_all(selector.get("matchExpressions") or (), labels)
