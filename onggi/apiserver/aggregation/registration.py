"""Every group version that this server serves has an APIService, without a Service.

Built-in ones are there before the server is ready; those of CustomResourceDefinitions come and
go with them. Source: ``k8s.io/kube-aggregator/pkg/controllers/autoregister``,
``pkg/controlplane/controller/crdregistration``.
"""

from asyncio import TaskGroup
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from onggi.api.errors import AlreadyExists, Conflict, NotFound
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.client.cluster import Cluster
from onggi.kinds.apiregistration.apiservice import APISERVICE
from onggi.kinds.apiregistration.priorities import ALWAYS, AUTOMANAGED, local

SELF = APISERVICE.group  # has none, as upstream


class Steps(NamedTuple):
    create: tuple[Object, ...]
    update: tuple[Object, ...]
    delete: tuple[View, ...]


def steps(kinds: Iterable[Kind], present: Mapping[str, View]) -> Steps:
    """``present`` are the APIServices by name. What somebody else wrote stays."""
    served = {(kind.group, kind.version) for kind in kinds if kind.group != SELF}
    wanted = {obj["metadata"]["name"]: obj for obj in (local(*one) for one in sorted(served))}
    return Steps(
        create=tuple(obj for name, obj in wanted.items() if name not in present),
        update=tuple(
            {**present[name], "spec": obj["spec"]}
            for name, obj in wanted.items()
            if name in present and is_ours(present[name]) and differs(present[name], obj)
        ),
        delete=tuple(o for name, o in present.items() if name not in wanted and is_ours(o)),
    )


def is_ours(service: View) -> bool:
    return get(service, "metadata.labels", {}).get(AUTOMANAGED) is not None


def differs(service: View, wanted: View) -> bool:
    return service["spec"] != wanted["spec"] and managed(service) == ALWAYS


def managed(service: View) -> str:
    found: str = get(service, "metadata.labels", {}).get(AUTOMANAGED, "")
    return found


async def register(cluster: Cluster, kinds: Iterable[Kind]) -> None:
    """``cluster`` must be a superuser's."""
    listing = await cluster.list(APISERVICE)
    found = steps(kinds, {item["metadata"]["name"]: item for item in listing.items})
    async with TaskGroup() as tasks:
        for obj in found.create:
            tasks.create_task(create(cluster, obj))
        for obj in found.update:
            tasks.create_task(update(cluster, obj))
        for gone in found.delete:
            tasks.create_task(delete(cluster, gone))


async def create(cluster: Cluster, obj: Object) -> None:
    try:
        await cluster.create(
            APISERVICE, {**obj, "apiVersion": APISERVICE.api_version, "kind": APISERVICE.name}
        )
    except AlreadyExists:
        return


async def update(cluster: Cluster, obj: Object) -> None:
    try:
        await cluster.update(APISERVICE, obj)
    except (Conflict, NotFound):
        return  # looked at again with the change that was faster


async def delete(cluster: Cluster, obj: View) -> None:
    try:
        await cluster.delete(APISERVICE, obj)
    except NotFound:
        return
