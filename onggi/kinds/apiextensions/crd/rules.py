"""What a CustomResourceDefinition may say.

Source: ``k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError
from onggi.api.objects import View


def rules(new: View, old: View | None) -> Iterator[FieldError]:
    yield from ()


def status_rules(new: View, old: View | None) -> Iterator[FieldError]:
    yield from ()
