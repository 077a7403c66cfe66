"""A Job as users write it: defaults, labels of its own, what is refused, what is printed."""

from datetime import timedelta

import pytest

from onggi.api.objects import clone
from onggi.api.times import stamp
from onggi.api.warnings import warnings
from onggi.apiserver.tables import row
from onggi.kinds.batch.job import JOB
from tests.kinds.samples import CONTAINER, TASK, created, said, said_of_update, sample
from tests.world import NOW

INDEXED = {"completionMode": "Indexed", "completions": 3}
CODES = {"operator": "In", "values": [1]}


def rule(**more):
    return {"rules": [{"action": "Count", **more}]}


def test_what_is_left_out_is_filled_in():
    spec = created(JOB)["spec"]
    assert {k: v for k, v in spec.items() if k not in ("template", "selector")} == {
        "completions": 1,
        "parallelism": 1,
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "suspend": False,
        "podReplacementPolicy": "TerminatingOrFailed",
        "manualSelector": False,
    }
    assert "completions" not in created(JOB, parallelism=2)["spec"]
    assert created(JOB, **INDEXED, backoffLimitPerIndex=1)["spec"]["backoffLimit"] == 2**31 - 1
    policy = rule(onPodConditions=[{"type": "DisruptionTarget"}])
    found = created(JOB, podFailurePolicy=policy)["spec"]
    assert found["podReplacementPolicy"] == "Failed"
    pattern = found["podFailurePolicy"]["rules"][0]["onPodConditions"][0]
    assert pattern == {"type": "DisruptionTarget", "status": "True"}


def test_its_uid_is_in_selector_labels_and_template():
    obj = sample(JOB)
    obj["metadata"]["uid"] = "u1"
    JOB.default(obj)
    JOB.prepare(obj, None)
    uid, name = "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"
    assert obj["spec"]["selector"] == {"matchLabels": {uid: "u1"}}
    wanted = {uid: "u1", name: "web", "controller-uid": "u1", "job-name": "web"}
    assert obj["metadata"]["labels"] == obj["spec"]["template"]["metadata"]["labels"] == wanted


