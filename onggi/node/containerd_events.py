"""containerd's own event service, for releases whose CRI has none (before 1.7).

The few messages are described here and built at run time: there are no maintained Python stubs,
and generating them would put a compiler into the build for four messages.
Source: containerd ``api/services/events/v1/events.proto``, ``api/events/task.proto``.
"""

from functools import cache
from typing import Any, NamedTuple

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    timestamp_pb2,
)

from onggi.node.runtime import Exited, Started

SUBSCRIBE = "/containerd.services.events.v1.Events/Subscribe"
FILTERS = ('namespace==k8s.io,topic=="/tasks/start"', 'namespace==k8s.io,topic=="/tasks/exit"')

Field = descriptor_pb2.FieldDescriptorProto
TIMESTAMP = "." + timestamp_pb2.Timestamp.DESCRIPTOR.full_name
ANY = "." + any_pb2.Any.DESCRIPTOR.full_name
MESSAGES: dict[str, tuple[tuple[str, int, Any, str], ...]] = {
    # (field, number, type, message type); fields we do not read are left out: they are skipped
    "SubscribeRequest": (("filters", 1, Field.TYPE_STRING, ""),),
    "Envelope": (
        ("timestamp", 1, Field.TYPE_MESSAGE, TIMESTAMP),
        ("namespace", 2, Field.TYPE_STRING, ""),
        ("topic", 3, Field.TYPE_STRING, ""),
        ("event", 4, Field.TYPE_MESSAGE, ANY),
    ),
    "TaskStart": (("container_id", 1, Field.TYPE_STRING, ""),),
    "TaskExit": (("container_id", 1, Field.TYPE_STRING, ""), ("id", 2, Field.TYPE_STRING, "")),
}


class Messages(NamedTuple):
    subscribe: Any
    envelope: Any
    start: Any
    exit: Any


@cache
def messages() -> Messages:
    file = descriptor_pb2.FileDescriptorProto(
        name="onggi/containerd_events.proto",
        package="onggi.containerd",
        syntax="proto3",
        dependency=[timestamp_pb2.DESCRIPTOR.name, any_pb2.DESCRIPTOR.name],
    )
    for name, fields in MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            many = Field.LABEL_REPEATED if field == "filters" else Field.LABEL_OPTIONAL
            described.field.add(name=field, number=number, type=kind, type_name=of, label=many)
    pool: Any = descriptor_pool
    pool = pool.Default()
    pool.Add(file)
    return Messages(
        *(
            message_factory.GetMessageClass(pool.FindMessageTypeByName(f"onggi.containerd.{name}"))
            for name in MESSAGES
        )
    )


def request() -> bytes:
    return bytes(messages().subscribe(filters=FILTERS).SerializeToString())


def read(frame: bytes) -> Started | Exited | None:
    """What one envelope says. Execs exit too: then the process's id is not the container's."""
    envelope = messages().envelope.FromString(frame)
    if envelope.topic == "/tasks/start":
        return Started(messages().start.FromString(envelope.event.value).container_id)
    ended = messages().exit.FromString(envelope.event.value)
    return Exited(ended.container_id) if ended.id == ended.container_id else None
