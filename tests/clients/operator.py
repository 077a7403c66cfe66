"""An operator written with kopf, for its test: it keeps a ConfigMap for each Pot."""

import os
from typing import Any

import kopf
from kubernetes import client, config

GROUP = os.environ["POT_GROUP"]


@kopf.on.startup()
def begin(settings: kopf.OperatorSettings, **_: Any) -> None:
    config.load_kube_config()
    settings.posting.enabled = True
    settings.peering.name = "pots"
    settings.peering.mandatory = True
    settings.persistence.finalizer = f"{GROUP}/kopf"


@kopf.on.create(GROUP, "v1", "pots")
@kopf.on.update(GROUP, "v1", "pots", field="spec")
def fill(spec: Any, name: str, namespace: str, body: Any, **_: Any) -> dict[str, Any]:
    made = {"metadata": {"name": name}, "data": {"size": str(spec["size"])}}
    kopf.adopt(made, owner=body)
    core = client.CoreV1Api()
    try:
        core.create_namespaced_config_map(namespace, made)
    except client.ApiException as error:
        if error.status != 409:
            raise
        core.patch_namespaced_config_map(name, namespace, {"data": made["data"]})
    kopf.info(body, reason="Filled", message=f"with {spec['size']}")
    return {"size": spec["size"]}


@kopf.on.delete(GROUP, "v1", "pots")
def empty(name: str, namespace: str, **_: Any) -> None:
    core = client.CoreV1Api()
    core.create_namespaced_config_map(namespace, {"metadata": {"name": f"{name}-was-here"}})


@kopf.timer(GROUP, "v1", "pots", interval=0.5)
def tick(patch: kopf.Patch, status: Any, **_: Any) -> None:
    patch.status["ticks"] = status.get("ticks", 0) + 1


@kopf.index("configmaps", labels={"counted": "yes"})
def counted(name: str, **_: Any) -> Any:
    return {name: True}


@kopf.on.event("configmaps", labels={"counted": "yes"})
def seen(name: str, namespace: str, counted: Any, annotations: Any, **_: Any) -> None:
    if "seen" not in annotations:
        note = {"metadata": {"annotations": {"seen": str(len(counted))}}}
        client.CoreV1Api().patch_namespaced_config_map(name, namespace, note)
