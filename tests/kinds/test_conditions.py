import pytest

from onggi.kinds.conditions import check_conditions

GOOD = {
    "type": "Ready",
    "status": "True",
    "reason": "Done",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}


def words(*conditions):
    return [str(error) for error in check_conditions(conditions, "c")]


def test_a_whole_condition_is_accepted():
    assert words(GOOD, {**GOOD, "type": "example.com/Other"}) == []


def test_an_empty_condition_lacks_four_fields():
    assert words({}) == [
        "c[0].type: Required value: is required",
        "c[0].status: Required value",
        "c[0].lastTransitionTime: Required value",
        "c[0].reason: Required value",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "Yes"}, 'c[0].status: Unsupported value: "Yes": supported values: "False"'),
        ({"observedGeneration": -1}, "c[0].observedGeneration: Invalid value: -1: must be greater"),
        ({"reason": "a b"}, 'c[0].reason: Invalid value: "a b": a condition reason must start'),
        ({"reason": "a" * 1025}, "c[0].reason: Too long: may not be more than 1024 bytes"),
        ({"message": "é" * 16385}, "c[0].message: Too long: may not be more than 32768 bytes"),
        ({"type": "a b"}, 'c[0].type: Invalid value: "a b": name part must consist of'),
    ],
)
def test_what_does_not_fit_is_told(change, said):
    (error,) = words({**GOOD, **change})
    assert error.startswith(said)


def test_each_type_comes_once():
    assert words(GOOD, GOOD) == ['c[1]: Duplicate value: "Ready"']
