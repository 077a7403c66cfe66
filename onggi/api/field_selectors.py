r"""Field selectors: ``metadata.name=web,status.phase!=Running``, over the fields a kind offers.

    selector = field_selector("status.phase=Running", POD.selectable)
    selector.matches(pod)          selector.exact("metadata.name") -> "web" or None

A ``\`` before ``,``, ``=`` or ``\`` makes it part of a value. Every kind offers
``metadata.name`` and ``metadata.namespace``. Of a field with two paths, ``a.b|c``, the first
that is not empty counts. Source: ``k8s.io/apimachinery/pkg/fields``.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from onggi.api.label_syntax import SelectorError
from onggi.api.objects import View, get

METADATA = {"metadata.name": "metadata.name", "metadata.namespace": "metadata.namespace"}
NOTHING_OFFERED: Mapping[str, str] = {}

# What upstream's typed objects have where a field is absent, if it is not the empty string.
ZEROES = {
    "spec.unschedulable": "false",
    "spec.hostNetwork": "false",
    "status.replicas": "0",
    "status.successful": "0",
}


class Term(NamedTuple):
    """One comparison of the field at ``path`` with ``value``."""

    field: str
    path: str
    equal: bool
    value: str

    def matches(self, obj: View) -> bool:
        return (text_at(obj, self.path) == self.value) is self.equal


class FieldSelector(NamedTuple):
    terms: tuple[Term, ...] = ()

    def matches(self, obj: View) -> bool:
        return all(term.matches(obj) for term in self.terms)

    def exact(self, field: str) -> str | None:
        """The one value that the selector demands of a field."""
        return next((t.value for t in self.terms if t.equal and t.field == field), None)

    @property
    def empty(self) -> bool:
        return not self.terms

    def __str__(self) -> str:
        return ",".join(f"{t.field}{'=' if t.equal else '!='}{escape(t.value)}" for t in self.terms)


def text_at(obj: View, path: str) -> str:
    if "|" in path:
        return next(filter(None, (text_at(obj, one) for one in path.split("|"))), "")
    value: Any = get(obj, path)
    if value is None:
        return ZEROES.get(path, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def field_selector(
    text: str, selectable: Mapping[str, str] = NOTHING_OFFERED, *, any_field: bool = False
) -> FieldSelector:
    """``selectable`` is the kind's: field → path. Raises SelectorError with upstream's words.

    ``any_field`` takes every field as its own path, for a client that does not know the kind.
    """
    parts = sorted(part for part in split(text) if part)
    terms = [term(text, part) for part in parts]
    if any_field:
        return FieldSelector(tuple(terms))
    offered = {**METADATA, **selectable}
    for each in terms:
        if each.field not in offered:
            raise SelectorError(unsupported(each.field, bool(selectable)))
    return FieldSelector(tuple(t._replace(path=offered[t.field]) for t in terms))


def unsupported(field: str, offers_more: bool) -> str:
    if offers_more:
        return f"field label not supported: {field}"
    only = '"metadata.name", "metadata.namespace"'
    return f'"{field}" is not a known field selector: only {only}'


def split(text: str) -> Iterator[str]:
    start, escaped = 0, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == ",":
            yield text[start:index]
            start = index + 1
    yield text[start:]


def term(text: str, part: str) -> Term:
    """The first operator of a term splits it."""
    for index in range(len(part)):
        for operator in ("!=", "==", "="):
            if part.startswith(operator, index):
                field, value = part[:index], unescape(part[index + len(operator) :])
                return Term(field, field, operator != "!=", value)
    raise SelectorError(f"invalid selector: '{text}'; can't understand '{part}'")


def unescape(value: str) -> str:
    result: list[str] = []
    characters = iter(value)
    for character in characters:
        if character in ",=":
            says = "invalid field selector: unescaped character in value"
            raise SelectorError(f"{says}: {ord(character)}")  # upstream prints the number
        if character == "\\":
            character = next(characters, "")
            if character not in ("\\", ",", "="):
                says = "invalid field selector: invalid escape sequence"
                raise SelectorError(f"{says}: \\{character}")
        result.append(character)
    return "".join(result)


def escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=")
