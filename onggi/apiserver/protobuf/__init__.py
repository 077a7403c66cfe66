"""Kubernetes' protobuf bodies, which Go clients send for built-in kinds: to the same JSON objects.

    decode(body) -> (object, what was not understood)     raises BadRequest

The wire format carries numbers instead of names; ``numbers.txt`` has them, the schemas of
``onggi.apiserver.schemas`` know the types. Answers are JSON, which these clients accept.
Source: ``k8s.io/apimachinery/pkg/runtime/serializer/protobuf``.
"""

from onggi.apiserver.protobuf.envelope import decode as decode
