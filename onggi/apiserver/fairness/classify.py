"""Which priority level and which flow a request belongs to, by the FlowSchemas there are. Pure.

    digest = Digest.of(schemas, levels)          decoded FlowSchemas, PriorityLevelConfigurations
    digest.flow(user, target) -> Flow(...)

Source: ``staging/src/k8s.io/apiserver/pkg/util/flowcontrol/rule.go``; the two mandatory pairs,
``exempt`` and ``catch-all``, hold even where somebody deleted their objects.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from onggi.api.http import User
from onggi.api.objects import View
from onggi.apiserver.fairness.level import Level
from onggi.apiserver.path import Target

REMEMBERED = 4096  # answers
LAST = 10_000  # the precedence of catch-all
DEFAULT_SHARES, CATCH_ALL_SHARES = 30, 5
SEATS = 600  # requests at once, as upstream's 400 that read and 200 that write
ACCOUNT = "system:serviceaccount:"


class Flow(NamedTuple):
    """``headers`` tell the client what it was counted as."""

    level: Level
    key: str
    headers: Mapping[str, str]


class Schema(NamedTuple):
    """One FlowSchema. ``by`` is ByUser, ByNamespace or empty: one flow for all."""

    precedence: int
    name: str
    uid: str
    level: Level
    by: str
    rules: tuple[View, ...]

    def of(self, user: User, target: Target) -> Flow:
        who = {"ByUser": user.name, "ByNamespace": target.namespace}.get(self.by, "")
        headers = {
            "X-Kubernetes-PF-FlowSchema-UID": self.uid,
            "X-Kubernetes-PF-PriorityLevel-UID": self.level.uid,
        }
        return Flow(self.level, f"{self.name}/{who}", headers)


class Digest:
    """What a set of FlowSchemas and levels amounts to, with the answers given so far."""

    def __init__(self, schemas: Iterable[Schema], levels: Iterable[Level]) -> None:
        self.schemas = sorted(schemas, key=lambda s: (s.precedence, s.name))
        self.levels = tuple(levels)
        self._known: dict[tuple[str, ...], Flow] = {}

    @staticmethod
    def of(schemas: Iterable[View], levels: Iterable[View]) -> "Digest":
        made = {level.name: level for level in map(level_of, levels)}
        made.setdefault("exempt", Level(name="exempt", exempt=True))
        made.setdefault("catch-all", Level(name="catch-all", shares=CATCH_ALL_SHARES, rejects=True))
        share_out(made.values())
        found = [schema_of(schema, made) for schema in schemas]
        known = [schema for schema in found if schema]
        return Digest([*known, *mandatory({s.name for s in known}, made)], made.values())

    def flow(self, user: User, target: Target) -> Flow:
        key = (user.name, *user.groups, *target[1:6], target.subresource)
        if not target.resource:
            key = (*key, target.path)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._judge(user, target)
        return found

    def _judge(self, user: User, target: Target) -> Flow:
        """The last schema matches everybody."""
        matching = (s for s in self.schemas if any(matches(r, user, target) for r in s.rules))
        return next(matching, self.schemas[-1]).of(user, target)


def level_of(obj: View) -> Level:
    meta, spec = obj["metadata"], obj.get("spec") or {}
    limited = spec.get("limited") or {}
    response = limited.get("limitResponse") or {}
    queuing = response.get("queuing") or {}
    length = queuing.get("queueLengthLimit", 50)
    return Level(
        name=meta["name"],
        uid=meta.get("uid", ""),
        exempt=spec.get("type") == "Exempt",
        shares=limited.get("nominalConcurrencyShares", DEFAULT_SHARES),
        rejects=response.get("type") == "Reject",
        longest=length * queuing.get("queues", 64),
        longest_flow=length * queuing.get("handSize", 8),
    )


def share_out(levels: Iterable[Level]) -> None:
    """A level's seats are its part of all (``nominalConcurrencyLimit``)."""
    limited = [level for level in levels if not level.exempt]
    total = sum(level.shares for level in limited) or 1
    for level in limited:
        level.seats = -(-SEATS * level.shares // total)


def schema_of(obj: View, levels: Mapping[str, Level]) -> Schema | None:
    """None for one whose level is not there, as upstream's "dangling"."""
    meta, spec = obj["metadata"], obj.get("spec") or {}
    level = levels.get((spec.get("priorityLevelConfiguration") or {}).get("name", ""))
    if level is None:
        return None
    return Schema(
        spec.get("matchingPrecedence", 1000),
        meta["name"],
        meta.get("uid", ""),
        level,
        (spec.get("distinguisherMethod") or {}).get("type", ""),
        tuple(spec.get("rules") or ()),
    )


EVERYBODY = [
    {"kind": "Group", "group": {"name": "system:authenticated"}},
    {"kind": "Group", "group": {"name": "system:unauthenticated"}},
]
EVERYTHING: View = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"],
                       "clusterScope": True, "namespaces": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
}  # fmt: skip
MASTERS = [{"kind": "Group", "group": {"name": "system:masters"}}]


def mandatory(present: set[str], levels: Mapping[str, Level]) -> Iterator[Schema]:
    """``exempt`` for the masters where it is missing, and something that always matches."""
    if "exempt" not in present:
        rule = {**EVERYTHING, "subjects": MASTERS}
        yield Schema(1, "exempt", "", levels["exempt"], "", (rule,))
    if "catch-all" not in present:
        rule = {**EVERYTHING, "subjects": EVERYBODY}
        yield Schema(LAST, "catch-all", "", levels["catch-all"], "ByUser", (rule,))


def matches(rule: View, user: User, target: Target) -> bool:
    """One PolicyRulesWithSubjects."""
    if not any(is_subject(subject, user) for subject in rule.get("subjects") or ()):
        return False
    if target.resource:
        return any(is_resource(r, target) for r in rule.get("resourceRules") or ())
    return any(is_path(r, target) for r in rule.get("nonResourceRules") or ())


def is_subject(subject: View, user: User) -> bool:
    match subject.get("kind"):
        case "User":
            return within(user.name, [name_in(subject, "user")])
        case "Group":
            name = name_in(subject, "group")
            return name == "*" or name in user.groups
        case "ServiceAccount":
            account = subject.get("serviceAccount") or {}
            space, name = account.get("namespace", ""), account.get("name", "")
            if name == "*":
                return user.name.startswith(f"{ACCOUNT}{space}:")
            return user.name == f"{ACCOUNT}{space}:{name}"
    return False


def name_in(subject: View, kind: str) -> str:
    return str((subject.get(kind) or {}).get("name", ""))


def is_resource(rule: View, target: Target) -> bool:
    sub = target.subresource
    resource = f"{target.resource}/{sub}" if sub else target.resource
    return (
        within(target.verb, rule.get("verbs"))
        and within(target.group, rule.get("apiGroups"))
        and within(resource, rule.get("resources"))
        and in_scope(rule, target.namespace)
    )


def in_scope(rule: View, namespace: str) -> bool:
    if not namespace:
        return bool(rule.get("clusterScope"))
    return within(namespace, rule.get("namespaces"))


def is_path(rule: View, target: Target) -> bool:
    if not within(target.verb, rule.get("verbs")):
        return False
    for url in rule.get("nonResourceURLs") or ():
        if url == target.path or (url.endswith("*") and target.path.startswith(url[:-1])):
            return True
    return False


def within(value: str, allowed: Any) -> bool:
    return value in (allowed or ()) or "*" in (allowed or ())
