"""Volumes of a pod: one source each, and what each source must say.

Sources that nothing mounts yet are checked for being one only; see ``Kind.ignored``.
Source: ``pkg/apis/core/validation/validation.go`` (ValidateVolumes, validateVolumeSource).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from onggi.api.objects import View
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.projected import check_files, check_items, check_projected
from onggi.kinds.core.pod.rules.references import check_mode, check_no_backsteps
from onggi.kinds.core.pod.rules.resources import amount_of
from onggi.kinds.core.pod.volumes import SOURCES

HOST_PATH_TYPES = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate",
    "Socket",
)  # fmt: skip
# Sources that are stored only: the fields without which upstream refuses them.
NEEDED = {
    "persistentVolumeClaim": ("claimName",),
    "nfs": ("server", "path"),
    "iscsi": ("targetPortal", "iqn"),
    "csi": ("driver",),
    "gitRepo": ("repository",),
    "glusterfs": ("endpoints", "path"),
    "rbd": ("monitors", "image"),
    "cephfs": ("monitors",),
    "cinder": ("volumeID",),
    "awsElasticBlockStore": ("volumeID",),
    "gcePersistentDisk": ("pdName",),
    "azureFile": ("secretName", "shareName"),
    "azureDisk": ("diskName", "diskURI"),
    "flexVolume": ("driver",),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "scaleIO": ("gateway", "system", "volumeName"),
    "storageos": ("volumeName",),
    "ephemeral": ("volumeClaimTemplate",),
}  # fmt: skip


def check_volumes(volumes: Sequence[View], pod: str, path: str) -> Iterator[FieldError]:
    """``pod`` is the pod's name, empty in a template: it names claims of ephemeral volumes."""
    good = valid_volumes(volumes)
    created = {f"{pod}-{v.get('name')}" for v in volumes if pod and v.get("ephemeral") is not None}
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        at, name = f"{path}[{index}]", volume.get("name") or ""
        yield from check_volume(volume, at)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        if name in good:
            seen.add(name)
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim in created:
            detail = "must not reference a PVC that gets created for an ephemeral volume"
            yield invalid(f"{at}.persistentVolumeClaim.claimName", claim, detail)


def valid_volumes(volumes: Sequence[View]) -> dict[str, View]:
    """By name; a mount of a volume that is wrong itself names nothing."""
    return {v["name"]: v for v in volumes if v.get("name") and not list(check_volume(v, ""))}


def check_volume(volume: View, path: str) -> Iterator[FieldError]:
    found = [name for name in SOURCES if volume.get(name) is not None]
    for name in found[:1]:
        yield from check_source(name, volume[name], f"{path}.{name}")
    for name in found[1:]:
        yield forbidden(f"{path}.{name}", "may not specify more than 1 volume type")
    if not found:
        yield required(path, "must specify a volume type")
    if not volume.get("name"):
        yield required(f"{path}.name")
    else:
        yield from named(f"{path}.name", volume["name"], names.dns_label)


def check_source(name: str, source: View, path: str) -> Iterator[FieldError]:
    if name in CHECKS:
        yield from CHECKS[name](source, path)
        return
    for field in NEEDED.get(name, ()):
        if not source.get(field):
            yield required(f"{path}.{field}")
    if name == "nfs" and not (source.get("path") or "").startswith("/"):
        yield invalid(f"{path}.path", source.get("path") or "", "must be an absolute path")


def check_empty_dir(source: View, path: str) -> Iterator[FieldError]:
    limit = source.get("sizeLimit")
    if limit is not None and amount_of(limit).nano < 0:
        yield forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")


def check_host_path(source: View, path: str) -> Iterator[FieldError]:
    if not source.get("path"):
        yield required(f"{path}.path")
        return
    yield from check_no_backsteps(source["path"], f"{path}.path")
    kind = source.get("type")
    if kind is not None and kind not in HOST_PATH_TYPES:
        yield not_supported(f"{path}.type", kind, HOST_PATH_TYPES)


def check_secret(source: View, path: str) -> Iterator[FieldError]:
    yield from check_keyed(source, "secretName", path)


def check_config_map(source: View, path: str) -> Iterator[FieldError]:
    yield from check_keyed(source, "name", path)


def check_keyed(source: View, name: str, path: str) -> Iterator[FieldError]:
    if not source.get(name):
        yield required(f"{path}.{name}")
    yield from check_mode(source.get("defaultMode"), f"{path}.defaultMode")
    yield from check_items(source.get("items") or (), path)


def check_downward(source: View, path: str) -> Iterator[FieldError]:
    yield from check_mode(source.get("defaultMode"), f"{path}.defaultMode")
    yield from check_files(source.get("items") or (), path)


def check_image(source: View, path: str) -> Iterator[FieldError]:
    policy = source.get("pullPolicy")
    if policy not in ("Always", "IfNotPresent", "Never"):
        yield not_supported(f"{path}.pullPolicy", policy, ("Always", "IfNotPresent", "Never"))


CHECKS: Mapping[str, Callable[[View, str], Iterator[FieldError]]] = {
    "emptyDir": check_empty_dir,
    "hostPath": check_host_path,
    "secret": check_secret,
    "configMap": check_config_map,
    "downwardAPI": check_downward,
    "projected": check_projected,
    "image": check_image,
}
