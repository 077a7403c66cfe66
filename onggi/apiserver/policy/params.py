"""The parameters that a binding gives its policy: objects by name, or by their labels.

Source: ``k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go``
(CollectParams).
"""

from collections.abc import Sequence

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.api.selectors import of_object
from onggi.apiserver.admission import Lookup
from onggi.apiserver.matching import labels
from onggi.apiserver.registry import Registry


class ConfigurationError(Exception):
    """A policy or binding that cannot be followed; the text is upstream's."""


def kind_of(written: View | None, registry: Registry) -> Kind | None:
    """The kind of a policy's parameters. Raises ConfigurationError where nobody knows it."""
    if not written:
        return None
    version, name = written.get("apiVersion", ""), written.get("kind", "")
    found = registry.named(version, name)
    if found is None:
        group, _, plain = version.rpartition("/")
        shown = f"{group}/{plain}, Kind={name}"
        raise ConfigurationError(f"failed to find resource referenced by paramKind: '{shown}'")
    return found


def collect(
    kind: Kind | None, reference: View | None, namespace: str, lookup: Lookup
) -> Sequence[View | None]:
    """One None where there are no parameters at all. Raises ConfigurationError."""
    if kind is None or reference is None:
        return [None]
    given = reference.get("namespace") or ""
    if given and not kind.namespaced:
        why = "paramRef.namespace must not be provided for a cluster-scoped `paramKind`"
        raise ConfigurationError(why)
    place = (given or namespace) if kind.namespaced else ""
    if kind.namespaced and not place:
        raise ConfigurationError(
            "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources"
        )
    found = named_or_selected(kind, reference, place, lookup)
    if not found and reference.get("parameterNotFoundAction") == "Deny":
        raise ConfigurationError(
            "no params found for policy binding with `Deny` parameterNotFoundAction"
        )
    return found


def named_or_selected(kind: Kind, reference: View, place: str, lookup: Lookup) -> list[View]:
    if name := reference.get("name"):
        one = lookup.get(kind, place, name)
        return [in_version(one, kind)] if one is not None else []
    selector = of_object(reference.get("selector") or {})
    listed = lookup.list(kind, place)
    return [in_version(param, kind) for param in listed if selector.matches(labels(param))]


def in_version(param: View, kind: Kind) -> View:
    """As the policy names its kind."""
    if kind.stored is None or param.get("apiVersion") == kind.api_version:
        return param
    return kind.stored.back(param)
