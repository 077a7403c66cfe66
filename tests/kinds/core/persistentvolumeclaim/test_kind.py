"""Sources of data, said the old way or the new one."""

from onggi.api.warnings import warnings
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from tests.kinds.samples import created

CLAIM = {"kind": "PersistentVolumeClaim", "name": "other"}
POPULATOR = {"apiGroup": "example.com", "kind": "Backup", "name": "b"}


def test_both_fields_say_the_same():
    spec = created(PERSISTENTVOLUMECLAIM, dataSource=CLAIM)["spec"]
    assert spec["dataSourceRef"] == CLAIM
    spec = created(PERSISTENTVOLUMECLAIM, dataSourceRef=POPULATOR)["spec"]
    assert spec["dataSource"] == POPULATOR


def test_the_old_field_names_claims_and_snapshots_only():
    assert "dataSource" not in created(PERSISTENTVOLUMECLAIM, dataSource=POPULATOR)["spec"]


def test_other_namespaces_are_not_read_from():
    spec = created(PERSISTENTVOLUMECLAIM, dataSourceRef={**CLAIM, "namespace": "other"})["spec"]
    assert "dataSourceRef" not in spec
    assert "dataSource" not in spec


def test_half_a_byte_is_warned_about():
    claim = created(PERSISTENTVOLUMECLAIM, resources={"requests": {"storage": "1500m"}})
    assert warnings(PERSISTENTVOLUMECLAIM, claim) == [
        'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an '
        "integer"
    ]
