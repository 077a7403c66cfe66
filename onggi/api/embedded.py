"""Go structs that take in another: since Go 1.24 messages name it on the way to a field.

``spec.volumes.VolumeSource.emptyDir``, though in JSON ``emptyDir`` stands beside ``name``.
Source: ``k8s.io/api/core/v1/types.go``, fields with ``json:",inline"`` (TypeMeta, which every
object takes in, is not named).
"""

# struct → (the struct it takes in, the fields that are its own)
EMBEDDED: dict[str, tuple[str, frozenset[str]]] = {
    "Volume": ("VolumeSource", frozenset({"name"})),
    "Probe": (
        "ProbeHandler",
        frozenset(
            {
                "failureThreshold",
                "initialDelaySeconds",
                "periodSeconds",
                "successThreshold",
                "terminationGracePeriodSeconds",
                "timeoutSeconds",
            }
        ),
    ),
    "EphemeralContainer": ("EphemeralContainerCommon", frozenset({"targetContainerName"})),
    "PersistentVolumeSpec": (
        "PersistentVolumeSource",
        frozenset(
            {
                "accessModes",
                "capacity",
                "claimRef",
                "mountOptions",
                "nodeAffinity",
                "persistentVolumeReclaimPolicy",
                "storageClassName",
                "volumeAttributesClassName",
                "volumeMode",
            }
        ),
    ),
    **{
        struct: ("LocalObjectReference", frozenset({"key", "optional", "items", "defaultMode"}))
        for struct in (
            "ConfigMapEnvSource",
            "ConfigMapKeySelector",
            "ConfigMapProjection",
            "ConfigMapVolumeSource",
            "SecretEnvSource",
            "SecretKeySelector",
            "SecretProjection",
        )
    },
}


def shown(struct: str, field: str) -> str:
    """The field as a message names it: ``emptyDir`` of a Volume is ``VolumeSource.emptyDir``."""
    if struct not in EMBEDDED:
        return field
    taken_in, own = EMBEDDED[struct]
    return field if field in own else f"{taken_in}.{field}"
