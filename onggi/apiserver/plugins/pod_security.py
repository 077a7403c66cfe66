"""PodSecurity: a namespace's labels say which standard its pods keep.

Source: ``k8s.io/pod-security-admission/admission`` and ``.../api``. Nobody is exempt; without
labels everything is allowed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from onggi.api.errors import Forbidden, Invalid
from onggi.api.field_error import FieldError, invalid
from onggi.api.objects import View, get
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Review
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.standards import LATEST, Verdict, evaluate
from onggi.kinds.core.pod.standards.table import LEVELS, PRIVILEGED, RESTRICTED

PREFIX = "pod-security.kubernetes.io/"
VERSION = re.compile(r"v1\.(0|[1-9][0-9]*)")
IGNORED = {"exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"}
TEMPLATES = {
    "podtemplates": "template",
    "replicationcontrollers": "spec.template",
    "replicasets.apps": "spec.template",
    "deployments.apps": "spec.template",
    "statefulsets.apps": "spec.template",
    "daemonsets.apps": "spec.template",
    "jobs.batch": "spec.template",
    "cronjobs.batch": "spec.jobTemplate.spec.template",
}
MOST_PODS = 3000  # looked at when a namespace's level changes


class Level(NamedTuple):
    name: str = PRIVILEGED
    version: str = "latest"

    def __str__(self) -> str:
        return f"{self.name}:{self.version}"

    def judge(self, pod: View) -> list[Verdict]:
        if self.name == PRIVILEGED:
            return []
        minor = LATEST if self.version == "latest" else int(self.version.removeprefix("v1."))
        return evaluate(self.name, minor, pod.get("metadata") or {}, pod.get("spec") or {})


class Policy(NamedTuple):
    enforce: Level = Level()
    audit: Level = Level()
    warn: Level = Level()


EVERYTHING_GOES = Policy()


def pod_security(review: Review, lookup: Lookup) -> None:
    if review.obj is None or review.operation not in (CREATE, UPDATE):
        return
    kind = review.call.kind
    if kind is POD:
        check_pod(review, lookup)
    elif kind is NAMESPACE:
        if not review.subresource:
            check_namespace(review, lookup)
    elif not review.subresource and (path := TEMPLATES.get(kind.resource)):
        check_template(review, lookup, path)


def check_pod(review: Review, lookup: Lookup) -> None:
    if review.subresource in IGNORED:
        return
    policy = policy_of(review, lookup)
    review.call.annotations[f"{PREFIX}enforce-policy"] = str(policy.enforce)
    if policy == EVERYTHING_GOES:
        return
    pod = review.obj or {}
    if review.operation == UPDATE and not is_significant(pod, review.old or {}):
        return
    note(review, policy.audit, pod)
    if verdicts := policy.enforce.judge(pod):
        why = f'violates PodSecurity "{policy.enforce}": {listed(verdicts)}'
        raise Forbidden(POD.resource, get(pod, "metadata.name") or "", why)
    warn(review, policy.warn, pod)


def check_template(review: Review, lookup: Lookup, path: str) -> None:
    """What makes pods is let in, with a warning that its pods will not be."""
    policy = policy_of(review, lookup)
    template = get(review.obj or {}, path)
    if policy != EVERYTHING_GOES and template is not None:
        note(review, policy.audit, template)
        warn(review, policy.warn, template)


def note(review: Review, level: Level, pod: View) -> None:
    """In the audit log."""
    if verdicts := level.judge(pod):
        review.call.annotations[f"{PREFIX}audit-violations"] = would(level, verdicts)


def warn(review: Review, level: Level, pod: View) -> None:
    if verdicts := level.judge(pod):
        review.call.warnings.append(would(level, verdicts))


def would(level: Level, verdicts: Sequence[Verdict]) -> str:
    return f'would violate PodSecurity "{level}": {listed(verdicts)}'


def listed(verdicts: Sequence[Verdict]) -> str:
    return ", ".join(map(str, verdicts))


def policy_of(review: Review, lookup: Lookup) -> Policy:
    namespace = lookup.get(NAMESPACE, "", review.call.namespace)
    labels = get(namespace or {}, "metadata.labels") or {}
    if not any(key.startswith(PREFIX) for key in labels):
        return EVERYTHING_GOES
    return read(labels)[0]


def read(labels: Mapping[str, str]) -> tuple[Policy, list[FieldError]]:
    """What the labels say; what they say wrongly is read the strict way for pods that run, the
    lenient way for mere words."""
    errors: list[FieldError] = []
    levels = {}
    for mode in ("enforce", "audit", "warn"):
        name, version = labels.get(PREFIX + mode), labels.get(f"{PREFIX}{mode}-version")
        errors += wrong(mode, name, version)
        strict = RESTRICTED if mode == "enforce" else PRIVILEGED
        known = (name or PRIVILEGED) if name is None or name in LEVELS else strict
        levels[mode] = Level(known, version if version and is_version(version) else "latest")
    policy = Policy(**levels)
    asked = labels.get(f"{PREFIX}enforce") in LEVELS and f"{PREFIX}warn" not in labels
    if asked and rank(policy.enforce) > rank(policy.warn):
        own = f"{PREFIX}warn-version" in labels
        version = policy.warn.version if own else policy.enforce.version
        policy = policy._replace(warn=Level(policy.enforce.name, version))
    return policy, errors


def wrong(mode: str, name: str | None, version: str | None) -> Iterator[FieldError]:
    if name is not None and name not in LEVELS:
        path = f"metadata.labels[{PREFIX}{mode}]"
        yield invalid(path, name, f"must be one of {', '.join(LEVELS)}")
    if version is not None and not is_version(version):
        path = f"metadata.labels[{PREFIX}{mode}-version]"
        yield invalid(path, version, 'must be "latest" or "v1.x"')


def is_version(text: str) -> bool:
    return text == "latest" or VERSION.fullmatch(text) is not None


def rank(level: Level) -> int:
    return LEVELS.index(level.name)


def is_significant(pod: View, old: View) -> bool:
    """Of what may change in a pod, only images and new containers matter."""
    for field in ("containers", "initContainers"):
        after, before = images(pod, field), images(old, field)
        if len(after) != len(before) or after != before:
            return True
    known = dict(images(old, "ephemeralContainers"))
    return any(known.get(name) != image for name, image in images(pod, "ephemeralContainers"))


def images(pod: View, field: str) -> list[tuple[str, str]]:
    containers = get(pod, f"spec.{field}") or ()
    return [(c.get("name") or "", c.get("image") or "") for c in containers]


def check_namespace(review: Review, lookup: Lookup) -> None:
    """Labels that can be read; and a word about pods that would not be let in any more."""
    new, errors = read(get(review.obj or {}, "metadata.labels") or {})
    old, before = read(get(review.old or {}, "metadata.labels") or {})
    name = get(review.obj or {}, "metadata.name") or ""
    if errors and (review.operation == CREATE or errors != before):
        raise Invalid(NAMESPACE.name, name, errors)
    if review.operation == CREATE or new.enforce == old.enforce:
        return
    relaxed = rank(new.enforce) <= rank(old.enforce)
    if new.enforce.version != old.enforce.version or not relaxed:
        review.call.warnings += existing(lookup.list(POD, name), name, new.enforce)


def existing(pods: Sequence[View], namespace: str, level: Level) -> list[str]:
    """What is wrong with pods that run, each once, with the first pod's name."""
    checked = by_controller(pods)[:MOST_PODS]
    found: dict[str, list[str]] = {}
    for pod in checked:
        if verdicts := level.judge(pod):
            text = ", ".join(verdict.reason for verdict in verdicts)
            found.setdefault(text, []).append(pod["metadata"]["name"])
    said = []
    if len(checked) < len(pods):
        said.append(
            "new PodSecurity enforce level only checked against the first "
            f"{len(checked)} of {len(pods)} existing pods"
        )
    if found:
        said.append(
            f'existing pods in namespace "{namespace}" violate the new PodSecurity enforce level '
            f'"{level}"'
        )
    return said + sorted(f"{who(names)}: {text}" for text, names in found.items())


def who(names: list[str]) -> str:
    more = len(names) - 1
    if not more:
        return names[0]
    return f"{min(names)} (and {more} other pod{'' if more == 1 else 's'})"


def by_controller(pods: Sequence[View]) -> list[View]:
    """The first pod of each controller before all the others."""
    seen: set[str] = set()
    first, others = list[View](), list[View]()
    for pod in pods:
        owners = get(pod, "metadata.ownerReferences") or ()
        uid = next((o.get("uid") or "" for o in owners if o.get("controller")), None)
        (first if uid is None or uid not in seen else others).append(pod)
        if uid is not None:
            seen.add(uid)
    return first + others
