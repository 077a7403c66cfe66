"""CustomResourceDefinitions for tests, and what makes the server serve them at once."""

from typing import Any

from onggi.api.objects import Object, clone
from onggi.apiserver.assemble import ApiServer
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.kinds.apiextensions.crd.naming import reconcile
from tests.apiserver.world import client
from tests.world import NOW, ListWorld

PATH = "/apis/example.com/v1/namespaces/default/crontabs"
SPEC: Object = {
    "type": "object",
    "properties": {
        "cron": {"type": "string"},
        "image": {"type": "string", "default": "nginx"},
        "replicas": {"type": "integer", "minimum": 0, "maximum": 9},
        "any": {"x-kubernetes-preserve-unknown-fields": True},
    },
}
STATUS: Object = {
    "type": "object",
    "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}},
}


def version(name: str = "v1", schema: Any = None, **more: Any) -> Object:
    whole = {"type": "object", "properties": {"spec": SPEC, "status": STATUS}}
    schema = whole if schema is None else schema
    found = {"name": name, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return clone({**found, **more})


def definition(*versions: Object, **spec: Any) -> Object:
    names = {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"]}
    wanted = {"group": "example.com", "scope": "Namespaced", "names": names}
    wanted = {**wanted, "versions": list(versions) or [version()], **spec}
    name = f"{wanted['names']['plural']}.{wanted['group']}"
    return clone({"metadata": {"name": name}, "spec": wanted})


async def establish(server: ApiServer, crd: Object) -> Object:
    """Create it, and do what the controllers would do with it."""
    cluster = client(server)
    made = await cluster.create(CRD, crd)
    others = (await cluster.list(CRD)).items
    for action in reconcile(made, ListWorld(list(others)), NOW).actions:
        made = await cluster.update(CRD, {**made, "status": action.status}, subresource="status")
    return clone(made)


def crontab(name: str = "one", **spec: Any) -> Object:
    return {
        "apiVersion": "example.com/v1",
        "kind": "CronTab",
        "metadata": {"name": name},
        "spec": {"cron": "* * * * *", **spec},
    }
