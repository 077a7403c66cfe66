"""Which volume is for a claim."""

from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.core.persistentvolume.matching import (
    best,
    is_claimed_by,
    misfit,
    modes_of,
    requested,
    size,
)
from tests.kinds.core.persistentvolume.volumes import claim, reference, volume

MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")
some_modes = st.lists(st.sampled_from(MODES), min_size=1, unique=True)
sizes = st.sampled_from(("512Mi", "1Gi", "2Gi", "10Gi"))


def name(found):
    return found and found["metadata"]["name"]


def test_the_smallest_that_is_enough():
    volumes = [volume("big", "9Gi"), volume("small", "512Mi"), volume("good", "2Gi")]
    assert name(best(claim(), volumes)) == "good"


def test_one_that_can_do_less_is_preferred():
    able = volume("able", accessModes=list(MODES))
    assert name(best(claim(), [able, volume("plain", "5Gi")])) == "plain"


def test_a_volume_that_names_the_claim_is_its():
    mine = volume("mine", "9Gi", claimRef=reference(uid=""))
    assert name(best(claim(), [volume("small"), mine])) == "mine"


def test_what_belongs_to_others_is_not_taken():
    others = volume(claimRef=reference("other"))
    earlier = volume("v2", claimRef=reference(uid="uid-of-an-earlier-claim"))
    assert best(claim(), [others, earlier]) is None


def test_labels_class_and_phase_count():
    labelled = volume()
    labelled["metadata"]["labels"] = {"tier": "gold"}
    gold = {"matchLabels": {"tier": "gold"}}
    assert best(claim(selector=gold), [volume()]) is None
    assert best(claim(selector=gold), [labelled])
    assert best(claim(storageClassName="fast"), [volume()]) is None
    assert best(claim(), [volume(phase="Released")]) is None


def test_only_what_the_node_can_reach():
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}
    zoned = volume(nodeAffinity={"required": {"nodeSelectorTerms": [term]}})
    there = {"metadata": {"name": "n1", "labels": {"zone": "a"}}}
    elsewhere = {"metadata": {"name": "n2", "labels": {"zone": "b"}}}
    assert best(claim(), [zoned], there)
    assert best(claim(), [zoned], elsewhere) is None


def test_why_a_volume_is_not_for_a_claim():
    assert misfit(volume("v", "512Mi"), claim()) == "requested PV is too small"
    assert misfit(volume(volumeMode="Block"), claim()) == "incompatible volumeMode"
    assert misfit(volume(), claim(accessModes=["ReadWriteMany"])) == "incompatible accessMode"
    assert misfit(volume(), claim(storageClassName="x")) == "storageClassName does not match"
    assert misfit(volume(), claim()) == ""


@given(st.lists(st.tuples(sizes, some_modes)), sizes, some_modes)
def test_what_is_chosen_is_enough_and_nothing_smaller_would_do(offers, wanted, modes):
    volumes = [
        volume(f"v{index}", amount, accessModes=able) for index, (amount, able) in enumerate(offers)
    ]
    found = best(request := claim(size=wanted, accessModes=modes), volumes)
    fitting = [v for v in volumes if size(v) >= requested(request) and set(modes) <= modes_of(v)]
    assert (found is None) is (not fitting)
    if found:
        assert found in fitting
        assert not is_claimed_by(found, request)
        alike = [v for v in fitting if len(modes_of(v)) == len(modes_of(found))]
        assert size(found) == min(map(size, alike))
