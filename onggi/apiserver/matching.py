"""Whether a webhook or an admission policy is asked about a request. Pure.

A ``Criteria`` is made once for each configuration, and read for every write after that; an
object is matched as the kind that it was sent as or, by ``matchPolicy: Equivalent``, as another
version of the same thing. Sources: ``k8s.io/apiserver/pkg/admission/plugin/webhook/predicates``,
``.../webhook/generic/webhook.go`` (ShouldCallHook), ``.../policy/matching/matching.go``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from onggi.api.errors import NotFound
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.api.selectors import EVERYTHING, LabelSelector, of_object
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Review
from onggi.kinds.core.namespace import NAMESPACE

ANY = "*"
CONFIGURATION = "admissionregistration.k8s.io"
REVIEWS = ("authentication.k8s.io", "authorization.k8s.io")
EXEMPT = frozenset({
    "validatingwebhookconfigurations", "mutatingwebhookconfigurations",
    "validatingadmissionpolicies", "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies", "mutatingadmissionpolicybindings",
})  # fmt: skip


class Asked(NamedTuple):
    """What a rule looks at; ``namespace`` is, for a Namespace, its own name."""

    operation: str
    group: str
    version: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def is_namespace(self) -> bool:
        return (self.group, self.resource) == ("", "namespaces")


@dataclass(frozen=True, slots=True)
class Rule:
    """``RuleWithOperations``; ``resources`` are (resource, subresource). An empty ``names`` is
    any name."""

    operations: frozenset[str]
    groups: frozenset[str]
    versions: frozenset[str]
    resources: tuple[tuple[str, str], ...]
    scope: str = ANY
    names: frozenset[str] = frozenset()

    def matches(self, asked: Asked) -> bool:
        return (
            allows(self.operations, asked.operation)
            and allows(self.groups, asked.group)
            and allows(self.versions, asked.version)
            and self._resource(asked)
            and self._scope(asked)
            and (not self.names or asked.name in self.names)
        )

    def _resource(self, asked: Asked) -> bool:
        return any(
            resource in (ANY, asked.resource) and sub in (ANY, asked.subresource)
            for resource, sub in self.resources
        )

    def _scope(self, asked: Asked) -> bool:
        namespaced = bool(asked.namespace) and not asked.is_namespace
        if self.scope == "Namespaced":
            return namespaced
        return not namespaced if self.scope == "Cluster" else self.scope == ANY


@dataclass(frozen=True, slots=True)
class Criteria:
    """``everything``: where there are no rules at all, as a policy may have it, all requests
    match; those of ``excluded`` never do."""

    rules: tuple[Rule, ...]
    excluded: tuple[Rule, ...] = ()
    everything: bool = False
    equivalent: bool = True
    namespaces: LabelSelector = EVERYTHING
    objects: LabelSelector = EVERYTHING


def allows(items: frozenset[str], asked: str) -> bool:
    return asked in items or ANY in items


def rule(written: View) -> Rule:
    """From a rule of a webhook or of ``matchConstraints``."""
    return Rule(
        operations=frozenset(written.get("operations") or ()),
        groups=frozenset(written.get("apiGroups") or ()),
        versions=frozenset(written.get("apiVersions") or ()),
        resources=tuple(split(resource) for resource in written.get("resources") or ()),
        scope=written.get("scope") or ANY,
        names=frozenset(written.get("resourceNames") or ()),
    )


def split(resource: str) -> tuple[str, str]:
    """``pods/exec`` and ``pods``."""
    name, _, sub = resource.partition("/")
    return name, sub


def webhook_criteria(hook: View) -> Criteria:
    """From a defaulted webhook of a configuration."""
    return _criteria(hook, tuple(map(rule, hook.get("rules") or ())))


def policy_criteria(resources: View) -> Criteria:
    """From defaulted ``MatchResources``: ``matchConstraints``, or those of a binding."""
    found = tuple(map(rule, resources.get("resourceRules") or ()))
    excluded = tuple(map(rule, resources.get("excludeResourceRules") or ()))
    return _criteria(resources, found, excluded, everything=not found)


def _criteria(
    written: View,
    rules: tuple[Rule, ...],
    excluded: tuple[Rule, ...] = (),
    everything: bool = False,
) -> Criteria:
    return Criteria(
        rules,
        excluded,
        everything,
        equivalent=written.get("matchPolicy", "Equivalent") == "Equivalent",
        namespaces=of_object(written.get("namespaceSelector") or {}),
        objects=of_object(written.get("objectSelector") or {}),
    )


def asked_of(review: Review) -> Asked:
    call = review.call
    kind, target = call.kind, call.target
    obj = review.obj if review.operation == CREATE else None
    name = target.name or ((obj or {}).get("metadata") or {}).get("name") or ""
    if target.verb == "deletecollection":  # upstream names the object in ``oldObject`` alone
        name = ""
    namespace = name if kind is NAMESPACE or kind.resource == "namespaces" else call.namespace
    return Asked(
        review.operation, kind.group, kind.version, kind.plural, target.subresource, namespace, name
    )


def exempt(review: Review) -> bool:
    """What must never be locked out by what it configures: the configuration of admission, and
    the questions who somebody is and what they may."""
    kind = review.call.kind
    if kind.group == CONFIGURATION:
        return kind.plural in EXEMPT
    return kind.virtual and kind.group in REVIEWS


def equivalents(kinds: Iterable[Kind]) -> Mapping[str, Sequence[Kind]]:
    """Kinds by where they are kept, where more than one is: versions, and renamed groups."""
    found: dict[str, list[Kind]] = {}
    for kind in kinds:
        if not kind.virtual:
            found.setdefault(kind.stored_resource, []).append(kind)
    return {resource: same for resource, same in found.items() if len(same) > 1}


@dataclass(slots=True)
class Question:
    """A review on its way past many criteria: what they look at is worked out once.

    ``same`` are the kinds that are kept in the same place as the request's, with that one.
    """

    review: Review
    lookup: Lookup
    same: Sequence[Kind] = ()
    asked: Asked = field(init=False)

    def __post_init__(self) -> None:
        self.asked = asked_of(self.review)

    def kind(self, criteria: Criteria) -> Kind | None:
        """As which kind the request matches, of those that it can be seen as; None if it does
        not. Raises NotFound where a namespace is to be looked at that does not exist."""
        if not self._object(criteria.objects):
            return None
        if any(self._by(rule, criteria.equivalent) for rule in criteria.excluded):
            return None
        found = self._rules(criteria)
        if found is None or not self._namespace(criteria.namespaces):
            return None
        return found

    def _rules(self, criteria: Criteria) -> Kind | None:
        if criteria.everything:
            return self.review.call.kind
        if any(rule.matches(self.asked) for rule in criteria.rules):
            return self.review.call.kind
        if not criteria.equivalent or len(self.same) < 2:
            return None
        return next(filter(None, (self._by(rule, True) for rule in criteria.rules)), None)

    def _by(self, rule: Rule, equivalent: bool) -> Kind | None:
        if rule.matches(self.asked):
            return self.review.call.kind
        for kind in self.same if equivalent else ():
            names = {"group": kind.group, "version": kind.version, "resource": kind.plural}
            if rule.matches(self.asked._replace(**names)):
                return kind
        return None

    def _object(self, selector: LabelSelector) -> bool:
        if selector.empty:
            return True
        seen = (self.review.obj, self.review.old)
        return any(obj is not None and selector.matches(labels(obj)) for obj in seen)

    def _namespace(self, selector: LabelSelector) -> bool:
        if selector.empty or not (self.asked.namespace or self.asked.is_namespace):
            return True
        return selector.matches(self.namespace_labels())

    def namespace_labels(self) -> Mapping[str, str]:
        """Those that the namespace is to have, where the request is about a namespace."""
        asked, obj = self.asked, self.review.obj
        if asked.is_namespace and not asked.subresource and asked.operation in (CREATE, UPDATE):
            return labels(obj or {})
        found = self.lookup.get(NAMESPACE, "", asked.namespace)
        if found is None:
            raise NotFound("namespaces", asked.namespace)
        return labels(found)


def labels(obj: View) -> Mapping[str, str]:
    return (obj.get("metadata") or {}).get("labels") or {}
