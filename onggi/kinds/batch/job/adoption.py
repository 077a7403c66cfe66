"""Which pods are a Job's: who comes is tracked from now on, who goes no more.

Source: ``getPodsForJob`` in ``pkg/controller/job/job_controller.go``.
"""

from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Patch, World
from onggi.kinds.apps.claim import candidates, claim
from onggi.kinds.batch.job.survey import TRACKING
from onggi.kinds.core.pod import POD


def taken(job: View, world: World) -> tuple[list[View], list[Action]]:
    """The Job's pods after these actions, and the actions."""
    pods, actions = claim(POD, job, candidates(POD, job, world))
    patches = [action for action in actions if isinstance(action, Patch)]
    new = {patch.target["metadata"]["uid"] for patch in patches} & {
        pod["metadata"]["uid"] for pod in pods
    }
    tracked = [with_tracking(patch, patch.target["metadata"]["uid"] in new) for patch in patches]
    return [as_tracked(p) if p["metadata"]["uid"] in new else p for p in pods], list(tracked)


def with_tracking(patch: Patch, stays: bool) -> Patch:
    finalizers = [f for f in get(patch.target, "metadata.finalizers") or () if f != TRACKING]
    wanted = [*finalizers, TRACKING] if stays else finalizers
    meta = {**patch.patch["metadata"], "finalizers": wanted or None}
    return Patch(POD, patch.target, {"metadata": meta})


def as_tracked(pod: View) -> Object:
    """A pod as it will be once it is adopted."""
    others = [f for f in get(pod, "metadata.finalizers") or () if f != TRACKING]
    return {**pod, "metadata": {**pod["metadata"], "finalizers": [*others, TRACKING]}}
