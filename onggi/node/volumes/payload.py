"""From objects to files, and files onto the disk: what four volume types share.

Sources: MakePayload in ``pkg/volume/configmap`` and ``pkg/volume/secret``; SetUpAt there.
"""

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path

from onggi.api.objects import View
from onggi.node.mounting import is_mount_point, tmpfs
from onggi.node.parts import VolumeMounted
from onggi.node.volumes import atomic
from onggi.node.volumes.atomic import BadPath, File, Payload
from onggi.node.volumes.volume import Ask, Means, VolumeError

DEFAULT_MODE = 0o644


def configmap_data(obj: View) -> dict[str, bytes]:
    texts = {k: v.encode() for k, v in (obj.get("data") or {}).items()}
    return texts | {k: base64.b64decode(v) for k, v in (obj.get("binaryData") or {}).items()}


def secret_data(obj: View) -> dict[str, bytes]:
    return {k: base64.b64decode(v) for k, v in (obj.get("data") or {}).items()}


def mode_of(source: View) -> int:
    mode = source.get("defaultMode")
    return DEFAULT_MODE if mode is None else mode


def select(data: Mapping[str, bytes], source: View, mode: int, missing: str) -> Payload:
    """All keys, or those of ``items`` at their paths. ``missing`` begins the error's text."""
    items = source.get("items")
    if not items:
        return {key: File(data=value, mode=mode) for key, value in data.items()}
    files: dict[str, File] = {}
    for item in items:
        key, own = item["key"], item.get("mode")
        if key in data:
            files[item["path"]] = File(data=data[key], mode=mode if own is None else own)
        elif not source.get("optional"):
            raise VolumeError(f"{missing}: {key}")
    return files


async def put(ask: Ask, means: Means, payload: Payload, *, memory: bool) -> VolumeMounted:
    """Show the files. ``memory`` keeps them off every disk."""
    stamp = means.clock().strftime("%Y_%m_%d_%H_%M_%S")
    try:
        await asyncio.to_thread(_put, ask, payload, stamp, memory)
    except BadPath as error:
        raise VolumeError(str(error)) from error
    return VolumeMounted(str(ask.path), readonly=True)


def _put(ask: Ask, payload: Payload, stamp: str, memory: bool) -> None:
    def own(folder: Path) -> None:
        atomic.group_owned(folder, ask.group, readonly=True)

    if not (ask.path / atomic.DATA).exists():
        prepare(ask.path, memory=memory)
    atomic.write(ask.path, payload, stamp, own)


def prepare(path: Path, *, memory: bool) -> None:
    """An empty directory as the volume's root, in memory or not."""
    path.mkdir(parents=True, exist_ok=True)
    if memory and not is_mount_point(path):
        tmpfs(path, "mode=0777")
    path.chmod(0o777)
