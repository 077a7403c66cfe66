"""Every group version that this server serves has an APIService, without a Service.

Built-in ones are there before the server is ready; those of CustomResourceDefinitions come and
go with them. Source: ``k8s.io/kube-aggregator/pkg/controllers/autoregister``,
``pkg/controlplane/controller/crdregistration``.
"""

import logging
from asyncio import TaskGroup
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, NamedTuple

from onggi.api.errors import AlreadyExists, Conflict, NotFound, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.client.cluster import Cluster
from onggi.kinds.apiregistration.apiservice import APISERVICE
from onggi.kinds.apiregistration.priorities import ALWAYS, AUTOMANAGED, local

log = logging.getLogger(__name__)

TYPED = {"apiVersion": APISERVICE.api_version, "kind": APISERVICE.name}
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


async def register(cluster: Cluster, kinds: Iterable[Kind]) -> bool:
    """Whether all is as it should be now. ``cluster`` must be a superuser's; still, a webhook
    or a policy may be against it."""
    listing = await cluster.list(APISERVICE)
    found = steps(kinds, {item["metadata"]["name"]: item for item in listing.items})
    work = [
        *(cluster.create(APISERVICE, {**obj, **TYPED}) for obj in found.create),
        *(cluster.update(APISERVICE, obj) for obj in found.update),
        *(cluster.delete(APISERVICE, gone) for gone in found.delete),
    ]
    async with TaskGroup() as tasks:
        done = [tasks.create_task(attempt(step)) for step in work]
    return all(task.result() for task in done)


async def attempt(step: Awaitable[Any]) -> bool:
    try:
        await step
    except (AlreadyExists, Conflict, NotFound):
        return True  # looked at again with the change that was faster
    except StatusError as error:
        log.warning("an APIService cannot be registered: %s", error.message)
        return False
    return True
