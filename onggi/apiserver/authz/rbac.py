"""Role-based access, exactly as upstream decides it, in about a microsecond.

The roles and bindings of the store are kept compiled. Before an answer, whatever the store has
written since is taken in, so that a binding counts from the moment it is acknowledged. Answers are
remembered for each subject until a role or binding changes.
Source: ``pkg/registry/rbac/validation/rule.go``, ``plugin/pkg/auth/authorizer/rbac/rbac.go``.
"""

from collections.abc import Iterator
from typing import NamedTuple

from onggi.api.gotext import quote
from onggi.api.http import User
from onggi.api.objects import View
from onggi.apiserver.authz.attributes import Attributes, Decision
from onggi.apiserver.authz.rules import Rule, allows
from onggi.store.store import Change, Compacted, Store, Watch

GROUP = "rbac.authorization.k8s.io"
ROLES = (f"clusterroles.{GROUP}", f"roles.{GROUP}")
BINDINGS = (f"clusterrolebindings.{GROUP}", f"rolebindings.{GROUP}")
REMEMBERED = 4096  # subjects, and answers for each: bounds, not limits of what works
ACCOUNT = "system:serviceaccount:"

Place = tuple[str, str]  # namespace (empty: cluster-wide), name


class Subject(NamedTuple):
    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        shown = f"{self.name}/{self.namespace}" if self.kind == "ServiceAccount" else self.name
        return f"{self.kind} {quote(shown)}"


class Binding(NamedTuple):
    place: Place
    role_kind: str
    role: str
    subjects: tuple[Subject, ...]

    def describe(self, subject: Subject) -> str:
        namespace, name = self.place
        kind, shown = (
            ("RoleBinding", f"{name}/{namespace}")
            if namespace
            else (
                "ClusterRoleBinding",
                name,
            )
        )
        return f"{kind} {quote(shown)} of {self.role_kind} {quote(self.role)} to {subject}"


class Grant(NamedTuple):
    """A rule that somebody has, and the binding that gave it."""

    rule: Rule
    binding: Binding
    subject: Subject


class Access:
    """What one user may do in one namespace, with the answers given so far."""

    __slots__ = ("answers", "by_name", "grants", "problems")

    def __init__(self, grants: tuple[Grant, ...], problems: tuple[str, ...]) -> None:
        self.grants, self.problems = grants, problems
        self.by_name = any(grant.rule.names for grant in grants)
        self.answers: dict[tuple[str, ...], Decision] = {}

    def decide(self, asked: Attributes) -> Decision:
        name = asked.name if self.by_name else ""
        key = asked.verb, asked.group, asked.resource, asked.subresource, asked.path, name
        answer = self.answers.get(key)
        if answer is None:
            if len(self.answers) > REMEMBERED:
                self.answers.clear()
            answer = self.answers[key] = self._judge(asked)
        return answer

    def _judge(self, asked: Attributes) -> Decision:
        for rule, binding, subject in self.grants:
            if allows(rule, asked):
                return Decision(True, f"RBAC: allowed by {binding.describe(subject)}")
        return Decision(False, f"RBAC: {aggregate(self.problems)}" if self.problems else "")


class Rbac:
    """The roles and bindings of a store, and what they add up to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reload()

    def authorize(self, asked: Attributes) -> Decision:
        return self.access(asked.user, asked.namespace).decide(asked)

    def access(self, user: User, namespace: str) -> Access:
        if self.store.revision != self._seen:
            self._catch_up()
        key = user.name, user.groups, namespace
        found = self._known.get(key)
        if found is None:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._resolve(user, namespace)
        return found

    def role(self, kind: str, namespace: str, name: str) -> tuple[Rule, ...] | None:
        """The rules of the role that a binding in ``namespace`` refers to."""
        if self.store.revision != self._seen:
            self._catch_up()
        return self._role(kind, namespace, name)

    def reload(self) -> None:
        """Read everything anew."""
        self._seen = self.store.revision
        self._watches: dict[str, Watch] = {
            resource: self.store.watch(resource, since=self._seen) for resource in ROLES + BINDINGS
        }
        self._known: dict[tuple[str, tuple[str, ...], str], Access] = {}
        self._roles: dict[Place, tuple[Rule, ...]] = {}
        self._bindings: dict[str, dict[str, Binding]] = {}  # namespace → name
        for resource in self._watches:
            for record in self.store.list(resource):
                self._put(resource, record.object)

    def _catch_up(self) -> None:
        try:
            news = [(r, change) for r, w in self._watches.items() for change in w.ready()]
        except Compacted:
            self.reload()
            return
        self._seen = self.store.revision
        if news:
            self._known.clear()
        for resource, change in news:
            self._take(resource, change)

    def _take(self, resource: str, change: Change) -> None:
        namespace, name = change.new.key.namespace, change.new.key.name
        if change.type != "DELETED":
            self._put(resource, change.new.object)
        elif resource in ROLES:
            self._roles.pop((namespace, name), None)
        else:
            self._bindings.get(namespace, {}).pop(name, None)

    def _put(self, resource: str, obj: View) -> None:
        namespace, name = obj["metadata"].get("namespace", ""), obj["metadata"]["name"]
        if resource in ROLES:
            self._roles[namespace, name] = tuple(Rule.of(r) for r in obj.get("rules") or ())
        else:
            self._bindings.setdefault(namespace, {})[name] = binding(obj)

    def _role(self, kind: str, namespace: str, name: str) -> tuple[Rule, ...] | None:
        return self._roles.get((namespace if kind == "Role" else "", name))

    def _resolve(self, user: User, namespace: str) -> Access:
        grants: list[Grant] = []
        problems: list[str] = []
        for bound, subject in self._bound(user, namespace):
            rules = self._role(bound.role_kind, bound.place[0], bound.role)
            if rules is None:
                problems.append(f"{bound.role_kind.lower()}.{GROUP} {quote(bound.role)} not found")
            else:
                grants += (Grant(rule, bound, subject) for rule in rules)
        return Access(tuple(grants), tuple(problems))

    def _bound(self, user: User, namespace: str) -> Iterator[tuple[Binding, Subject]]:
        for place in ("", namespace) if namespace else ("",):
            for bound in self._bindings.get(place, {}).values():
                subject = next((s for s in bound.subjects if _is(s, user)), None)
                if subject:
                    yield bound, subject


def binding(obj: View) -> Binding:
    """A RoleBinding or ClusterRoleBinding, read."""
    namespace = obj["metadata"].get("namespace", "")
    subjects = tuple(
        Subject(
            s["kind"],
            s["name"],
            s.get("namespace") or (namespace if s["kind"] == "ServiceAccount" else ""),
        )
        for s in obj.get("subjects") or ()
    )
    ref = obj["roleRef"]
    return Binding((namespace, obj["metadata"]["name"]), ref["kind"], ref["name"], subjects)


def _is(subject: Subject, user: User) -> bool:
    match subject.kind:
        case "User":
            return user.name == subject.name
        case "Group":
            return subject.name in user.groups
        case "ServiceAccount":
            account = f"{ACCOUNT}{subject.namespace}:{subject.name}"
            return bool(subject.namespace) and user.name == account
    return False


def aggregate(problems: tuple[str, ...]) -> str:
    """Several errors in one line, each once (``utilerrors.NewAggregate``)."""
    once = tuple(dict.fromkeys(problems))
    return once[0] if len(once) == 1 else f"[{', '.join(once)}]"
