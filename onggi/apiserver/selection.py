"""Which stored objects a list or a watch is about: label and field selectors together.

Selectors that name only an object's name or namespace are answered from the store's key,
without decoding anything.
"""

from dataclasses import dataclass
from functools import lru_cache

from onggi.api.errors import BadRequest
from onggi.api.field_selectors import Term
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.api.selectors import (
    EVERYTHING,
    LabelSelector,
    SelectorError,
    field_selector,
    label_selector,
)
from onggi.apiserver.call import Call
from onggi.apiserver.options import ListOptions
from onggi.store.store import Record

NAME, NAMESPACE = "metadata.name", "metadata.namespace"


@dataclass(frozen=True, slots=True)
class Selection:
    """``named`` are the terms about the key, ``fields`` the others."""

    kind: Kind
    labels: LabelSelector
    named: tuple[Term, ...]
    fields: tuple[Term, ...]

    @property
    def named_exactly(self) -> str:
        return next((t.value for t in self.named if t.field == NAME and t.equal), "")

    def matches(self, record: Record) -> bool:
        key = record.key
        for term in self.named:
            value = key.name if term.field == NAME else key.namespace
            if (value == term.value) is not term.equal:
                return False
        if self.labels.empty and not self.fields:
            return True
        if self.kind.stored:
            return self._converted(self.kind.stored.back(record.object))
        if not self.labels.empty and not self.labels.matches(record.labels):
            return False
        return not self.fields or self._fields(record.object)

    def _converted(self, obj: View) -> bool:
        """A conversion may change labels, too."""
        return self.labels.matches(obj["metadata"].get("labels")) and self._fields(obj)

    def _fields(self, obj: View) -> bool:
        return all(term.matches(obj) for term in self.fields)


def selection(call: Call, options: ListOptions) -> Selection | None:
    """None where everything is meant. Raises BadRequest."""
    fields = options.fields
    if name := call.target.name:  # the deprecated watch of one object
        if fields and parsed(call.kind, "", fields).named_exactly != name:
            raise BadRequest("fieldSelector metadata.name doesn't match requested name")
        fields = fields or f"{NAME}={name}"
    if not (options.labels or fields):
        return None
    return parsed(call.kind, options.labels, fields)


@lru_cache(maxsize=1024)
def parsed(kind: Kind, labels: str, fields: str) -> Selection:
    try:
        chosen = label_selector(labels) if labels else EVERYTHING
        terms = field_selector(fields, kind.selectable).terms
    except SelectorError as error:
        raise BadRequest(str(error)) from None
    named = tuple(t for t in terms if t.field in (NAME, NAMESPACE))
    return Selection(kind, chosen, named, tuple(t for t in terms if t not in named))
