"""What a pod may say but nothing acts upon yet: each is answered with a warning.

Whoever implements one takes its line away. Under ``spec.template`` the same holds.
"""

from collections.abc import Iterator

from onggi.api.kind import Ignored
from onggi.api.objects import View, get
from onggi.kinds.core.pod.volumes import SOURCES, SUPPORTED

NOT_YET = "not supported by Onggi yet"
NO_START = f"{NOT_YET}; the pod will not start"
DISK = "ephemeral-storage"
UNBOUNDED = f"{NOT_YET}; use of disk is not limited"
CONTAINERS = ("initContainers[*]", "containers[*]", "ephemeralContainers[*]")
IN_CONTAINERS = (
    Ignored("volumeDevices", NO_START),
    Ignored("resizePolicy", f"{NOT_YET}; pods are not resized in place"),
    Ignored("resources.claims", f"{NOT_YET}; no device is allocated"),
    Ignored("securityContext.seLinuxOptions", f"{NOT_YET}; SELinux labels are not set"),
    Ignored("securityContext.windowsOptions", f"{NOT_YET}; nodes run Linux"),
    Ignored("env[*].valueFrom.fileKeyRef", NO_START),
)

SPEC = (
    *(Ignored(f"volumes[*].{s}", NO_START) for s in SOURCES if s not in SUPPORTED),
    Ignored("volumes[*].projected.sources[*].clusterTrustBundle", NO_START),
    Ignored("volumes[*].projected.sources[*].podCertificate", NO_START),
    Ignored("resourceClaims", NO_START),
    Ignored("runtimeClassName", NO_START),
    Ignored("schedulingGroup", f"{NOT_YET}; pods are scheduled one by one"),
    Ignored("evictionResponders", f"{NOT_YET}; nobody is asked before an eviction"),
    Ignored("volumes[*].emptyDir.mode", f"{NOT_YET}; the mode is 0777"),
    Ignored("hostUsers", NO_START, value=False),
    Ignored("os.name", f"{NOT_YET}; nodes run Linux", value="windows"),
    Ignored("resources", f"{NOT_YET}; counted by the scheduler, not enforced on the node"),
    Ignored("securityContext.seLinuxOptions", f"{NOT_YET}; SELinux labels are not set"),
    Ignored("securityContext.seLinuxChangePolicy", f"{NOT_YET}; SELinux labels are not set"),
    Ignored("securityContext.windowsOptions", f"{NOT_YET}; nodes run Linux"),
    *(
        Ignored(f"{place}.{entry.path}", entry.why, entry.value)
        for place in CONTAINERS
        for entry in IN_CONTAINERS
    ),
)


def at(path: str) -> tuple[Ignored, ...]:
    """The table for a pod spec at ``path``."""
    return tuple(Ignored(f"{path}.{entry.path}", entry.why, entry.value) for entry in SPEC)


def unbounded(spec: View) -> Iterator[str]:
    """What should limit the use of disk and does not yet: as warnings, from the spec on."""
    for index, volume in enumerate(spec.get("volumes") or ()):
        source = volume.get("emptyDir") or {}
        if source.get("sizeLimit") and not source.get("medium"):
            yield f"volumes[{index}].emptyDir.sizeLimit: {UNBOUNDED}"
    for field in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(field) or ()):
            if (get(container, "resources.limits") or {}).get(DISK):
                yield f"{field}[{index}].resources.limits.{DISK}: {UNBOUNDED}"
