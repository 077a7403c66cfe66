from typing import Any

from onggi.api.objects import clone
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.rules import check_status
from tests.kinds.samples import created


def said_of(before: dict[str, Any], after: dict[str, Any], policy: str = "Never") -> list[str]:
    old = created(POD, restartPolicy=policy)
    new = clone(old)
    old["status"] |= before
    new["status"] |= after
    return [str(error) for error in check_status(new, old)]


def state(**state: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "web", "state": state}]}


def test_a_container_that_is_not_restarted_does_not_run_again() -> None:
    ended, running = state(terminated={"exitCode": 0}), state(running={})
    assert said_of(ended, running, "Always") == []
    assert said_of(ended, running) == [
        "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated "
        "state"
    ]
    failed = state(terminated={"exitCode": 1})
    assert said_of(failed, running, "OnFailure") == []


def test_the_class_of_service_stays() -> None:
    assert said_of({}, {"qosClass": "Guaranteed"}) == [
        'status.qosClass: Invalid value: "Guaranteed": field is immutable'
    ]


def test_addresses_are_addresses_one_of_each_family() -> None:
    assert said_of({}, {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}) == []
    (refusal,) = said_of({}, {"podIPs": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}]})
    assert "may specify no more than one IP for each IP family" in refusal
    assert said_of({}, {"hostIP": "10.0.0.1", "hostIPs": [{"ip": "10.0.0.2"}]}) == [
        'status.hostIPs[0].ip: Invalid value: "10.0.0.2": must be equal to `hostIP`'
    ]
