"""A DaemonSet as users write it."""

import pytest

from onggi.api.objects import clone
from onggi.apiserver.tables import row
from onggi.kinds.apps.daemonset import DAEMONSET
from onggi.kinds.apps.daemonset.kind import TEMPLATE_GENERATION
from tests.kinds.samples import WORKLOAD, created, said, said_of_update
from tests.world import NOW

AT = "spec.updateStrategy.rollingUpdate"


def rolling(**figures):
    return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": figures}}


def test_what_is_left_out_is_filled_in():
    ds = created(DAEMONSET)
    figures = {"maxUnavailable": 1, "maxSurge": 0}
    assert ds["spec"]["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": figures}
    assert ds["spec"]["revisionHistoryLimit"] == 10
    assert ds["metadata"]["annotations"] == {TEMPLATE_GENERATION: "1"}
    assert ds["status"]["desiredNumberScheduled"] == 0


def test_the_templates_generation_rises_with_it_and_with_nothing_else():
    old = created(DAEMONSET)
    new = clone(old)
    new["spec"]["minReadySeconds"] = 5
    DAEMONSET.prepare(new, old)
    assert new["metadata"]["annotations"][TEMPLATE_GENERATION] == "1"
    new["spec"]["template"]["spec"]["hostNetwork"] = True
    del new["metadata"]["annotations"]
    DAEMONSET.prepare(new, old)
    assert new["metadata"]["annotations"][TEMPLATE_GENERATION] == "2"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        (
            rolling(maxUnavailable=0, maxSurge=0),
            f"{AT}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
        ),
        (
            rolling(maxUnavailable=1, maxSurge=1),
            f"{AT}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero",
        ),
        (
            rolling(maxUnavailable="120%"),
            f'{AT}.maxUnavailable: Invalid value: "120%": must not be greater than 100%',
        ),
        (
            {"updateStrategy": {"type": "Now"}},
            'spec.updateStrategy: Unsupported value: {"type":"Now"}: supported values: '
            '"RollingUpdate", "OnDelete"',
        ),
    ],
)
def test_what_is_wrong_is_said_in_upstreams_words(spec, wanted):
    assert said(DAEMONSET, **spec) == [wanted]


def test_the_selector_selects_the_template_and_stays():
    assert said(DAEMONSET, selector={})[0] == (
        "spec.selector: Invalid value: {}: empty selector is invalid for daemonset"
    )
    other = {"matchLabels": {"app": "other"}}
    assert "does not match template" in said(DAEMONSET, selector=other)[0]
    template = {**WORKLOAD["template"], "metadata": {"labels": {"app": "other"}}}
    errors = said_of_update(DAEMONSET, {"selector": other, "template": template})
    assert errors == ['spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: '
                      "field is immutable"]  # fmt: skip


def test_a_row_shows_what_kubectl_prints():
    ds = created(DAEMONSET)
    ds["status"] |= {"desiredNumberScheduled": 3, "numberAvailable": 2}
    cells = row(DAEMONSET.columns, ds, "v1", "None", NOW)["cells"]
    assert cells[:7] == ["web", 3, 0, 0, 0, 2, "<none>"]
