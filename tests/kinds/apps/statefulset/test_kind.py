"""A StatefulSet as users write it."""

import pytest

from onggi.apiserver.tables import row
from onggi.kinds.apps.statefulset import STATEFULSET
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW


def test_what_is_left_out_is_filled_in():
    spec = created(STATEFULSET)["spec"]
    assert spec["updateStrategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"partition": 0, "maxUnavailable": 1},
    }
    kept = {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert spec["persistentVolumeClaimRetentionPolicy"] == kept
    assert (spec["replicas"], spec["podManagementPolicy"]) == (1, "OrderedReady")
    chosen = created(STATEFULSET, updateStrategy={"type": "OnDelete"})
    assert chosen["spec"]["updateStrategy"] == {"type": "OnDelete"}


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            {"podManagementPolicy": "Random"},
            "spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or "
            "'Parallel'",
        ),
        (
            {"updateStrategy": {"type": "OnDelete", "rollingUpdate": {"partition": 1}}},
            'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for '
            "updateStrategy 'RollingUpdate'",
        ),
        (
            {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 0}}},
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0",
        ),
        (
            {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Maybe"}},
            "spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "
            '"Maybe": supported values: "Retain", "Delete"',
        ),
        (
            {"ordinals": {"start": -1}},
            "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0",
        ),
    ],
)
def test_what_is_wrong_is_said_in_upstreams_words(spec, wanted):
    assert said(STATEFULSET, **spec) == [wanted]


def test_only_some_fields_may_change():
    assert said_of_update(STATEFULSET, {"replicas": 3, "minReadySeconds": 5}) == []
    assert said_of_update(STATEFULSET, {"serviceName": "other"}) == [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', "
        "'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
        "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
    ]


def test_a_row_shows_what_kubectl_prints():
    sts = created(STATEFULSET, replicas=3)
    sts["status"]["readyReplicas"] = 2
    cells = row(STATEFULSET.columns, sts, "v1", "None", NOW)["cells"]
    assert (cells[:2], cells[3:]) == (["web", "2/3"], ["web", "nginx"])
