"""How the agent recognises its sandboxes and containers in the runtime, also after a crash.

Everything that a later process needs is in labels and annotations; their names are upstream's
(``pkg/kubelet/kuberuntime/labels.go``), so crictl and its like show pods as usual. Pure.
"""

import hashlib
import json
from dataclasses import replace

from onggi.api.objects import View, get
from onggi.node.configs import ContainerConfig, SandboxConfig
from onggi.node.runtime import Container

POD_NAME = "io.kubernetes.pod.name"
POD_NAMESPACE = "io.kubernetes.pod.namespace"
POD_UID = "io.kubernetes.pod.uid"
CONTAINER_NAME = "io.kubernetes.container.name"
HASH = "io.kubernetes.container.hash"
RESTARTS = "io.kubernetes.container.restartCount"
MESSAGE_PATH = "io.kubernetes.container.terminationMessagePath"
MESSAGE_POLICY = "io.kubernetes.container.terminationMessagePolicy"
POD_GRACE = "io.kubernetes.pod.terminationGracePeriod"


def pod_labels(pod: View) -> dict[str, str]:
    meta = pod["metadata"]
    return {POD_NAME: meta["name"], POD_NAMESPACE: meta["namespace"], POD_UID: meta["uid"]}


def stamped_sandbox(config: SandboxConfig, pod: View) -> SandboxConfig:
    """The configuration, marked as this pod's."""
    labels = {**(get(pod, "metadata.labels") or {}), **config.labels, **pod_labels(pod)}
    return replace(config, labels=labels)


def stamped_container(config: ContainerConfig, pod: View, container: View) -> ContainerConfig:
    """The configuration, marked as this container's; ``config.attempt`` is its restart count."""
    labels = {**config.labels, **pod_labels(pod), CONTAINER_NAME: container["name"]}
    annotations = {
        **config.annotations,
        HASH: spec_hash(container),
        RESTARTS: str(config.attempt),
        MESSAGE_PATH: container.get("terminationMessagePath") or "/dev/termination-log",
        MESSAGE_POLICY: container.get("terminationMessagePolicy") or "File",
        POD_GRACE: str(get(pod, "spec.terminationGracePeriodSeconds", 30)),
    }
    return replace(config, labels=labels, annotations=annotations)


def spec_hash(container: View) -> str:
    """Differs if the container must be made anew: only its name and image say so upstream."""
    text = json.dumps([container["name"], container.get("image", "")])
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()


def name_of(container: Container) -> str:
    """The name in the pod's spec; empty for what is not ours."""
    return container.labels.get(CONTAINER_NAME, "")


def restart_count(container: Container) -> int:
    text = container.annotations.get(RESTARTS, "")
    return int(text) if text.isdigit() else container.attempt


def is_changed(container: Container, spec: View) -> bool:
    return container.annotations.get(HASH) != spec_hash(spec)


def pod_label(pod: View) -> str:
    """As upstream names a pod in messages: ``name_namespace(uid)``."""
    meta = pod["metadata"]
    return f"{meta['name']}_{meta['namespace']}({meta['uid']})"
