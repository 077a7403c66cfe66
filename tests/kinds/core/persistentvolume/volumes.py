"""Volumes, claims and classes as they are stored, for tests of binding."""

from typing import Any

from onggi.api.objects import Object
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.storage.storageclass import STORAGECLASS
from tests.kinds.samples import created


def volume(name: str = "v1", size: str = "1Gi", phase: str = "Available", **spec: Any) -> Object:
    made = created(PERSISTENTVOLUME, capacity={"storage": size}, **spec)
    made["metadata"] = {"name": name, "uid": f"uid-{name}", "resourceVersion": "1"}
    made["status"] = {"phase": phase}
    return made


def claim(name: str = "data", size: str = "1Gi", phase: str = "Pending", **spec: Any) -> Object:
    made = created(PERSISTENTVOLUMECLAIM, resources={"requests": {"storage": size}}, **spec)
    made["metadata"] |= {"name": name, "uid": f"uid-{name}", "resourceVersion": "1"}
    made["status"] = {"phase": phase}
    return made


def reference(name: str = "data", uid: str = "uid-data") -> Object:
    return {"namespace": "default", "name": name, **({"uid": uid} if uid else {})}


def storage_class(name: str = "fast", provisioner: str = "example.com/x", **more: Any) -> Object:
    made = created(STORAGECLASS) | {"provisioner": provisioner} | more
    made["metadata"] = {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return made
