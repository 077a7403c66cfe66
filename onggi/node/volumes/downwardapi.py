"""``downwardAPI``: what the pod may know of itself, as files."""

from onggi.api.objects import View
from onggi.node.downward import Unsupported, field_value, resource_value
from onggi.node.parts import VolumeMounted
from onggi.node.volumes.atomic import File, Payload
from onggi.node.volumes.payload import mode_of, put
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError


def collect(ask: Ask, source: View, mode: int, means: Means) -> Payload:
    """Also a part of a projected volume."""
    files: dict[str, File] = {}
    for item in source.get("items") or ():
        own = item.get("mode")
        text = item_text(ask.pod, item, means)
        files[item["path"]] = File(data=text.encode(), mode=mode if own is None else own)
    return files


def item_text(pod: View, item: View, means: Means) -> str:
    try:
        if ref := item.get("fieldRef"):
            return field_value(pod, ref["fieldPath"], means.around())
        return resource_value(pod, {}, item["resourceFieldRef"], means.around())
    except Unsupported as error:
        raise VolumeError(str(error)) from error


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    payload = collect(ask, ask.source, mode_of(ask.source), means)
    return await put(ask, means, payload, memory=True)


PLUGIN = Plugin("kubernetes.io/downward-api", setup)
