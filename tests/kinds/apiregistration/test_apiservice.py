"""APIServices: what they may say, and how they are shown."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onggi.kinds.apiregistration.apiservice import (
    APISERVICE,
    is_available,
    prepare,
    shown_available,
    shown_service,
    with_condition,
)
from onggi.kinds.apiregistration.priorities import GROUPS, built_in, local

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)


def service(name: str = "v1.example.com", **spec: Any) -> Any:
    base = {"group": "example.com", "version": "v1"}
    base |= {"groupPriorityMinimum": 100, "versionPriority": 10}
    obj = {"metadata": {"name": name, "creationTimestamp": "x"}, "spec": {**base, **spec}}
    APISERVICE.default(obj)
    return obj


def problems(obj: Any) -> list[str]:
    return [str(error) for error in APISERVICE.validate(obj)]


REMOTE = {"namespace": "n", "name": "s"}


def test_local_and_remote_ones_are_accepted() -> None:
    assert problems(service()) == problems(service(service=REMOTE)) == []
    assert service(service=REMOTE)["spec"]["service"]["port"] == 443


@pytest.mark.parametrize(
    ("obj", "problem"),
    [
        (service("x"), 'metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`'),
        (service("v2.", group="", version="v2"), "spec.group: Required value: only v1 may have an"),
        (service("v1.A", group="A"), 'spec.group: Invalid value: "A": a lowercase RFC 1123'),
        (service("1.example.com", version="1"), 'spec.version: Invalid value: "1": a DNS-1035'),
        (service(groupPriorityMinimum=0), "spec.groupPriorityMinimum: Invalid value: 0: must be p"),
        (service(versionPriority=1001), "spec.versionPriority: Invalid value: 1001: must be posit"),
        (service(caBundle="eA=="), 'spec.caBundle: Invalid value: "3 bytes": local APIServices ma'),
        (service(insecureSkipTLSVerify=True), "spec.insecureSkipTLSVerify: Invalid value: true: l"),
        (service(service={"name": "s"}), "spec.service.namespace: Required value"),
        (service(service={**REMOTE, "port": 70000}), "spec.service.port: Invalid value: 70000: po"),
        (
            service(service=REMOTE, caBundle="eA==", insecureSkipTLSVerify=True),
            "spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is pres",
        ),
    ],
)
def test_what_is_wrong_is_named(obj: Any, problem: str) -> None:
    (found,) = problems(obj)
    assert found.startswith(problem)


def test_what_is_local_is_available_at_once() -> None:
    obj = service()
    prepare(obj, None)
    assert is_available(obj)
    remote = service(service=REMOTE)
    prepare(remote, None)
    assert not is_available(remote)


def test_the_time_of_a_condition_is_that_of_its_last_change() -> None:
    obj = service(service=REMOTE)
    obj["status"] = with_condition(obj, "False", "ServiceNotFound", "m", NOW)
    obj["status"] = with_condition(obj, "False", "MissingEndpoints", "m", LATER)
    (condition,) = obj["status"]["conditions"]
    assert condition["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    obj["status"] = with_condition(obj, "True", "Passed", "m", LATER)
    assert obj["status"]["conditions"][0]["lastTransitionTime"] == "2026-01-02T00:00:00Z"


def test_columns_say_where_and_whether() -> None:
    obj = service(service=REMOTE)
    assert (shown_service(obj, NOW), shown_available(obj, NOW)) == ("n/s", "Unknown")
    obj["status"] = with_condition(obj, "False", "ServiceNotFound", "m", NOW)
    assert shown_available(obj, NOW) == "False (ServiceNotFound)"
    assert shown_service(service(), NOW) == "Local"


def test_every_local_one_is_valid() -> None:
    for group in (*GROUPS, "custom.example.com"):
        obj = local(group, "v1")
        APISERVICE.default(obj)
        assert problems(obj) == []


def test_stable_versions_come_before_others() -> None:
    def rank(version: str) -> int:
        found = built_in("batch", version)
        assert found
        return found.version

    assert rank("v1") > rank("v1beta1") > rank("v1alpha1")
    assert built_in("example.com", "v1") is None
