"""Which requests a webhook or a policy is about: the checks of its rules.

Source: ``pkg/apis/admissionregistration/validation/validation.go`` (validateRule,
validateResources, validateRuleWithOperations).
"""

from collections.abc import Iterator, Sequence

from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.objects import View
from onggi.kinds.checks import optional_choice

SCOPES = ("*", "Cluster", "Namespaced")
OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")


def check_rule(rule: View, path: str) -> Iterator[FieldError]:
    operations = rule.get("operations") or ()
    if not operations:
        yield required(f"{path}.operations")
    if len(operations) > 1 and "*" in operations:
        why = "if '*' is present, must not specify other operations"
        yield invalid(f"{path}.operations", operations, why)
    for index, operation in enumerate(operations):
        if operation not in OPERATIONS:
            yield not_supported(f"{path}.operations[{index}]", operation, OPERATIONS)
    yield from check_kinds(rule, path)


def check_kinds(rule: View, path: str) -> Iterator[FieldError]:
    groups, versions = rule.get("apiGroups") or (), rule.get("apiVersions") or ()
    if not groups:
        yield required(f"{path}.apiGroups")
    yield from alone(f"{path}.apiGroups", groups, "API groups")
    if not versions:
        yield required(f"{path}.apiVersions")
    yield from alone(f"{path}.apiVersions", versions, "API versions")
    for index, version in enumerate(versions):
        if not version:
            yield required(f"{path}.apiVersions[{index}]")
    yield from check_resources(rule.get("resources") or (), f"{path}.resources")
    yield from optional_choice(f"{path}.scope", rule.get("scope"), SCOPES)


def alone(path: str, items: Sequence[str], what: str) -> Iterator[FieldError]:
    if len(items) > 1 and "*" in items:
        yield invalid(path, items, f"if '*' is present, must not specify other {what}")


def check_resources(resources: Sequence[str], path: str) -> Iterator[FieldError]:
    if not resources:
        yield required(path)
    whole, every = set[str](), set[str]()  # x of x/*, and y of */y, seen so far
    for index, resource in enumerate(resources):
        if not resource:
            yield required(f"{path}[{index}]")
            continue
        name, slash, sub = resource.partition("/")
        if not slash:
            continue
        for shown, seen in ((f"{name}/*", name in whole), (f"*/{sub}", sub in every)):
            if seen:
                why = f"if '{shown}' is present, must not specify {resource}"
                yield invalid(f"{path}[{index}]", resource, why)
        if sub == "*":
            whole.add(name)
        if name == "*":
            every.add(sub)
    yield from check_wildcards(resources, path)


def check_wildcards(resources: Sequence[str], path: str) -> Iterator[FieldError]:
    if len(resources) > 1 and "*/*" in resources:
        yield invalid(path, resources, "if '*/*' is present, must not specify other resources")
    if "*" in resources and any(r and r != "*" and "/" not in r for r in resources):
        why = "if '*' is present, must not specify other resources without subresources"
        yield invalid(path, resources, why)
