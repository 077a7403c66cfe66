"""Whatever fits the schema is answered, never crashed upon; and defaults are settled at once."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.api.field_error import FieldError
from onggi.api.kind import Kind
from onggi.api.objects import clone
from onggi.api.warnings import warnings
from onggi.apiserver.tables import row
from onggi.kinds import BUILTIN
from tests.kinds.anything import anything
from tests.world import NOW

SEEDS = st.integers(0, 2**32)
STORED = [kind for kind in BUILTIN if not kind.virtual]


def by_name(kind: Kind) -> str:
    return kind.resource


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_defaulting_twice_changes_nothing_more(kind: Kind, seed: int) -> None:
    obj = anything(kind, Random(seed))
    kind.default(obj)
    once = clone(obj)
    kind.default(obj)
    assert obj == once


@pytest.mark.parametrize("kind", STORED, ids=by_name)
@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_every_object_is_judged(kind: Kind, seed: int) -> None:
    random = Random(seed)
    obj, old = anything(kind, random), anything(kind, random)
    for each in (obj, old):
        kind.default(each)
    created = clone(obj)
    if kind.prepare:
        kind.prepare(created, None)
        kind.prepare(obj, old)
    errors = kind.validate(created) + kind.validate(obj, old)
    errors += [error for rule in kind.status_rules for error in rule(obj, old)]
    for sub in kind.subresources:
        if sub.prepare:
            sub.prepare(obj, old)
        errors += [error for rule in sub.rules for error in rule(obj, old)]
    assert all(isinstance(error, FieldError) and str(error) for error in errors)
    assert all(isinstance(text, str) for text in warnings(kind, obj) + warnings(kind, obj, old))


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_every_object_can_be_printed(kind: Kind, seed: int) -> None:
    obj = anything(kind, Random(seed))
    for shown in (obj, {"metadata": {"name": "x"}}, {}):
        cells = row(kind.columns, shown, "v1", "None", NOW)["cells"]
        assert len(cells) == len(kind.columns)
        assert all(isinstance(cell, str | int | bool) for cell in cells)
