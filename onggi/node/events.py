"""Events about pods and the node, in the kubelet's name."""

from onggi.api.objects import View, get
from onggi.controller.correlate import Source, Word
from onggi.controller.events import Recorder as ClusterRecorder
from onggi.kinds.core.pod.predicates import containers


class NodeEvents:
    """Fulfils ``parts.Recorder``. Whoever owns ``recorder`` runs it."""

    def __init__(self, recorder: ClusterRecorder, node: str) -> None:
        self._recorder = recorder
        self._source = Source("kubelet", node)

    def event(
        self, target: View, type: str, reason: str, message: str, field_path: str = ""
    ) -> None:
        self._recorder.emit(self._source, target, Word(reason, message, type, field_path))


def field_path(pod: View, name: str) -> str:
    """``spec.containers{web}``; empty if the pod has no such container."""
    for field in ("containers", "initContainers", "ephemeralContainers"):
        if any(c["name"] == name for c in get(pod, f"spec.{field}") or ()):
            return f"spec.{field}{{{name}}}"
    return ""


def spec_of(pod: View, name: str) -> View | None:
    return next((c for c in containers(pod) if c["name"] == name), None)
