"""``projected``: several sources in one directory, above all the service account's token.

Source: ``pkg/volume/projected/projected.go`` (collectData: all errors are reported at once;
a token is readable by its owner or group alone where one is known).
"""

from collections.abc import Iterable

from onggi.api.objects import View
from onggi.node.parts import VolumeMounted
from onggi.node.security import single_user
from onggi.node.volumes import configmap, downwardapi, secret
from onggi.node.volumes.atomic import File, Payload
from onggi.node.volumes.payload import mode_of, put
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError, Wanted

OWNER_ONLY = 0o600


def wants(source: View) -> Iterable[Wanted]:
    for part in source.get("sources") or ():
        yield from configmap.wants(part.get("configMap") or {})
        yield from secret.wants(part.get("secret") or {})


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    files: dict[str, File] = {}
    errors: list[str] = []
    for part in ask.source.get("sources") or ():
        try:
            files |= await collect(ask, part, means)
        except VolumeError as error:
            errors.append(str(error))
    if errors:
        raise VolumeError(errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]")
    return await put(ask, means, files, memory=True)


async def collect(ask: Ask, part: View, means: Means) -> Payload:
    mode = mode_of(ask.source)
    if source := part.get("configMap"):
        return await configmap.collect(ask, source, mode, means)
    if source := part.get("secret"):
        return await secret.collect(ask, source, mode, means)
    if source := part.get("downwardAPI"):
        return downwardapi.collect(ask, source, mode, means)
    if source := part.get("serviceAccountToken"):
        return await token(ask, source, mode, means)
    kinds = ", ".join(part) or "nothing"
    raise VolumeError(f"projected volume source {kinds} is not supported by this node")


async def token(ask: Ask, source: View, mode: int, means: Means) -> Payload:
    user = single_user(ask.pod)
    private = user is not None or ask.group is not None
    found = await means.tokens.get(ask.pod, source)
    file = File(data=found.text.encode(), mode=OWNER_ONLY if private else mode, owner=user)
    return {source["path"]: file}


PLUGIN = Plugin("kubernetes.io/projected", setup, wants)
