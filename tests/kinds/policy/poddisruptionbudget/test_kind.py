"""A PodDisruptionBudget as users write it."""

import pytest

from onggi.apiserver.tables import row
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET as PDB
from tests.kinds.samples import created, said
from tests.world import NOW


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"maxUnavailable": 1}, "minAvailable and maxUnavailable cannot be both set"),
        ({"minAvailable": "1"}, "a valid percent string must be a numeric string followed by"),
        ({"minAvailable": "101%"}, "must not be greater than 100%"),
        ({"minAvailable": -1}, "must be greater than or equal to 0"),
        (
            {"unhealthyPodEvictionPolicy": "Never"},
            'Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
        ),
    ],
)
def test_what_is_wrong_is_said_in_upstreams_words(spec, wanted):
    [error] = said(PDB, **spec)
    assert wanted in error


def test_a_status_is_well_formed():
    new, old = created(PDB), created(PDB)
    condition = {"type": "a b", "status": "Perhaps", "reason": "1"}
    new["status"] = {"conditions": [condition], "expectedPods": -1}
    paths = {error.path for rule in PDB.status_rules for error in rule(new, old)}
    at = "status.conditions[0]"
    assert paths == {f"{at}.type", f"{at}.status", f"{at}.lastTransitionTime", f"{at}.reason",
                     "status.expectedPods"}  # fmt: skip


def test_a_row_shows_what_kubectl_prints():
    cells = row(PDB.columns, created(PDB), "v1", "None", NOW)["cells"]
    assert cells[:4] == ["web", "1", "N/A", 0]
