"""Which nodes and pods a selector of the pod spec means. Pure.

Source: ``k8s.io/component-helpers/scheduling/corev1`` (nodeaffinity).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from onggi.api.objects import View, get
from onggi.kinds.core.node import selection
from onggi.kinds.core.pod.tolerations import tolerates as tolerates_one
from onggi.scheduler.facts import NodeFacts, PodFacts

Namespaces = Mapping[str, Mapping[str, str]]  # name → labels


def fits_term(term: View, node: NodeFacts) -> bool:
    return selection.fits_term(term, node.name, node.labels)


def selects_node(pod: PodFacts, node: NodeFacts) -> bool:
    """nodeSelector and the required node affinity."""
    if not (pod.spec.get("nodeSelector") or {}).items() <= node.labels.items():
        return False
    required = get(pod.spec, "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return selection.fits(required, node.name, node.labels)


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
    return selection.fits_all(selector.get("matchExpressions") or (), labels)
