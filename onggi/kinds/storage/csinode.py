"""CSINode (storage.k8s.io/v1): which drivers of volumes a node has.

Source: ``pkg/apis/storage/validation/validation.go``. Its status (CSIVolumeHealth) is behind a
gate upstream and not served.
"""

from collections.abc import Iterator, Sequence

from onggi.api.field_error import FieldError, duplicate, immutable, invalid, required
from onggi.api.kind import Column, Kind
from onggi.api.names import label_key
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import named, non_negative
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.storage.csidriver import NO_DRIVERS

NODE_ID = 256


def check(new: View, old: View | None) -> Iterator[FieldError]:
    drivers, seen = get(new, "spec.drivers") or (), set[str]()
    for index, driver in enumerate(drivers):
        path, name = f"spec.drivers[{index}]", driver.get("name") or ""
        yield from check_entry(driver, path)
        if name in seen:
            yield duplicate(f"{path}.name", name)
        seen.add(name)
        yield from check_keys(driver.get("topologyKeys") or (), path)
    before = {d.get("name"): fixed(d) for d in get(old or {}, "spec.drivers") or ()}
    for driver in drivers:
        if driver.get("name") in before and fixed(driver) != before[driver.get("name")]:
            yield immutable("spec.drivers", fixed(driver))


def check_entry(driver: View, path: str) -> Iterator[FieldError]:
    yield from check_driver(driver.get("name") or "", f"{path}.name")
    node = driver.get("nodeID") or ""
    if not node:
        yield required(f"{path}.nodeID")
    if len(node.encode(errors="surrogatepass")) > NODE_ID:
        yield invalid(f"{path}.nodeID", node, f"must be {NODE_ID} characters or less")
    yield from non_negative(f"{path}.allocatable.count", get(driver, "allocatable.count"))


def check_keys(keys: Sequence[str], path: str) -> Iterator[FieldError]:
    for index, key in enumerate(keys):
        if not key:
            yield required(path)
        if key in keys[:index]:
            yield duplicate(path, key)
        yield from named(path, key, label_key)


def fixed(driver: View) -> Object:
    """What never changes of a driver once it is there."""
    return {key: value for key, value in driver.items() if key != "allocatable"}


def prepare(node: Object, old: View | None) -> None:
    node.pop("status", None)


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None and get(new, "spec.drivers"):
        yield f"spec.drivers: {NO_DRIVERS}"


CSINODE = Kind(
    group="storage.k8s.io",
    version="v1",
    name="CSINode",
    plural="csinodes",
    schema="io.k8s.api.storage.v1.CSINode",
    namespaced=False,
    status=False,
    prepare=prepare,
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("Drivers", lambda node, now: len(get(node, "spec.drivers") or ()), "integer",
               description="Drivers indicates the number of CSI drivers registered on the node"),
        AGE,
    ),
)  # fmt: skip
