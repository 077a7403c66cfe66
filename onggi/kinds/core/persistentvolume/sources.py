"""Where a PersistentVolume's bytes are: one source each, and what each source must say.

    check_sources(spec, "x", "spec")     errors of the sources of a PersistentVolumeSpec

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePersistentVolumeSpec and the
validations of its sources).
"""

import re
from collections.abc import Callable, Iterator, Mapping

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required, too_long
from onggi.api.objects import View
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.references import check_no_backsteps
from onggi.kinds.core.pod.rules.volumes import check_host_path

# In the order in which upstream looks at them.
SOURCES = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd",
    "quobyte", "cephfs", "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "scaleIO", "local", "storageos", "csi",
)  # fmt: skip
# Where upstream names a source otherwise: in its own errors, and when it is one too many.
OWN_PATHS = {"gcePersistentDisk": "persistentDisk"}
EXTRA_PATHS = {"cephfs": "cephFS"}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "glusterfs": ("endpoints", "path"),
    "nfs": ("server", "path"),
    "rbd": ("monitors", "image"),
    "cephfs": ("monitors",),
    "iscsi": ("targetPortal",),
    "cinder": ("volumeID",),
    "flexVolume": ("driver",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "local": ("path",),
    "storageos": ("volumeName",),
}
INITIATORS = {
    "iqn": re.compile(r"iqn\.\d{4}-\d{2}\.([a-zA-Z0-9-.]+)(:[^,;*&$|\s]+)$"),
    "eui": re.compile(r"^eui.[a-zA-Z0-9]{16}$"),
    "naa": re.compile(r"^naa.[a-zA-Z0-9]{32}$"),
}
REGISTRY = "must be a host:port pair or multiple pairs separated by commas"
CSI_SECRETS = (
    "controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef",
    "nodeExpandSecretRef",
)  # fmt: skip
DRIVER_LIMIT = 63
MANAGED_URI = (
    "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/"
    "{disk-id}"
)
BLOB_URI = "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"


def check_sources(spec: View, volume: str, path: str) -> Iterator[FieldError]:
    """``volume`` is the PersistentVolume's name."""
    found = [name for name in SOURCES if spec.get(name) is not None]
    for index, name in enumerate(found):
        if index == 0 or name == "flexVolume":
            yield from check_source(name, spec[name], f"{path}.{OWN_PATHS.get(name, name)}")
        else:
            extra = f"{path}.{EXTRA_PATHS.get(name, name)}"
            yield forbidden(extra, "may not specify more than 1 volume type")
        if name == "iscsi" and index == 0:
            yield from check_initiator_length(spec[name], volume, f"{path}.iscsi")
        if name == "local" and index == 0 and spec.get("nodeAffinity") is None:
            yield required(f"{path}.nodeAffinity", "Local volume requires node affinity")
    if not found:
        yield required(path, "must specify a volume type")


def check_source(name: str, source: View, path: str) -> Iterator[FieldError]:
    for field in NEEDED.get(name, ()):
        if not source.get(field):
            yield required(f"{path}.{field}")
    if check := CHECKS.get(name):
        yield from check(source, path)


def check_partition(source: View, path: str) -> Iterator[FieldError]:
    partition = source.get("partition") or 0
    if not 0 <= partition <= 255:
        yield invalid(f"{path}.partition", partition, names.between(1, 255))


def check_glusterfs(source: View, path: str) -> Iterator[FieldError]:
    namespace = source.get("endpointsNamespace")
    if namespace == "":
        detail = "if the endpointnamespace is set, it must be a valid namespace name"
        yield invalid(f"{path}.endpointsNamespace", namespace, detail)
    elif namespace is not None:
        yield from named(f"{path}.endpointsNamespace", namespace, names.dns_label)


def check_flocker(source: View, path: str) -> Iterator[FieldError]:
    name, uuid = source.get("datasetName") or "", source.get("datasetUUID") or ""
    if not name and not uuid:
        yield required(path, "one of datasetName and datasetUUID is required")
    if name and uuid:
        detail = "datasetName and datasetUUID can not be specified simultaneously"
        yield invalid(path, "resource", detail)
    if "/" in name:
        yield invalid(f"{path}.datasetName", name, "must not contain '/'")


def check_nfs(source: View, path: str) -> Iterator[FieldError]:
    if not (source.get("path") or "").startswith("/"):
        yield invalid(f"{path}.path", source.get("path") or "", "must be an absolute path")


def check_quobyte(source: View, path: str) -> Iterator[FieldError]:
    registry = source.get("registry") or ""
    if not registry:
        yield required(f"{path}.registry", REGISTRY)
    elif names.size(source.get("tenant") or "") >= 65:
        detail = "must be a UUID and may not exceed a length of 64 characters"
        yield required(f"{path}.tenant", detail)
    else:
        for pair in registry.split(","):
            if pair.count(":") != 1:
                yield invalid(f"{path}.registry", registry, REGISTRY)
    if not source.get("volume"):
        yield required(f"{path}.volume")


def check_iscsi(source: View, path: str) -> Iterator[FieldError]:
    iqn, initiator = source.get("iqn") or "", source.get("initiatorName")
    if not iqn:
        yield required(f"{path}.iqn")
    elif not is_initiator(iqn):
        yield invalid(f"{path}.iqn", iqn, "must be valid format")
    yield from check_lun(source.get("lun") or 0, path)
    secret = source.get("secretRef")
    if (source.get("chapAuthDiscovery") or source.get("chapAuthSession")) and secret is None:
        yield required(f"{path}.secretRef")
    if secret is not None and not secret.get("name"):
        yield required(f"{path}.secretRef.name")
    if initiator is not None and not is_initiator(initiator):
        yield invalid(f"{path}.initiatorname", initiator, "must be valid format")


