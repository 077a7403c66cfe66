from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.replicaset.kind import check_status
from tests.kinds.samples import said, said_of_update


def test_a_selector_is_needed_and_stays() -> None:
    assert "spec.selector: Required value" in said(REPLICASET, selector=None)
    refusals = said_of_update(REPLICASET, {"selector": {"matchLabels": {"app": "b"}}})
    assert any(text.endswith("field is immutable") for text in refusals)


def test_a_status_adds_up() -> None:
    status = {"replicas": 2, "readyReplicas": 1, "availableReplicas": 2}
    assert [str(e) for e in check_status({"status": status}, None)] == [
        "status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas"
    ]
