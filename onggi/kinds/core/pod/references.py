"""What a pod refers to: images, and fields of itself. Their defaults.

Source: ``pkg/apis/core/v1/defaults.go`` (SetDefaults_Container, SetDefaults_ObjectFieldSelector).
"""

from onggi.api.objects import Object
from onggi.kinds.fill import fill_absent, fill_zero, rewrite_quantity


def tag(image: str) -> str:
    """The tag of an image reference: ``latest`` where there is neither tag nor digest."""
    name, _, digest = image.partition("@")
    last = name.rpartition("/")[2]
    if ":" in last:
        return last.rpartition(":")[2]
    return "" if digest or not last or image != image.strip() else "latest"


def pull_policy(image: str) -> str:
    return "Always" if tag(image) == "latest" else "IfNotPresent"


def default_source(source: Object) -> None:
    """Of an environment variable, or of a file of a downwardAPI volume."""
    if isinstance(ref := source.get("fieldRef"), dict):
        fill_zero(ref, {"apiVersion": "v1"})
    if isinstance(ref := source.get("resourceFieldRef"), dict):
        fill_absent(ref, {"divisor": "0"})
        rewrite_quantity(ref, "divisor")
    if isinstance(ref := source.get("fileKeyRef"), dict):
        fill_absent(ref, {"optional": False})
