"""``secret``: its keys as files in memory, which follow the object."""

from collections.abc import Iterable

from onggi.api.objects import View
from onggi.kinds.core.secret import SECRET
from onggi.node.parts import VolumeMounted
from onggi.node.volumes.atomic import Payload
from onggi.node.volumes.payload import mode_of, put, secret_data, select
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError, Wanted


def wants(source: View) -> Iterable[Wanted]:
    """A volume says ``secretName``, a projection ``name``."""
    name = source.get("secretName") or source.get("name")
    return [(SECRET, name)] if name else []


async def collect(ask: Ask, source: View, mode: int, means: Means) -> Payload:
    """Also a part of a projected volume. Nothing for an optional one that is not there."""
    name = source.get("secretName") or source.get("name") or ""
    found = await means.objects.get(SECRET, ask.namespace, name)
    if found is None:
        if source.get("optional"):
            return {}
        raise VolumeError(f'secret "{name}" not found')
    return select(secret_data(found), source, mode, "references non-existent secret key")


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    payload = await collect(ask, ask.source, mode_of(ask.source), means)
    return await put(ask, means, payload, memory=True)


PLUGIN = Plugin("kubernetes.io/secret", setup, wants)
