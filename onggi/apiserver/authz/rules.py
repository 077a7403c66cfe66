"""One RBAC rule: what it allows, and whether a set of rules covers another. Pure.

Source: ``pkg/apis/rbac/v1/evaluation_helpers.go`` and
``k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go``.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from onggi.api.gotext import quote
from onggi.api.objects import Object, View
from onggi.apiserver.authz.attributes import Attributes

Words = tuple[str, ...]


class Rule(NamedTuple):
    """A PolicyRule."""

    verbs: Words
    groups: Words = ()
    resources: Words = ()
    names: Words = ()
    urls: Words = ()

    @staticmethod
    def of(view: View) -> "Rule":
        return Rule(*(tuple(view.get(field) or ()) for field in FIELDS))

    def object(self) -> Object:
        """As JSON, without what is empty."""
        return {field: list(words) for field, words in zip(FIELDS, self, strict=True) if words}

    def __str__(self) -> str:
        """How upstream names a rule in messages (``CompactString``)."""
        parts = ((title, getattr(self, attribute)) for title, attribute in SHOWN)
        return "{" + ", ".join(f"{title}:{listed(words)}" for title, words in parts if words) + "}"


FIELDS = ("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
SHOWN = (
    ("APIGroups", "groups"),
    ("Resources", "resources"),
    ("NonResourceURLs", "urls"),
    ("ResourceNames", "names"),
    ("Verbs", "verbs"),
)
EVERYTHING = (
    Rule(verbs=("*",), groups=("*",), resources=("*",)),
    Rule(verbs=("*",), urls=("*",)),
)


def listed(words: Iterable[str]) -> str:
    """As Go's ``%q`` shows a list."""
    return "[" + " ".join(quote(word) for word in words) + "]"


def allows(rule: Rule, asked: Attributes) -> bool:
    if not _has(rule.verbs, asked.verb):
        return False
    if not asked.is_resource:
        return any(_url_covers(url, asked.path) for url in rule.urls)
    return (
        _has(rule.groups, asked.group)
        and _resource_matches(rule.resources, asked.resource, asked.subresource)
        and (not rule.names or asked.name in rule.names)
    )


def _has(words: Words, word: str) -> bool:
    return "*" in words or word in words


def _resource_matches(words: Words, resource: str, subresource: str) -> bool:
    if "*" in words:
        return True
    if not subresource:
        return resource in words
    return f"{resource}/{subresource}" in words or f"*/{subresource}" in words


def _url_covers(pattern: str, path: str) -> bool:
    if pattern in ("*", path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))


def missing(held: Sequence[Rule], wanted: Iterable[Rule]) -> list[Rule]:
    """What ``wanted`` grants that ``held`` does not, piece by piece."""
    return [
        piece
        for rule in wanted
        for piece in pieces(rule)
        if not any(covers(owned, piece) for owned in held)
    ]


def pieces(rule: Rule) -> Iterator[Rule]:
    """The rule as rules of one verb, one group, one resource and one name."""
    for group, resource, verb in product(rule.groups, rule.resources, rule.verbs):
        if not rule.names:
            yield Rule((verb,), (group,), (resource,))
        for name in rule.names:
            yield Rule((verb,), (group,), (resource,), (name,))
    for url, verb in product(rule.urls, rule.verbs):
        yield Rule((verb,), urls=(url,))


def covers(held: Rule, wanted: Rule) -> bool:
    return (
        _has_all(held.verbs, wanted.verbs)
        and _has_all(held.groups, wanted.groups)
        and _covers_resources(held.resources, wanted.resources)
        and all(any(_url_covers(h, w) for h in held.urls) for w in wanted.urls)
        and (not held.names or (bool(wanted.names) and set(wanted.names) <= set(held.names)))
    )


def _has_all(held: Words, wanted: Words) -> bool:
    return "*" in held or all(word in held for word in wanted)


def _covers_resources(held: Words, wanted: Words) -> bool:
    if "*" in held:
        return True
    return all(
        path in held or ("/" in path and f"*/{path.partition('/')[2]}" in held) for path in wanted
    )


def compact(rules: Iterable[Rule]) -> list[Rule]:
    """Pieces that differ only by verb, as one rule (``CompactRules``)."""
    whole: list[Rule] = []
    simple: dict[tuple[Words, Words], Rule] = {}
    for rule in rules:
        key = rule.groups, rule.resources
        if rule.names or rule.urls or len(rule.groups) != 1 or len(rule.resources) != 1:
            whole.append(rule)
        elif key in simple:
            simple[key] = rule._replace(verbs=simple[key].verbs + rule.verbs)
        else:
            simple[key] = rule
    return whole + list(simple.values())
