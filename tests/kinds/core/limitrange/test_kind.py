"""LimitRange: its defaults, and amounts that contradict each other."""

import pytest

from onggi.kinds.core.limitrange import LIMITRANGE
from tests.kinds.samples import created, said


def item(**more):
    return {"limits": [{"type": "Container", **more}]}


def test_what_is_left_out_follows_from_the_rest():
    made = created(LIMITRANGE, **item(max={"cpu": "2"}, min={"cpu": "0.5", "memory": "1Mi"}))
    assert made["spec"]["limits"][0] == {
        "type": "Container",
        "max": {"cpu": "2"},
        "min": {"cpu": "500m", "memory": "1Mi"},
        "default": {"cpu": "2"},
        "defaultRequest": {"cpu": "2", "memory": "1Mi"},
    }


PATH = "spec.limits[0]"
WRONG = [
    (
        item(min={"cpu": "2"}, max={"cpu": "1"}, default={"cpu": "1"}, defaultRequest={"cpu": "1"}),
        [
            f'{PATH}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
            f'{PATH}.defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default '
            "request value 1",
            f'{PATH}.default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
        ],
    ),
    (
        item(min={"cpu": "1"}, max={"cpu": "2"}, maxLimitRequestRatio={"cpu": "3"}),
        [
            f'{PATH}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than '
            "max/min = 2.000000"
        ],
    ),
    (
        item(maxLimitRequestRatio={"cpu": "500m"}),
        [f'{PATH}.maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ),
    (
        {"limits": [{"type": "Pod", "default": {"cpu": "1"}}]},
        [f"{PATH}.default: Forbidden: may not be specified when `type` is 'Pod'"],
    ),
    (
        {"limits": [{"type": "PersistentVolumeClaim"}]},
        [
            f"{PATH}.limits: Required value: either minimum or maximum storage value is required, "
            "but neither was provided"
        ],
    ),
    (
        {"limits": [{"type": "Nonsense"}]},
        [
            f'{PATH}.type: Invalid value: "Nonsense": must be a standard limit type or fully '
            "qualified"
        ],
    ),
    (
        {"limits": [{"type": "Pod"}, {"type": "Pod"}]},
        ['spec.limits[1].type: Duplicate value: "Pod"'],
    ),
]


@pytest.mark.parametrize(("spec", "errors"), WRONG)
def test_amounts_do_not_contradict_each_other(spec, errors):
    assert said(LIMITRANGE, **spec) == errors
