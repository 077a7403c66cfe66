"""Sets from before a schema was changed: who owned parts of what is one leaf now owns the leaf.

The other way round needs nothing: who owned the leaf owns what it was, until somebody writes.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (reconcile_schema.go).
"""

from onggi.api.fields.check import kind_of
from onggi.api.fields.elements import SELF
from onggi.api.fields.plan import Plan
from onggi.api.fields.sets import LEAF, Trie
from onggi.api.schema_nodes import ATOMIC, DEDUCED

MANY = ("array", "object", "any")


def reconciled(fields: Trie, plan: Plan) -> Trie:
    """``fields`` as the schema is now; the same object where nothing has changed."""
    found: Trie | None = None
    for element, below in fields.items():
        if element == SELF or not below:
            continue
        inner = plan.within(element)
        if inner.shape == DEDUCED or (element[0] == "f" and not plan.below(element[2:]).known):
            continue
        is_leaf = inner.shape == ATOMIC and kind_of(inner.node) in MANY
        left = LEAF if is_leaf else reconciled(below, inner)
        if left is not below:
            found = dict(fields) if found is None else found
            found[element] = left
    return fields if found is None else found
