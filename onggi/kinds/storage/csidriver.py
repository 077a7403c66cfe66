"""CSIDriver (storage.k8s.io/v1): how a driver of volumes wants to be spoken to.

Source: ``pkg/apis/storage/validation/validation.go``, ``pkg/apis/storage/v1/defaults.go``,
``pkg/registry/storage/csidriver/strategy.go``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required
from onggi.api.kind import Column, Default, Ignored, Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import optional_choice

SPEC = "@io.k8s.api.storage.v1.CSIDriverSpec"
GROUP_POLICIES = ("File", "None", "ReadWriteOnceWithFSType")
MODES = ("Persistent", "Ephemeral")
SHORTEST_TOKEN, LONGEST_TOKEN = 600, 2**32
# field → the path that upstream names where it is missing, which users cannot bring about
NEEDED = {
    "attachRequired": "attachedRequired",
    "podInfoOnMount": "podInfoOnMount",
    "storageCapacity": "storageCapacity",
    "seLinuxMount": "seLinuxMount",
    "preventPodSchedulingIfMissing": "preventPodSchedulingIfMissing",
}
NO_DRIVERS = "CSI drivers are not called by Onggi's nodes yet"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    for field, path in NEEDED.items():
        if spec.get(field) is None:
            yield required(f"spec.{path}")
    yield from optional_choice("spec.fsGroupPolicy", spec.get("fsGroupPolicy"), GROUP_POLICIES)
    requests = spec.get("tokenRequests") or ()
    yield from check_tokens(requests, "spec.tokenRequests")
    for mode in spec.get("volumeLifecycleModes") or ():
        if mode not in MODES:
            yield not_supported("spec.volumeLifecycleModes", mode, MODES)
    period = spec.get("nodeAllocatableUpdatePeriodSeconds")
    if period is not None and period < 10:
        path = "spec.nodeAllocatableUpdatePeriodSeconds"
        yield invalid(path, period, "must be greater than or equal to 10 seconds")
    secret = spec.get("serviceAccountTokenInSecrets")
    if secret is not None and not requests:
        detail = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        yield invalid("spec.serviceAccountTokenInSecrets", secret, detail)
    if old is not None:
        yield from check_update(spec, old.get("spec") or {})


def check_tokens(requests: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, request in enumerate(requests):
        audience, seconds = request.get("audience") or "", request.get("expirationSeconds")
        if audience in seen:
            yield duplicate(f"{path}[{index}].audience", audience)
            continue
        seen.add(audience)
        at = f"{path}[{index}].expirationSeconds"
        if seconds is not None and seconds < SHORTEST_TOKEN:
            yield invalid(at, seconds, "may not specify a duration less than 10 minutes")
        elif seconds is not None and seconds > LONGEST_TOKEN:
            yield invalid(at, seconds, "may not specify a duration larger than 2^32 seconds")


def check_update(after: View, before: View) -> Iterator[FieldError]:
    for field, path in (("attachRequired", "attachedRequired"), ("volumeLifecycleModes",) * 2):
        if after.get(field) != before.get(field):
            yield invalid(f"spec.{path}", after.get(field), "field is immutable")


def prepare(driver: Object, old: View | None) -> None:
    """The generation counts changes, from none on."""
    if old is not None and driver.get("spec") != old.get("spec"):
        meta = driver["metadata"]
        meta["generation"] = (get(old, "metadata.generation") or 0) + 1


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None:
        yield f"spec: {NO_DRIVERS}"


def tokens(driver: View, now: datetime) -> str:
    audiences = [r.get("audience") or "" for r in get(driver, "spec.tokenRequests") or ()]
    return ",".join(audiences) if audiences else "<unset>"


def modes(driver: View, now: datetime) -> str:
    return ",".join(get(driver, "spec.volumeLifecycleModes") or ()) or "<none>"


def flag(name: str, field: str) -> Column:
    def shown(driver: View, now: datetime) -> bool:
        return bool(get(driver, f"spec.{field}"))

    return Column(name, shown, "boolean", description=f"{SPEC}.{field}")


CSIDRIVER = Kind(
    group="storage.k8s.io",
    version="v1",
    name="CSIDriver",
    plural="csidrivers",
    schema="io.k8s.api.storage.v1.CSIDriver",
    namespaced=False,
    status=False,
    defaults=(
        Default("spec.attachRequired", True),
        Default("spec.podInfoOnMount", False),
        Default("spec.storageCapacity", False),
        Default("spec.fsGroupPolicy", "ReadWriteOnceWithFSType"),
        Default("spec.volumeLifecycleModes", ["Persistent"]),
        Default("spec.requiresRepublish", False),
        Default("spec.seLinuxMount", False),
        Default("spec.preventPodSchedulingIfMissing", False),
    ),
    prepare=prepare,
    rules=(check,),
    advice=(advise,),
    ignored=(
        Ignored("spec.preventPodSchedulingIfMissing", "the scheduler does not look at it yet"),
    ),
    columns=(
        NAME,
        flag("AttachRequired", "attachRequired"),
        flag("PodInfoOnMount", "podInfoOnMount"),
        flag("StorageCapacity", "storageCapacity"),
        Column("TokenRequests", tokens, description=f"{SPEC}.tokenRequests"),
        flag("RequiresRepublish", "requiresRepublish"),
        Column("Modes", modes, description=f"{SPEC}.volumeLifecycleModes"),
        AGE,
    ),
)  # fmt: skip
