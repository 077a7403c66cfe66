from onggi.api.fields.conflict import refusal
from onggi.api.fields.update import Conflict, Manager

UPDATER = Manager("kubectl", "Update", "apps/v1")
REPLICAS = ("f:spec", "f:replicas")
IMAGE = ("f:spec", "f:containers", 'k:{"name":"web"}', "f:image")


def test_one_conflict_is_told_in_one_line():
    found = refusal([Conflict(UPDATER, REPLICAS)])
    assert found.message == (
        'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas'
    )
    assert found.status() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": found.message,
        "reason": "Conflict",
        "details": {
            "causes": [
                {
                    "reason": "FieldManagerConflict",
                    "message": 'conflict with "kubectl" using apps/v1',
                    "field": ".spec.replicas",
                }
            ]
        },
        "code": 409,
    }


def test_several_are_listed_by_manager():
    status = UPDATER._replace(subresource="status")
    found = refusal(
        [
            Conflict(status, REPLICAS),
            Conflict(Manager("a", "Apply"), IMAGE),
            Conflict(Manager("a", "Apply"), REPLICAS),
        ]
    )
    assert found.message == (
        'Apply failed with 3 conflicts: conflicts with "a":\n'
        '- .spec.containers[name="web"].image\n'
        "- .spec.replicas\n"
        'conflicts with "kubectl" with subresource "status" using apps/v1:\n'
        "- .spec.replicas"
    )
