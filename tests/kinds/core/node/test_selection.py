"""Which nodes a selector means."""

import pytest

from onggi.kinds.core.node.selection import fits

LABELS = {"zone": "a", "cores": "8"}


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("In", "zone", ["a", "b"], True),
        ("NotIn", "zone", ["a"], False),
        ("NotIn", "missing", ["a"], True),
        ("Exists", "zone", [], True),
        ("DoesNotExist", "zone", [], False),
        ("Gt", "cores", ["4"], True),
        ("Lt", "cores", ["4"], False),
        ("Gt", "zone", ["4"], False),
    ],
)
def test_an_expression_is_about_a_label(operator, key, values, expected):
    expression = {"key": key, "operator": operator, "values": values}
    selector = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    assert fits(selector, "n1", LABELS) is expected


def test_a_field_is_the_name():
    field = {"key": "metadata.name", "operator": "In", "values": ["n1"]}
    selector = {"nodeSelectorTerms": [{}, {"matchFields": [field]}]}
    assert fits(selector, "n1", LABELS)
    assert not fits(selector, "n2", LABELS)


def test_an_empty_term_fits_nothing():
    assert not fits({"nodeSelectorTerms": [{}]}, "n1", LABELS)
