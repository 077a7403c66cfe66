"""The text form of label selectors: ``app=web,tier in (a,b),!old`` to requirements.

Errors are upstream's, word for word: clients show them and its tests read them.
Source: ``k8s.io/apimachinery/pkg/labels/selector.go`` (Lexer, Parser, NewRequirement).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported

IN, NOT_IN, EXISTS, ABSENT = "in", "notin", "exists", "!"
EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS = "=", "==", "!=", "gt", "lt"

BINARY = (IN, NOT_IN, EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER, LESS)
SPELLED = {IN: IN, NOT_IN: NOT_IN, "=": EQUALS, "==": DOUBLE_EQUALS, "!=": NOT_EQUALS,
           ">": GREATER, "<": LESS}  # fmt: skip
SYMBOLS = frozenset(("==", "!=", *"=!(),<>"))
TOKEN = re.compile(r"==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+")
INT64 = re.compile("[+-]?[0-9]{1,99}")


class SelectorError(ValueError):
    """The selector cannot be understood; the message is upstream's."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label; ``values`` are sorted."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, value: str | None) -> bool:
        """``value`` is the label's, None where it is absent."""
        match self.operator:
            case "=" | "==" | "in":
                return value in self.values
            case "!=" | "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
        left, right = int64(value or ""), int64(self.values[0])
        if left is None or right is None:
            return False
        return left > right if self.operator == GREATER else left < right

    def __str__(self) -> str:
        values = ",".join(self.values)
        match self.operator:
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({values})"
        symbol = {GREATER: ">", LESS: "<"}.get(self.operator, self.operator)
        return f"{self.key}{symbol}{values}"


def int64(text: str) -> int | None:
    """As Go's ParseInt; None where it refuses."""
    number = int(text) if INT64.fullmatch(text) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def requirement(key: str, operator: str, values: Sequence[str]) -> Requirement:
    """A checked requirement; raises SelectorError with everything wrong with it."""
    errors = [invalid("key", key, "; ".join(m))] if (m := names.label_key(key)) else []
    errors += check_count(operator, values)
    for index, value in enumerate(values):
        if messages := names.label_value(value):
            errors.append(invalid(f"values[{index}][{key}]", value, "; ".join(messages)))
    if errors:
        raise SelectorError(aggregate([str(error) for error in errors]))
    return Requirement(key, operator, tuple(sorted(set(values))))


def check_count(operator: str, values: Sequence[str]) -> list[FieldError]:
    """How many values an operator takes, and of which form."""

    def wrong(detail: str) -> list[FieldError]:
        return [invalid("values", list(values), detail)]

    if operator in (IN, NOT_IN):
        says = "for 'in', 'notin' operators, values set can't be empty"
        return [] if values else wrong(says)
    if operator in (EQUALS, DOUBLE_EQUALS, NOT_EQUALS):
        says = "exact-match compatibility requires one single value"
        return [] if len(values) == 1 else wrong(says)
    if operator in (EXISTS, ABSENT):
        says = "values set must be empty for exists and does not exist"
        return wrong(says) if values else []
    if operator not in (GREATER, LESS):
        return [not_supported("operator", operator, (*BINARY, EXISTS, ABSENT))]
    says = "for 'Gt', 'Lt' operators, exactly one value is required"
    errors = [] if len(values) == 1 else wrong(says)
    says = "for 'Gt', 'Lt' operators, the value must be an integer"
    bad = [(i, v) for i, v in enumerate(values) if int64(v) is None]
    return errors + [invalid(f"values[{i}]", v, says) for i, v in bad]


def aggregate(messages: list[str]) -> str:
    """Several errors in one line, as ``utilerrors.Aggregate`` prints them."""
    return messages[0] if len(messages) == 1 else f"[{', '.join(dict.fromkeys(messages))}]"


def parse(text: str) -> list[Requirement]:
    """The requirements, ordered by key. Raises SelectorError."""
    return sorted(Parser(text).requirements(), key=lambda r: r.key)


class Parser:
    """Tokens and a position; ``""`` is the end. A name is any token that is no symbol."""

    def __init__(self, text: str) -> None:
        self.tokens = [*TOKEN.findall(text), ""]
        self.position = 0

    @property
    def next(self) -> str:
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    def take(self) -> str:
        token = self.next
        self.position += 1
        return token

    def requirements(self) -> list[Requirement]:
        found: list[Requirement] = []
        if not self.next:
            return found
        if not (is_name(self.next) or self.next == ABSENT):
            says = "expected: !, identifier, or 'end of string'"
            raise SelectorError(f"found '{self.next}', {says}")
        while True:
            try:
                found.append(self.requirement())
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from None
            if not (follows := self.take()):
                return found
            if follows != ",":
                raise SelectorError(f"found '{follows}', expected: ',' or 'end of string'")
            if not (is_name(self.next) or self.next == ABSENT):
                raise SelectorError(f"found '{self.next}', expected: identifier after ','")

    def requirement(self) -> Requirement:
        negated = self.next == ABSENT
        if negated:
            self.take()
        key = self.take()
        if not is_name(key):
            raise SelectorError(f"found '{key}', expected: identifier")
        if messages := names.label_key(key):
            raise SelectorError(str(invalid("<nil>", key, "; ".join(messages))))
        if self.next in ("", ","):
            return requirement(key, ABSENT if negated else EXISTS, ())
        operator = self.operator()
        values = self.several() if operator in (IN, NOT_IN) else {self.single()}
        return requirement(key, operator, sorted(values))

    def operator(self) -> str:
        token = self.take()
        if token not in SPELLED:
            raise SelectorError(f"found '{token}', expected: {', '.join(BINARY)}")
        return SPELLED[token]

    def single(self) -> str:
        if self.next in ("", ","):
            return ""
        token = self.take()
        if not is_name(token):
            raise SelectorError(f"found '{token}', expected: identifier")
        return token

    def several(self) -> set[str]:
        """``(a,,b)``: what is left out between commas is the empty value."""
        if (token := self.take()) != "(":
            raise SelectorError(f"found '{token}' expected: '('")
        if self.next not in (")", ",") and not is_name(self.next):
            raise SelectorError(f"found '{self.next}', expected: ',', ')' or identifier")
        values: set[str] = set()
        while True:
            if is_name(self.next):
                values.add(self.take())
                if self.next not in (",", ")"):
                    raise SelectorError(f"found '{self.next}', expected: ',' or ')'")
            elif self.next in (",", ")"):
                values.add("")
            else:
                raise SelectorError(f"found '{self.next}', expected: ',', or identifier")
            if self.take() == ")":
                return values


def is_name(token: str) -> bool:
    return token != "" and token not in SYMBOLS
