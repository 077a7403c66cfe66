"""containerd's own event service, for releases whose CRI has none (before 1.7).

Source: containerd ``api/services/events/v1/events.proto``, ``api/events/task.proto``.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from onggi.node.runtime import Exited, Started
from onggi.node.wire import ANY, Field, Kind, described

SUBSCRIBE = "/containerd.services.events.v1.Events/Subscribe"
FILTERS = ('namespace==k8s.io,topic=="/tasks/start"', 'namespace==k8s.io,topic=="/tasks/exit"')
MESSAGES = {
    "SubscribeRequest": [Field("filters", 1, repeated=True)],
    "Envelope": [Field("topic", 3), Field("event", 4, Kind.TYPE_MESSAGE, ANY)],
    "TaskStart": [Field("container_id", 1)],
    "TaskExit": [Field("container_id", 1), Field("id", 2)],
}


@cache
def messages() -> Mapping[str, Any]:
    return described("onggi.containerd", MESSAGES)


def request() -> bytes:
    return bytes(messages()["SubscribeRequest"](filters=FILTERS).SerializeToString())


def read(frame: bytes) -> Started | Exited | None:
    """What one envelope says. Execs exit too: then the process's id is not the container's."""
    envelope = messages()["Envelope"].FromString(frame)
    body = envelope.event.value
    if envelope.topic == "/tasks/start":
        return Started(messages()["TaskStart"].FromString(body).container_id)
    ended = messages()["TaskExit"].FromString(body)
    return Exited(ended.container_id) if ended.id == ended.container_id else None
