"""What is migrated is named and stays; it ends once."""

from onggi.kinds.storagemigration.storageversionmigration import STORAGEVERSIONMIGRATION
from tests.kinds.samples import created, said, said_of_update


def condition(kind, status="True"):
    return {
        "type": kind,
        "status": status,
        "reason": "R",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }


def judged(conditions, old=()):
    made = created(STORAGEVERSIONMIGRATION)
    before = {**made, "status": {"resourceVersion": "5", "conditions": list(old)}}
    after = {**made, "status": {"resourceVersion": "5", "conditions": conditions}}
    (rule,) = STORAGEVERSIONMIGRATION.status_rules
    return [error.detail for error in rule(after, before)]


def test_a_resource_is_named_and_stays():
    assert said(STORAGEVERSIONMIGRATION, resource={"resource": "Pods"})[0].startswith(
        'spec.resource.resource: Invalid value: "Pods"'
    )
    change = {"resource": {"group": "apps", "resource": "daemonsets"}}
    assert said_of_update(STORAGEVERSIONMIGRATION, change) == [
        'resource: Invalid value: "daemonsets": field is immutable'
    ]


def test_it_ends_one_way():
    assert judged([condition("Succeeded"), condition("Running", "False")]) == []
    assert judged([condition("Succeeded"), condition("Failed")]) == [
        "Both success and failed conditions cannot be true at the same time"
    ]
    assert judged([condition("Failed"), condition("Running")]) == [
        "Running condition cannot be true when failed condition is true"
    ]


def test_success_stays():
    assert judged([condition("Succeeded", "False")], [condition("Succeeded")]) == [
        "Success condition cannot be set to false once it is true"
    ]
