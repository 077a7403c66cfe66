"""Annotations of ReplicaSets, which kubectl's rollout commands read."""

from onggi.kinds.apps.deployment.revision import (
    DESIRED,
    HISTORY,
    HISTORY_LENGTH,
    REVISION,
    next_revision,
    updated,
    with_revision,
)


def annotated(**annotations):
    return {"metadata": {"annotations": annotations}}


def rs(revision="", **more):
    return {"metadata": {"annotations": ({REVISION: revision} if revision else {}) | more}}


def test_the_next_revision_is_after_all_old_ones():
    assert next_revision([]) == 1
    assert next_revision([rs("4"), rs("2"), rs("junk")]) == 5


def test_annotations_of_the_deployment_are_copied_but_for_some():
    last = "kubectl.kubernetes.io/last-applied-configuration"
    d = {"metadata": {"annotations": {"kubernetes.io/change-cause": "why", last: "{}"}}}
    assert updated(d, {}, 1) == {"kubernetes.io/change-cause": "why", REVISION: "1"}


def test_an_older_revision_becomes_history():
    found = updated(annotated(), rs("1", **{DESIRED: "3"}), 3)
    assert found == {REVISION: "3", HISTORY: "1", DESIRED: "3"}
    again = updated(annotated(), {"metadata": {"annotations": found}}, 6)
    assert (again[REVISION], again[HISTORY]) == ("6", "1,3")


def test_a_revision_never_goes_back():
    assert updated(annotated(), rs("7"), 3)[REVISION] == "7"


def test_a_revision_that_is_no_number_is_left_alone():
    assert updated(annotated(), rs("junk"), 3)[REVISION] == "junk"


def test_a_long_history_loses_its_oldest_part():
    history = ",".join(str(n) for n in range(600))
    kept = with_revision(history, "600")
    assert len(kept) <= HISTORY_LENGTH
    assert kept.endswith(",599,600")
