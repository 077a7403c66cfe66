"""A CronJob as users write it."""

import pytest

from onggi.api.objects import clone
from onggi.apiserver.tables import row
from onggi.kinds.batch.cronjob import CRONJOB
from tests.kinds.samples import TASK, created, said
from tests.world import NOW


def test_what_is_left_out_is_filled_in():
    spec = created(CRONJOB)["spec"]
    template = spec.pop("jobTemplate")["spec"]
    assert spec == {
        "schedule": "*/5 * * * *",
        "concurrencyPolicy": "Allow",
        "suspend": False,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    }
    assert set(template) == {"template"}  # a Job's own defaults come with the Job
    assert template["template"]["spec"]["schedulerName"] == "default-scheduler"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ({"schedule": ""}, "spec.schedule: Required value"),
        (
            {"schedule": "* * *"},
            'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
        ),
        (
            {"timeZone": "Mars/Olympus"},
            'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus',
        ),
        (
            {"timeZone": ""},
            'spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string',
        ),
        (
            {"timeZone": "local"},
            'spec.timeZone: Invalid value: "local": timeZone must be an explicit time zone as '
            "defined in https://www.iana.org/time-zones",
        ),
        (
            {"concurrencyPolicy": "Maybe"},
            'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", '
            '"Forbid", "Replace"',
        ),
        (
            {"jobTemplate": {"spec": {"template": TASK, "manualSelector": True}}},
            'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: '
            '"nil", "false"',
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_upstreams_words(spec, wanted):
    assert said(CRONJOB, **spec) == [wanted]


def test_a_zone_belongs_into_its_own_field():
    assert said(CRONJOB, schedule="TZ=UTC 0 0 * * *")[-1].endswith(
        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
    )


def test_a_name_leaves_room_for_its_jobs_but_one_that_is_there_may_stay():
    obj = created(CRONJOB)
    obj["metadata"]["name"] = "x" * 53
    [error] = CRONJOB.validate(obj)
    assert str(error).endswith("must be no more than 52 characters")
    assert CRONJOB.validate(obj, clone(obj)) == []


def test_a_row_shows_what_kubectl_prints():
    obj = created(CRONJOB, timeZone="Asia/Seoul")
    obj["status"] = {"active": [{}], "lastScheduleTime": "2025-12-31T23:59:00Z"}
    cells = row(CRONJOB.columns, obj, "v1", "None", NOW)["cells"]
    assert cells[:6] == ["web", "*/5 * * * *", "Asia/Seoul", "False", 1, "60s"]
    assert cells[-3:] == ["web", "nginx", "<none>"]
