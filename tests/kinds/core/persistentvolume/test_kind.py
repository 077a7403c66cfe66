"""When a volume came to its phase, and how it is printed."""

from datetime import timedelta

from onggi.api.warnings import warnings
from onggi.apiserver.tables import row
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.kind import stamp_phase
from tests.kinds.samples import created
from tests.world import NOW

STAMP = "2026-01-01T00:00:00Z"


def test_a_change_of_the_phase_says_when():
    old = created(PERSISTENTVOLUME)
    stamp_phase(old, None, NOW)
    assert old["status"] == {"phase": "Pending", "lastPhaseTransitionTime": STAMP}
    new = {**old, "status": {**old["status"], "phase": "Available"}}
    stamp_phase(new, old, NOW + timedelta(hours=1))
    assert new["status"]["lastPhaseTransitionTime"] == "2026-01-01T01:00:00Z"


def test_a_phase_that_stays_keeps_its_time():
    old = {"status": {"phase": "Bound", "lastPhaseTransitionTime": STAMP}}
    new = {"status": {"phase": "Bound"}}
    stamp_phase(new, old, NOW + timedelta(hours=1))
    assert new == old


def test_who_sets_the_phase_may_say_since_when():
    told = "2025-12-31T00:00:00Z"
    new = {"status": {"phase": "Bound", "lastPhaseTransitionTime": told}}
    stamp_phase(new, {"status": {"phase": "Available"}}, NOW)
    assert new["status"]["lastPhaseTransitionTime"] == told


def test_a_row_says_who_claims_it():
    volume = created(PERSISTENTVOLUME, claimRef={"namespace": "shop", "name": "data"})
    cells = row(PERSISTENTVOLUME.columns, volume, "v1", "None", NOW)["cells"]
    expected = ["web", "1Gi", "RWO", "Retain", "Pending", "shop/data", "", "<unset>", ""]
    assert cells[:9] == expected


def test_what_is_old_is_said():
    volume = created(PERSISTENTVOLUME, persistentVolumeReclaimPolicy="Recycle")
    volume["metadata"]["annotations"] = {"volume.beta.kubernetes.io/storage-class": "x"}
    found = warnings(PERSISTENTVOLUME, volume)
    assert [text.partition(":")[0] for text in found] == [
        "metadata.annotations[volume.beta.kubernetes.io/storage-class]",
        "spec.persistentVolumeReclaimPolicy",
    ]