def check_initiator_length(source: View, volume: str, path: str) -> Iterator[FieldError]:
    portal = source.get("targetPortal") or ""
    if source.get("initiatorName") is not None and names.size(f"{volume}:{portal}") > 64:
        detail = (
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if "
            "iscsi.initiatorName is specified."
        )
        yield invalid(f"{path}.targetportal", portal, detail)


def is_initiator(text: str) -> bool:
    pattern = INITIATORS.get(text[:3])
    return pattern is not None and pattern.search(text) is not None


def check_lun(lun: int, path: str) -> Iterator[FieldError]:
    for message in names.in_range(lun, 0, 255):
        yield invalid(f"{path}.lun", lun, message)


def check_fc(source: View, path: str) -> Iterator[FieldError]:
    targets, ids = source.get("targetWWNs") or (), source.get("wwids") or ()
    if not targets and not ids:
        detail = "must specify either targetWWNs or wwids, but not both"
        yield required(f"{path}.targetWWNs", detail)
    if targets and ids:
        detail = "targetWWNs and wwids can not be specified simultaneously"
        yield invalid(f"{path}.targetWWNs", list(targets), detail)
    if targets and source.get("lun") is None:
        yield required(f"{path}.lun", "lun is required if targetWWNs is specified")
    elif targets:
        yield from check_lun(source["lun"], path)


def check_flex(source: View, path: str) -> Iterator[FieldError]:
    for key in source.get("options") or ():
        domain = f".{key.partition('/')[0].lower()}"
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            detail = "kubernetes.io and k8s.io namespaces are reserved"
            yield invalid(f"{path}.options[{key}]", key, detail)


def check_azure_file(source: View, path: str) -> Iterator[FieldError]:
    if source.get("secretNamespace") == "":
        yield required(f"{path}.secretNamespace")


def check_azure_disk(source: View, path: str) -> Iterator[FieldError]:
    caching, kind, uri = source.get("cachingMode"), source.get("kind"), source.get("diskURI") or ""
    modes, kinds = ("None", "ReadOnly", "ReadWrite"), ("Dedicated", "Managed", "Shared")
    if caching is not None and caching not in modes:
        yield not_supported(f"{path}.cachingMode", caching, modes)
    if kind is not None and kind not in kinds:
        yield not_supported(f"{path}.kind", kind, kinds)
    if kind == "Managed" and not uri.startswith("/subscriptions/"):
        yield not_supported(f"{path}.diskURI", uri, (MANAGED_URI,))
    if kind not in (None, "Managed") and not uri.startswith("https://"):
        yield not_supported(f"{path}.diskURI", uri, (BLOB_URI,))


def check_local(source: View, path: str) -> Iterator[FieldError]:
    yield from check_no_backsteps(source.get("path") or "", f"{path}.path")


def check_named_secret(source: View, path: str) -> Iterator[FieldError]:
    if (secret := source.get("secretRef")) is not None:
        for field in ("name", "namespace"):
            if not secret.get(field):
                yield required(f"{path}.secretRef.{field}")


def check_storageos(source: View, path: str) -> Iterator[FieldError]:
    for field in ("volumeName", "volumeNamespace"):
        if source.get(field):
            yield from named(f"{path}.{field}", source[field], names.dns_label)
    yield from check_named_secret(source, path)


def check_csi(source: View, path: str) -> Iterator[FieldError]:
    yield from check_driver(source.get("driver") or "", f"{path}.driver")
    if not source.get("volumeHandle"):
        yield required(f"{path}.volumeHandle")
    for field in CSI_SECRETS:
        if (secret := source.get(field)) is not None:
            yield from check_reference(secret, "name", f"{path}.{field}", names.dns_subdomain)
            yield from check_reference(secret, "namespace", f"{path}.{field}", names.dns_label)


def check_reference(
    secret: View, field: str, path: str, rule: Callable[[str], list[str]]
) -> Iterator[FieldError]:
    if not secret.get(field):
        yield required(f"{path}.{field}")
    else:
        yield from named(f"{path}.{field}", secret[field], rule)


def check_driver(driver: str, path: str) -> Iterator[FieldError]:
    """A CSI driver's name; upper case is allowed."""
    if not driver:
        yield required(path)
        return
    if names.size(driver) > DRIVER_LIMIT:
        yield too_long(path, DRIVER_LIMIT)
    for message in names.dns_subdomain(driver.lower()):
        yield invalid(path, driver, message)


CHECKS: Mapping[str, Callable[[View, str], Iterator[FieldError]]] = {
    "hostPath": check_host_path,
    "gcePersistentDisk": check_partition,
    "awsElasticBlockStore": check_partition,
    "glusterfs": check_glusterfs,
    "flocker": check_flocker,
    "nfs": check_nfs,
    "quobyte": check_quobyte,
    "iscsi": check_iscsi,
    "cinder": check_named_secret,
    "fc": check_fc,
    "flexVolume": check_flex,
    "azureFile": check_azure_file,
    "azureDisk": check_azure_disk,
    "local": check_local,
    "storageos": check_storageos,
    "csi": check_csi,
}
