"""What reaches out to the node: its namespaces, its files, its ports, its kernel settings."""

from collections.abc import Iterator

from onggi.api.objects import View, get
from onggi.kinds.core.pod.standards.words import (
    Judge,
    Verdict,
    containers,
    context,
    many,
    quoted,
    said_of,
    setters,
    those,
)

NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
HARMLESS_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image",
    "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
OTHER_VOLUMES = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "gitRepo", "nfs", "iscsi",
    "glusterfs", "rbd", "flexVolume", "cinder", "cephfs", "flocker", "fc", "azureFile",
    "vsphereVolume", "quobyte", "azureDisk", "photonPersistentDisk", "portworxVolume",
    "scaleIO", "storageos",
)  # fmt: skip
ASKS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart",
        "lifecycle.preStop")  # fmt: skip


def host_namespaces(meta: View, spec: View) -> Verdict | None:
    found = [f"{name}=true" for name in NAMESPACES if spec.get(name)]
    return Verdict("host namespaces", ", ".join(found)) if found else None


def host_paths(meta: View, spec: View) -> Verdict | None:
    bad = [v.get("name") or "" for v in spec.get("volumes") or () if v.get("hostPath") is not None]
    return Verdict("hostPath volumes", said_of(bad, "volume")) if bad else None


def volume_types(meta: View, spec: View) -> Verdict | None:
    bad: list[str] = []
    types: set[str] = set()
    for volume in spec.get("volumes") or ():
        sources = {key for key, value in volume.items() if value is not None}
        if sources & HARMLESS_VOLUMES:
            continue
        bad.append(volume.get("name") or "")
        types.add(next((type for type in OTHER_VOLUMES if type in sources), "unknown"))
    if not bad:
        return None
    kinds = f"{many('restricted volume type', len(types))} {quoted(sorted(types))}"
    return Verdict("restricted volume types", f"{said_of(bad, 'volume')} {uses(bad)} {kinds}")


def uses(names: list[str]) -> str:
    return "uses" if len(names) == 1 else "use"


def host_ports(meta: View, spec: View) -> Verdict | None:
    def ports(container: View) -> list[str]:
        return [str(p["hostPort"]) for p in container.get("ports") or () if p.get("hostPort")]

    bad = those(spec, lambda container: bool(ports(container)))
    if not bad:
        return None
    found = sorted({port for container in containers(spec) for port in ports(container)})
    shown = f"{many('hostPort', len(found))} {', '.join(found)}"
    return Verdict("hostPort", f"{said_of(bad)} {uses(bad)} {shown}")


def probe_hosts(meta: View, spec: View) -> Verdict | None:
    bad = sorted({*those(spec, lambda container: any(asked_hosts(container)))})
    if not bad:
        return None
    hosts = sorted({host for container in containers(spec) for host in asked_hosts(container)})
    shown = f"{many('probe or lifecycle host', len(hosts))} {quoted(hosts)}"
    return Verdict("probe or lifecycle host", f"{said_of(bad)} {uses(bad)} {shown}")


def asked_hosts(container: View) -> Iterator[str]:
    for ask in ASKS:
        for way in ("httpGet", "tcpSocket"):
            if host := get(container, f"{ask}.{way}.host"):
                yield host


def privileged(meta: View, spec: View) -> Verdict | None:
    bad = those(spec, lambda container: context(container, "privileged") is True)
    detail = f"{said_of(bad)} must not set securityContext.privileged=true"
    return Verdict("privileged", detail) if bad else None


def host_process(meta: View, spec: View) -> Verdict | None:
    path = "windowsOptions.hostProcess"
    bad = those(spec, lambda container: context(container, path) is True)
    who = setters(context(spec, path) is True, bad)
    detail = f"{who} must not set securityContext.windowsOptions.hostProcess=true"
    return Verdict("hostProcess", detail) if who else None


def proc_mount(meta: View, spec: View) -> Verdict | None:
    def unmasked(container: View) -> bool:
        return context(container, "procMount") not in (None, "Default")

    bad = those(spec, unmasked)
    if not bad:
        return None
    types = {context(c, "procMount") for c in containers(spec) if unmasked(c)}
    detail = f"{said_of(bad)} must not set securityContext.procMount to {quoted(sorted(types))}"
    return Verdict("procMount", detail)


def sysctls(allowed: set[str]) -> Judge:
    def judge(meta: View, spec: View) -> Verdict | None:
        given = [s.get("name") or "" for s in context(spec, "sysctls") or ()]
        bad = [name for name in given if name not in allowed]
        return Verdict("forbidden sysctls", ", ".join(bad)) if bad else None

    return judge
