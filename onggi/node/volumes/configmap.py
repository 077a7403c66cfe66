"""``configMap``: its keys as files, which follow the object."""

from collections.abc import Iterable

from onggi.api.objects import View
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.node.parts import VolumeMounted
from onggi.node.volumes.atomic import Payload
from onggi.node.volumes.payload import configmap_data, mode_of, put, select
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError, Wanted


def wants(source: View) -> Iterable[Wanted]:
    return [(CONFIGMAP, source["name"])] if source.get("name") else []


async def collect(ask: Ask, source: View, mode: int, means: Means) -> Payload:
    """Also a part of a projected volume. Nothing for an optional one that is not there."""
    found = await means.objects.get(CONFIGMAP, ask.namespace, source["name"])
    if found is None:
        if source.get("optional"):
            return {}
        raise VolumeError(f'configmap "{source["name"]}" not found')
    missing = "configmap references non-existent config key"
    return select(configmap_data(found), source, mode, missing)


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    payload = await collect(ask, ask.source, mode_of(ask.source), means)
    return await put(ask, means, payload, memory=False)


PLUGIN = Plugin("kubernetes.io/configmap", setup, wants)
