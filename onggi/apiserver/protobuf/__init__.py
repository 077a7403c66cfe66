"""Kubernetes' protobuf, which Go clients speak about built-in kinds: from and to JSON objects.

    envelope.decode(body) -> (object, what was not understood)     raises BadRequest
    answers.encode(obj) -> bytes, or None
    records.enclosed(kind, record) -> bytes, kept beside the record

The wire format carries numbers instead of names; ``numbers.txt`` has them, the schemas of
``onggi.apiserver.schemas`` know the types.
Source: ``k8s.io/apimachinery/pkg/runtime/serializer/protobuf``.
"""
