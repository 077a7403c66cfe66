from typing import Any

from onggi.kinds.scheduling.priorityclass import PRIORITYCLASS
from tests.kinds.samples import completed, created, sample


def said(name: str = "high", **fields: Any) -> list[str]:
    obj = sample(PRIORITYCLASS) | fields
    obj["metadata"]["name"] = name
    return [str(e) for e in PRIORITYCLASS.validate(completed(PRIORITYCLASS, obj))]


def test_users_priorities_end_at_a_thousand_million() -> None:
    assert said(value=10**9) == []
    assert said(value=10**9 + 1) == [
        "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"
    ]


def test_the_systems_names_are_its_own() -> None:
    assert said("system-node-critical", value=2000001000) == []
    assert said("system-mine") == [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for "
        "system use only. error: system-mine is not a known system priority class"
    ]


def test_a_value_stays() -> None:
    new = created(PRIORITYCLASS) | {"value": 5}
    assert [str(e) for e in PRIORITYCLASS.validate(new, created(PRIORITYCLASS))] == [
        "value: Forbidden: may not be changed in an update."
    ]
