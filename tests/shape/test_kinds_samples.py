import pytest

from onggi.api.kind import Kind
from onggi.api.meta import check_metadata
from onggi.api.objects import clone
from onggi.api.warnings import warnings
from onggi.kinds import BUILTIN
from tests.kinds.samples import CONTENTS, WARNED, created

STORED = [kind for kind in BUILTIN if not kind.virtual]


def test_every_stored_kind_has_a_sample() -> None:
    assert set(CONTENTS) == set(STORED)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.resource)
def test_what_is_valid_when_written_is_valid_when_completed(kind: Kind) -> None:
    obj = created(kind)
    assert kind.validate(obj) == []
    assert check_metadata(obj, kind) == []
    assert bool(warnings(kind, obj)) is (kind in WARNED)


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.resource)
def test_sending_an_object_again_changes_nothing(kind: Kind) -> None:
    old = created(kind)
    new = clone(old)
    kind.default(new)
    if kind.prepare:
        kind.prepare(new, old)
    assert new == old
    assert kind.validate(new, old) == []
