"""What mutating and validating webhooks have in common: defaults and checks.

What an older server accepted stays acceptable in an update. Sources:
``pkg/apis/admissionregistration/{v1/defaults.go,validation/validation.go}``.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required
from onggi.api.kind import Column, Default, Rule
from onggi.api.objects import Object, View
from onggi.api.selectors import check_label_selector
from onggi.kinds.admissionregistration import client_config, match_conditions, review_versions
from onggi.kinds.admissionregistration.rules import check_rule
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import optional_choice
from onggi.kinds.fill import fill_absent, items

FAIL, IGNORE = "Fail", "Ignore"
QUIET = ("None", "NoneOnDryRun")
SIDE_EFFECTS = ("None", "NoneOnDryRun", "Some", "Unknown")
LONGEST = 30  # seconds
HTTPS = 443
DEFAULTS = (
    Default("webhooks[*].failurePolicy", FAIL),
    Default("webhooks[*].matchPolicy", "Equivalent"),
    Default("webhooks[*].namespaceSelector", {}),
    Default("webhooks[*].objectSelector", {}),
    Default("webhooks[*].timeoutSeconds", 10),
)
Hook = Callable[[View, str], Iterator[FieldError]]


def default(obj: Object) -> None:
    """What is left out further inside a webhook."""
    for hook in items(obj, "webhooks"):
        for rule in items(hook, "rules"):
            fill_absent(rule, {"scope": "*"})
        config = hook.get("clientConfig")
        service = config.get("service") if isinstance(config, dict) else None
        if isinstance(service, dict):
            fill_absent(service, {"port": HTTPS})


def hooks(obj: View | None) -> Sequence[View]:
    found: Sequence[View] = (obj or {}).get("webhooks") or ()
    return found


def checks(more: Hook) -> Rule:
    """The rule of a configuration; ``more`` checks what only one kind of webhook has."""

    def check(new: View, old: View | None) -> Iterator[FieldError]:
        before = hooks(old)
        effects = QUIET if all(h.get("sideEffects") in QUIET for h in before) else SIDE_EFFECTS
        versions = [h.get("admissionReviewVersions") or () for h in before]
        known = all(not v or any(r in v for r in review_versions.KNOWN) for v in versions)
        for index, hook in enumerate(hooks(new)):
            path = f"webhooks[{index}]"
            yield from check_hook(hook, path, effects)
            yield from more(hook, path)
            yield from check_client(hook, path)
            yield from check_versions(hook.get("admissionReviewVersions") or (), path, known)
        if unique(before):
            yield from check_unique(hooks(new))

    return check


def unique(found: Sequence[View]) -> bool:
    return len({hook.get("name") for hook in found}) == len(found)


def check_unique(found: Sequence[View]) -> Iterator[FieldError]:
    seen = set[str]()
    for index, hook in enumerate(found):
        name = hook.get("name") or ""
        if name and name in seen:
            yield duplicate(f"webhooks[{index}].name", name)
        seen.add(name)


def check_hook(hook: View, path: str, effects: Sequence[str]) -> Iterator[FieldError]:
    yield from client_config.check_name(f"{path}.name", hook.get("name") or "")
    for index, rule in enumerate(hook.get("rules") or ()):
        yield from check_rule(rule, f"{path}.rules[{index}]")
    choices: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("failurePolicy", (FAIL, IGNORE)),
        ("matchPolicy", ("Equivalent", "Exact")),
    )
    for name, allowed in choices:
        yield from optional_choice(f"{path}.{name}", hook.get(name), allowed)
    yield from check_effects(hook.get("sideEffects"), f"{path}.sideEffects", effects)
    seconds = hook.get("timeoutSeconds")
    if seconds is not None and not 1 <= seconds <= LONGEST:
        why = "the timeout value must be between 1 and 30 seconds"
        yield invalid(f"{path}.timeoutSeconds", seconds, why)
    for name in ("namespaceSelector", "objectSelector"):
        yield from check_label_selector(hook.get(name), f"{path}.{name}")


def check_effects(given: Any, path: str, allowed: Sequence[str]) -> Iterator[FieldError]:
    if given is None:
        yield required(path, f"must specify one of {', '.join(allowed)}")
    elif given not in allowed:
        yield not_supported(path, given, allowed)


def check_client(hook: View, path: str) -> Iterator[FieldError]:
    yield from client_config.check(hook.get("clientConfig") or {}, f"{path}.clientConfig")
    yield from match_conditions.check(hook.get("matchConditions") or (), f"{path}.matchConditions")


def check_versions(versions: Sequence[str], hook: str, known: bool) -> Iterator[FieldError]:
    """``known``: one of them must be a version that this server speaks."""
    path, accepted = f"{hook}.admissionReviewVersions", ", ".join(review_versions.KNOWN)
    if not versions:
        yield required(path, f"must specify one of {accepted}")
        return
    yield from review_versions.check_each(versions, path)
    if known and not any(version in review_versions.KNOWN for version in versions):
        yield invalid(path, versions, f"must include at least one of {accepted}")


def count(configuration: View, now: datetime) -> int:
    return len(hooks(configuration))


COLUMNS = (
    NAME,
    Column(
        "Webhooks",
        count,
        description="Webhooks indicates the number of webhooks registered in this configuration",
    ),
    AGE,
)
