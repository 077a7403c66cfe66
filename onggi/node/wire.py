"""Small protobuf messages described at run time, where no maintained Python stubs exist.

Unknown fields are skipped by protobuf itself, so only what is read needs a description.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    message_factory,
    timestamp_pb2,
)

Kind = descriptor_pb2.FieldDescriptorProto
ANY = "." + any_pb2.Any.DESCRIPTOR.full_name


class Field(NamedTuple):
    name: str
    number: int
    type: Any = Kind.TYPE_STRING
    of: str | None = None  # the message's name, for a field of type message
    repeated: bool = False


def described(package: str, messages: Mapping[str, Sequence[Field]]) -> Mapping[str, Any]:
    """The message classes by name. Once per ``package``: protobuf keeps them for ever."""
    file = descriptor_pb2.FileDescriptorProto(
        name=f"{package.replace('.', '/')}.proto",
        package=package,
        syntax="proto3",
        dependency=[timestamp_pb2.DESCRIPTOR.name, any_pb2.DESCRIPTOR.name],
    )
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for field in fields:
            label = Kind.LABEL_REPEATED if field.repeated else Kind.LABEL_OPTIONAL
            message.field.add(
                name=field.name,
                number=field.number,
                type=field.type,
                type_name=field.of,
                label=label,
            )
    module: Any = descriptor_pool
    pool = module.Default()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{package}.{name}"))
        for name in messages
    }