def test_labels_that_are_not_its_own_are_refused():
    template = clone(TASK) | {"metadata": {"labels": {"controller-uid": "other"}}}
    text = '{"batch.kubernetes.io/controller-uid":"","batch.kubernetes.io/job-name":"web",'
    text += '"controller-uid":"other","job-name":"web"}'
    [error] = said(JOB, template=template)
    head = "spec.template.metadata.labels[controller-uid]: Invalid value: "
    assert error.startswith(head)
    assert error.endswith("must be ''")
    manual = clone(TASK) | {"metadata": {"labels": {"a": "b"}}}
    assert said(JOB, template=manual, manualSelector=True,
                selector={"matchLabels": {"a": "b"}}) == []  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            {"template": {"spec": {"containers": [CONTAINER]}}},
            'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
        ),
        (
            {"parallelism": -1},
            "spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            {"completionMode": "Indexed", "parallelism": 1},
            "spec.completions: Required value: when completion mode is Indexed",
        ),
        (
            {"backoffLimitPerIndex": 1},
            "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
        ),
        (
            INDEXED | {"maxFailedIndexes": 1},
            "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
        ),
        (
            INDEXED | {"maxFailedIndexes": 4, "backoffLimitPerIndex": 1},
            "spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions",
        ),
        (
            {"managedBy": "me"},
            'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as '
            '"acme.io/foo")',
        ),
        (
            {"podReplacementPolicy": "Never"},
            'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", '
            '"TerminatingOrFailed"',
        ),
        (
            {"podFailurePolicy": rule()},
            "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and "
            "OnPodConditions is required",
        ),
        (
            {"podFailurePolicy": rule(onExitCodes=CODES | {"values": [2, 1]})},
            "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be "
            "ordered",
        ),
        (
            {"podFailurePolicy": rule(onExitCodes=CODES, action="FailIndex")},
            'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the '
            "backoffLimitPerIndex to be set",
        ),
        (
            {"podFailurePolicy": rule(onExitCodes=CODES | {"containerName": "x"})},
            'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "x": must '
            "be one of the container or initContainer names in the pod template",
        ),
        (
            INDEXED | {"successPolicy": {"rules": [{"succeededIndexes": "0,3"}]}},
            'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0,3": error parsing '
            'succeededIndexes: too large index: "3"',
        ),
        (
            INDEXED | {"successPolicy": {"rules": [{"succeededIndexes": "0-1",
                                                    "succeededCount": 3}]}},
            "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or "
            "equal to 2 (the number of indexes in the specified succeededIndexes field)",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_upstreams_words(spec, wanted):
    assert said(JOB, **spec) == [wanted]


def test_most_of_it_never_changes():
    assert "field is immutable" in said_of_update(JOB, {"completions": 2})[0]
    assert "field is immutable" in said_of_update(JOB, {"completionMode": "Indexed"})[0]
    old = created(JOB)
    new = clone(old)
    new["spec"]["template"]["spec"]["containers"][0]["image"] = "other"
    assert [error.path for error in JOB.validate(new, old)] == ["spec.template"]
    assert said_of_update(JOB, {"parallelism": 5, "suspend": True}) == []
    elastic = {"completions": 5, "parallelism": 5}
    assert said_of_update(JOB, elastic, **INDEXED) == []
    assert said_of_update(JOB, {"completions": 5}, **INDEXED) == [
        "spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism"
    ]


def test_a_suspended_job_may_still_be_sent_elsewhere():
    old = created(JOB, suspend=True)
    new = clone(old)
    spec = new["spec"]["template"]["spec"]
    spec["nodeSelector"] = {"disk": "ssd"}
    spec["containers"][0]["resources"] = {"requests": {"cpu": "1"}}
    terms = [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]
    path = "requiredDuringSchedulingIgnoredDuringExecution"
    spec["affinity"] = {"nodeAffinity": {path: {"nodeSelectorTerms": terms}}}
    assert JOB.validate(new, old) == []
    old["spec"]["suspend"] = False
    assert [e.path for e in JOB.validate(new, old)] == ["spec.template"]


def condition(type):
    return {"type": type, "status": "True", "lastTransitionTime": stamp(NOW)}


def status(*conditions, **more):
    return {"conditions": [condition(c) for c in conditions], "startTime": stamp(NOW), **more}


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (
            status(),
            status("Complete", "SuccessCriteriaMet"),
            "completionTime is required for Complete jobs",
        ),
        (status(), status("Failed"), "cannot set Failed=True condition without the FailureTarget"),
        (status("FailureTarget"), status(), "cannot disable the terminal FailureTarget=True"),
        (status(failed=2), status(failed=1), "cannot decrease the failed counter"),
        (
            status(),
            status("Failed", "FailureTarget", active=1),
            "active>0 is invalid for finished job",
        ),
        (status(), status(completedIndexes="0"), "cannot set non-empty completedIndexes when"),
        (status(), status(ready=1), "cannot set more ready pods than active"),
        (
            status(),
            status(uncountedTerminatedPods={"failed": ["a", "a"]}),
            'uncountedTerminatedPods.failed[1]: Duplicate value: "a"',
        ),
    ],
)
def test_a_status_makes_sense(before, after, wanted):
    old, new = created(JOB) | {"status": before}, created(JOB) | {"status": after}
    errors = [str(error) for rule in JOB.status_rules for error in rule(new, old)]
    assert any(wanted in error for error in errors)
    assert [e for rule in JOB.status_rules for e in rule(old, old)] == []


def test_columns_say_how_it_goes():
    obj = created(JOB, completions=3)
    start = stamp(NOW - timedelta(seconds=90))
    obj["status"] = {"startTime": start, "succeeded": 1}
    cells = row(JOB.columns, obj, "v1", "None", NOW)["cells"]
    assert cells[:4] == ["web", "Running", "1/3", "90s"]
    obj["spec"] |= {"parallelism": 2}
    del obj["spec"]["completions"]
    obj["status"]["conditions"] = [condition("FailureTarget")]
    assert row(JOB.columns, obj, "v1", "None", NOW)["cells"][1:3] == ["FailureTarget", "1/1 of 2"]


def test_names_that_make_bad_host_names_are_warned_of():
    obj = created(JOB)
    obj["metadata"]["name"] = "a.b"
    [text] = warnings(JOB, obj)
    assert text.startswith("metadata.name: this is used in Pod names and hostnames")
