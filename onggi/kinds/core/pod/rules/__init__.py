"""Validation of pods; templates share ``check_template``.

check             the rule of the kind: creation and update
check_status      the rule of its status
check_ephemeral   the rule of its ``ephemeralcontainers``
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden
from onggi.api.objects import View, get
from onggi.kinds.core.pod.rules.spec import check_pod_annotations, check_spec
from onggi.kinds.core.pod.rules.spec import check_template as check_template
from onggi.kinds.core.pod.rules.status import check_status as check_status
from onggi.kinds.core.pod.rules.update import check_ephemeral_update, check_update


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_whole(new)
    if old is None:
        yield from check_create(new)
    else:
        yield from check_update(new, old)


def check_whole(pod: View) -> Iterator[FieldError]:
    meta, spec = pod.get("metadata") or {}, pod.get("spec") or {}
    annotations = meta.get("annotations") or {}
    yield from check_pod_annotations(annotations, spec, "metadata.annotations")
    yield from check_spec(spec, "spec", name=meta.get("name") or "", is_pod=True)
    if spec.get("serviceAccountName"):
        return
    for index, volume in enumerate(spec.get("volumes") or ()):
        for place, source in enumerate(get(volume, "projected.sources") or ()):
            if source.get("serviceAccountToken") is not None:
                at = f"spec.volumes[{index}].projected.sources[{place}].serviceAccountToken"
                yield forbidden(at, "must not be specified when serviceAccountName is not set")


def check_create(pod: View) -> Iterator[FieldError]:
    spec = pod.get("spec") or {}
    if spec.get("ephemeralContainers"):
        yield forbidden("spec.ephemeralContainers", "cannot be set on create")
    if spec.get("nodeName") and spec.get("schedulingGates"):
        detail = "cannot be set until all schedulingGates have been cleared"
        yield forbidden("spec.nodeName", detail)


def check_ephemeral(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_whole(new)
    yield from check_ephemeral_update(new, old)
