"""Volumes of a pod: what their sources are called, and what they get where it was left out.

Source: ``pkg/apis/core/v1/defaults.go`` (SetDefaults_Volume and those of its sources).
"""

from onggi.api.objects import Object
from onggi.kinds.core.pod.references import default_source, pull_policy
from onggi.kinds.fill import fill_absent, fill_zero, items, rewrite_quantity

# Every source of v1.37, in the order in which upstream validates them.
SOURCES = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret",
    "nfs", "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs",
    "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO",
    "csi", "ephemeral", "image",
)  # fmt: skip
# What this version mounts; the others are accepted with a warning.
SUPPORTED = ("emptyDir", "hostPath", "secret", "configMap", "downwardAPI", "projected")

FILE_MODE = 0o644
# source → what its absent fields become
POINTERS: dict[str, Object] = {
    "secret": {"defaultMode": FILE_MODE},
    "configMap": {"defaultMode": FILE_MODE},
    "downwardAPI": {"defaultMode": FILE_MODE},
    "projected": {"defaultMode": FILE_MODE},
    "hostPath": {"type": ""},
    "azureDisk": {
        "cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared",
    },
}  # fmt: skip
ZEROES: dict[str, Object] = {
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "scaleIO": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}


def default_volume(volume: Object) -> None:
    """A volume without any source is an emptyDir."""
    if all(volume.get(name) is None for name in SOURCES):
        volume["emptyDir"] = {}
    for name, table in POINTERS.items():
        if isinstance(source := volume.get(name), dict):
            fill_absent(source, table)
    for name, table in ZEROES.items():
        if isinstance(source := volume.get(name), dict):
            fill_zero(source, table)
    if isinstance(empty := volume.get("emptyDir"), dict):
        rewrite_quantity(empty, "sizeLimit")
    if isinstance(downward := volume.get("downwardAPI"), dict):
        default_files(downward)
    if isinstance(projected := volume.get("projected"), dict):
        default_projected(projected)
    default_claim(volume.get("ephemeral"))
    default_image(volume.get("image"))


def default_files(downward: Object) -> None:
    for file in items(downward, "items"):
        default_source(file)


def default_projected(projected: Object) -> None:
    for source in items(projected, "sources"):
        if isinstance(downward := source.get("downwardAPI"), dict):
            default_files(downward)
        if isinstance(token := source.get("serviceAccountToken"), dict):
            fill_absent(token, {"expirationSeconds": 3600})


def default_claim(ephemeral: object) -> None:
    """The template of a generic ephemeral volume's claim."""
    if isinstance(ephemeral, dict) and isinstance(ephemeral.get("volumeClaimTemplate"), dict):
        spec = ephemeral["volumeClaimTemplate"].get("spec")
        if isinstance(spec, dict):
            fill_absent(spec, {"volumeMode": "Filesystem"})


def default_image(image: object) -> None:
    if isinstance(image, dict):
        fill_zero(image, {"pullPolicy": pull_policy(image.get("reference") or "")})
