"""Jobs run to their end, by hand and by the clock; daemons and numbered pods come up."""

from tests.e2e.manifests import Object, container, named, server, service, spec
from tests.e2e.platform import Space

INDEX = "echo index $JOB_COMPLETION_INDEX on $(hostname)"


def workload(kind: str, name: str, template: Object, **more: Object) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": template}
    parts = {"selector": {"matchLabels": labels}, "template": template, **more}
    return named(kind, name, "apps/v1", spec=parts)


def job(name: str, script: str, **more: object) -> Object:
    template = {"spec": spec(container(script), restartPolicy="Never")}
    return named("Job", name, "batch/v1", spec={"template": template, **more})


def cronjob(name: str, schedule: str, script: str) -> Object:
    template = {"spec": job("", script)["spec"]}
    more = {"schedule": schedule, "concurrencyPolicy": "Forbid", "jobTemplate": template}
    return named("CronJob", name, "batch/v1", spec=more)


def test_jobs_daemons_and_numbered_pods(space: Space) -> None:
    indexed = {"completionMode": "Indexed", "completions": 2, "parallelism": 2}
    policy = {"rules": [{"action": "FailJob", "onExitCodes": {"operator": "In", "values": [3]}}]}
    space.apply(
        job("count", INDEX, **indexed),
        job("wrong", "exit 3", podFailurePolicy=policy),
        cronjob("tick", "@every 1s", "echo tick"),
        workload("DaemonSet", "daemon", spec(server())),
        service("db", clusterIP="None"),
        workload("StatefulSet", "db", spec(server()), replicas=2, serviceName="db"),
    )
    space.wait("job/count", "condition=Complete")
    said = space.kubectl("logs", "-l", "job-name=count", "--prefix=false").splitlines()
    assert sorted(said) == ["index 0 on count-0", "index 1 on count-1"]
    space.wait("job/wrong", "condition=Failed")
    assert "failed with exit code 3" in space.kubectl("describe", "job", "wrong")
    space.kubectl("rollout", "status", "ds/daemon", "--timeout=30s")
    space.kubectl("rollout", "status", "sts/db", "--timeout=30s")
    assert "db-0" in space.sh(
        "db-1", "wget -qO- http://db-0.db:8080/ || curl -s http://db-0.db:8080/"
    )
    space.wait("cronjob/tick", "jsonpath={.status.lastSuccessfulTime}")
