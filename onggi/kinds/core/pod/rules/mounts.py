"""Mounts and devices of a container against the volumes of its pod.

Source: ValidateVolumeMounts, ValidateVolumeDevices, validateMountPropagation.
"""

from collections.abc import Iterator, Mapping

from onggi.api.field_error import FieldError, forbidden, invalid, not_found, required
from onggi.api.objects import View, get
from onggi.kinds.checks import optional_choice
from onggi.kinds.core.pod.rules.references import check_descending, check_no_backsteps

PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
READ_ONLY = ("Disabled", "Enabled", "IfPossible")


def check_mounts(container: View, volumes: Mapping[str, View], path: str) -> Iterator[FieldError]:
    """``path`` is the container's."""
    devices = {d.get("name", ""): d.get("devicePath", "") for d in listed(container, "devices")}
    seen: set[str] = set()
    for index, mount in enumerate(listed(container, "mounts")):
        at = f"{path}.volumeMounts[{index}]"
        name, target = mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            yield required(f"{at}.name")
        if name not in volumes:
            yield not_found(f"{at}.name", name)
        if not target:
            yield required(f"{at}.mountPath")
        if target in seen:
            yield invalid(f"{at}.mountPath", target, "must be unique")
        seen.add(target)
        if name in devices:
            yield invalid(f"{at}.name", name, "must not already exist in volumeDevices")
        if target in devices.values():
            detail = "must not already exist as a path in volumeDevices"
            yield invalid(f"{at}.mountPath", target, detail)
        yield from check_subpath(mount, f"{path}.volumeMounts", at)
        yield from check_propagation(mount, container, f"{path}.volumeMounts")


def listed(container: View, what: str) -> list[View]:
    field = {"mounts": "volumeMounts", "devices": "volumeDevices"}[what]
    return list(container.get(field) or ())


def check_subpath(mount: View, path: str, at: str) -> Iterator[FieldError]:
    plain, expression = mount.get("subPath") or "", mount.get("subPathExpr") or ""
    if plain:
        yield from check_descending(plain, f"{path}.subPath")
    if expression:
        if plain:
            detail = "subPathExpr and subPath are mutually exclusive"
            yield invalid(f"{at}.subPathExpr", expression, detail)
        yield from check_descending(expression, f"{path}.subPathExpr")


def check_propagation(mount: View, container: View, path: str) -> Iterator[FieldError]:
    propagation = mount.get("mountPropagation")
    at = f"{path}.mountPropagation"
    yield from optional_choice(at, propagation, PROPAGATIONS)
    if propagation == "Bidirectional" and not get(container, "securityContext.privileged"):
        detail = "Bidirectional mount propagation is available only to privileged containers"
        yield forbidden(at, detail)
    recursive = mount.get("recursiveReadOnly")
    at = f"{path}.recursiveReadOnly"
    yield from optional_choice(at, recursive, READ_ONLY)
    if recursive in ("Enabled", "IfPossible"):
        if not mount.get("readOnly"):
            yield forbidden(at, "may only be specified when readOnly is true")
        if propagation not in (None, "None"):
            detail = "may only be specified when mountPropagation is None or not specified"
            yield forbidden(at, detail)


def check_devices(container: View, volumes: Mapping[str, View], path: str) -> Iterator[FieldError]:
    mounts = {m.get("name", ""): m.get("mountPath", "") for m in listed(container, "mounts")}
    names: set[str] = set()
    paths: set[str] = set()
    for index, device in enumerate(listed(container, "devices")):
        at = f"{path}.volumeDevices[{index}]"
        name, target = device.get("name") or "", device.get("devicePath") or ""
        yield from check_device_name(name, names, volumes, f"{at}.name")
        if not target:
            yield required(f"{at}.devicePath")
        if target in paths:
            yield invalid(f"{at}.devicePath", target, "must be unique")
        if target and list(check_no_backsteps(target, at)):
            yield invalid(f"{at}.devicePath", target, "can not contain backsteps ('..')")
        if name in mounts:
            yield invalid(f"{at}.name", name, "must not already exist in volumeMounts")
        if target in mounts.values():
            detail = "must not already exist as a path in volumeMounts"
            yield invalid(f"{at}.devicePath", target, detail)
        names.add(name)
        paths.add(target)


def check_device_name(
    name: str, seen: set[str], volumes: Mapping[str, View], path: str
) -> Iterator[FieldError]:
    if not name:
        yield required(path)
    if name in seen:
        yield invalid(path, name, "must be unique")
    if name not in volumes:
        yield not_found(path, name)
    elif not {"persistentVolumeClaim", "ephemeral"} & volumes[name].keys():
        detail = (
            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"
        )
        yield invalid(path, name, detail)
