"""Start a CronJob's Jobs when they are due, and keep as many finished ones as it wants.

A Job's name is made from its scheduled time, so that it is made once whatever happens.
Source: ``pkg/controller/cronjob/{cronjob_controllerv2,utils}.go``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onggi.api.conditions import is_true
from onggi.api.objects import Object, View, clone_value, get, is_going, owner_reference
from onggi.api.plan import Action, Controller, Create, Delete, Emit, Plan, SetStatus, World
from onggi.api.times import parse, stamp
from onggi.kinds.apps.claim import controls
from onggi.kinds.batch.cronjob.kind import CRONJOB
from onggi.kinds.batch.cronjob.schedule import BadSchedule
from onggi.kinds.batch.cronjob.times import MANY, Clock, NoTwoTimes
from onggi.kinds.batch.cronjob.zones import BadZone
from onggi.kinds.batch.job import JOB
from onggi.kinds.batch.job.ending import is_finished

SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"
WHEN = "%a, %d %b %Y %H:%M:%S +0000"  # RFC 1123
TOO_MANY = (
    "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
)
BUSY = "Not starting job because prior execution is running and concurrency policy is Forbid"


@dataclass
class Turn:
    """One pass; ``status`` and ``actions`` grow as it goes."""

    job: View
    world: World
    now: datetime
    children: list[View]
    status: Object
    actions: list[Action] = field(default_factory=list)

    def tell(self, reason: str, message: str, type: str = "Normal") -> None:
        self.actions.append(Emit(self.job, reason, message, type))

    @property
    def active(self) -> list[Object]:
        return list(self.status.get("active") or ())

    def set_active(self, listed: list[Object]) -> None:
        self.status.pop("active", None)
        if listed:
            self.status["active"] = listed

    def forget(self, uid: str) -> None:
        self.set_active([ref for ref in self.active if ref.get("uid") != uid])

    def delete(self, child: View) -> None:
        name = child["metadata"]["name"]
        self.actions.append(Delete(JOB, child))
        self.tell("SuccessfulDelete", f"Deleted job {name}")
        self.forget(child["metadata"]["uid"])


def reconcile(cj: View, world: World, now: datetime) -> Plan:
    children = [job for job in world.owned(JOB, cj) if controls(cj, job)]
    turn = Turn(cj, world, now, children, dict(cj.get("status") or {}))
    look_after(turn)
    again = None if is_going(cj) or get(cj, "spec.suspend") else start(turn)
    clean_up(turn)
    if turn.status != (cj.get("status") or {}) and not any(
        isinstance(action, Create) for action in turn.actions
    ):
        turn.actions.append(SetStatus(CRONJOB, cj, turn.status))
    return Plan(turn.actions, again_in=again)


def look_after(turn: Turn) -> None:
    """What became of the Jobs that were running."""
    known = {ref.get("uid") for ref in turn.active}
    for job in turn.children:
        name, uid = job["metadata"]["name"], job["metadata"]["uid"]
        if not is_finished(job):
            if uid not in known:
                message = f"Saw a job that the controller did not create or forgot: {name}"
                turn.tell("UnexpectedJob", message, "Warning")
            continue
        if uid in known:
            turn.forget(uid)
            end = "Complete" if is_true(job, "Complete") else "Failed"
            turn.tell("SawCompletedJob", f"Saw completed job: {name}, condition: {end}")
        note_success(turn, job)
    here = {job["metadata"]["uid"] for job in turn.children}
    for reference in turn.active:
        if reference.get("uid") not in here:
            turn.tell("MissingJob", f"Active job went missing: {reference.get('name')}")
            turn.forget(reference.get("uid", ""))


def note_success(turn: Turn, job: View) -> None:
    at, last = get(job, "status.completionTime"), turn.status.get("lastSuccessfulTime")
    if is_true(job, "Complete") and at and (not last or parse(at) > parse(last)):
        turn.status["lastSuccessfulTime"] = at


def start(turn: Turn) -> timedelta | None:
    """Start the Job that is due, if it may start; when to look again."""
    schedule = get(turn.job, "spec.schedule")
    try:
        clock = Clock.of(turn.job)
        due = clock.due(turn.now, deadline=True)
        wait = clock.wait(turn.now)
    except BadZone as error:
        name = get(turn.job, "spec.timeZone")
        turn.tell("UnknownTimeZone", f'invalid timeZone: "{name}": {error}', "Warning")
    except BadSchedule as error:
        message = f'unparseable schedule: "{schedule}" : {error}'
        turn.tell("UnparseableSchedule", message, "Warning")
    except NoTwoTimes as error:
        turn.tell("InvalidSchedule", f"invalid schedule: {schedule} : {error}", "Warning")
    else:
        if due.missed > MANY:
            turn.tell("TooManyMissedTimes", TOO_MANY, "Warning")
        if due.at is not None and may_start(turn, due.at):
            run(turn, due.at)
        return wait
    return None


def may_start(turn: Turn, at: datetime) -> bool:
    seconds = get(turn.job, "spec.startingDeadlineSeconds")
    if seconds is not None and at + timedelta(seconds=seconds) < turn.now:
        when = at.astimezone(turn.now.tzinfo).strftime(WHEN)
        turn.tell("MissSchedule", f"Missed scheduled time to start a job: {when}", "Warning")
        return False
    name, last = name_of(turn.job, at), turn.status.get("lastScheduleTime")
    if any(ref.get("name") == name for ref in turn.active) or (last and parse(last) == at):
        return False
    if get(turn.job, "spec.concurrencyPolicy") == "Forbid" and turn.active:
        turn.tell("JobAlreadyActive", BUSY)
        return False
    return True


def run(turn: Turn, at: datetime) -> None:
    """Make the Job of that time; one that is there already is only noted."""
    cj = turn.job
    if get(cj, "spec.concurrencyPolicy") == "Replace":
        running = {ref.get("uid") for ref in turn.active}
        for child in turn.children:
            if child["metadata"]["uid"] in running:
                turn.delete(child)
    namespace = cj["metadata"]["namespace"]
    there = turn.world.get(JOB, namespace, name_of(cj, at))
    if there is not None:
        if controls(cj, there):
            noted(turn, there, at)
        return
    turn.actions.append(
        Create(
            JOB,
            new_job(cj, at),
            done=lambda job: list(started(turn, job, at)),
            failed=lambda e: [
                Emit(cj, "FailedCreate", f"Error creating job: {e.message}", "Warning")
            ],
        )
    )


def started(turn: Turn, job: View, at: datetime) -> Iterator[Action]:
    yield Emit(turn.job, "SuccessfulCreate", f"Created job {job['metadata']['name']}")
    noted(turn, job, at)
    yield SetStatus(CRONJOB, turn.job, turn.status)


def noted(turn: Turn, job: View, at: datetime) -> None:
    meta = job["metadata"]
    reference = {"apiVersion": JOB.api_version, "kind": JOB.name, "name": meta["name"]}
    reference |= {"namespace": meta["namespace"], "uid": meta["uid"]}
    if version := meta.get("resourceVersion"):
        reference["resourceVersion"] = version
    turn.set_active([*turn.active, reference])
    turn.status["lastScheduleTime"] = stamp(at)


def name_of(cj: View, at: datetime) -> str:
    """Of the minute that the run was scheduled for."""
    return f"{cj['metadata']['name']}-{int(at.timestamp()) // 60}"


def new_job(cj: View, at: datetime) -> Object:
    template = get(cj, "spec.jobTemplate") or {}
    meta = template.get("metadata") or {}
    annotations = dict(meta.get("annotations") or {}) | {
        SCHEDULED: at.isoformat(timespec="seconds").replace("+00:00", "Z")
    }
    labels = {"labels": dict(meta["labels"])} if meta.get("labels") else {}
    return {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {
            "name": name_of(cj, at),
            "namespace": cj["metadata"]["namespace"],
            **labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(cj)],
        },
        "spec": clone_value(template.get("spec") or {}),
    }


def clean_up(turn: Turn) -> None:
    """The oldest finished Jobs go."""
    for type, limit in (("Complete", "successful"), ("Failed", "failed")):
        most = get(turn.job, f"spec.{limit}JobsHistoryLimit")
        done = [job for job in turn.children if is_true(job, type)]
        if most is None or len(done) <= most:
            continue
        done.sort(key=lambda job: (get(job, "status.startTime") or "", job["metadata"]["name"]))
        for job in done[: len(done) - most]:
            turn.delete(job)


CONTROLLER = Controller(
    name="cronjob-controller",
    kind=CRONJOB,
    reconcile=reconcile,
    owns=(JOB,),
)
