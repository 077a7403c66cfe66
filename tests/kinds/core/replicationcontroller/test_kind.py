"""A ReplicationController as users write it: what is filled in, refused, printed."""

from onggi.apiserver.tables import row
from onggi.kinds.core.replicationcontroller import REPLICATIONCONTROLLER as RC
from tests.kinds.samples import LABELS, WORKLOAD, created, said
from tests.world import NOW


def test_selector_and_labels_are_the_templates_unless_given():
    rc = created(RC)
    assert rc["spec"]["selector"] == LABELS
    assert rc["metadata"]["labels"] == LABELS
    assert rc["spec"]["replicas"] == 1


def test_what_is_wrong_is_said_in_upstreams_words():
    assert said(RC, template=None) == [
        "spec.selector: Required value",
        "spec.template: Required value",
    ]
    assert said(RC, selector={"a": "b"}) == [
        'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match '
        "template `labels`"
    ]
    pod = {**WORKLOAD["template"]["spec"], "restartPolicy": "Never", "activeDeadlineSeconds": 1}
    assert said(RC, template={**WORKLOAD["template"], "spec": pod}) == [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in "
        "ReplicationController is not Supported",
    ]


def test_columns_show_the_plain_selector():
    cells = row(RC.columns, created(RC, replicas=2), "v1", "None", NOW)["cells"]
    assert cells[:4] == ["web", 2, 0, 0]
    assert cells[-3:] == ["web", "nginx", "app=web"]
