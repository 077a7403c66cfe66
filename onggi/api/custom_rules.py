"""What is checked of a custom resource beside its metadata.

    Checker(custom).check(new, old, status) -> list[FieldError]

Source: ``k8s.io/apiextensions-apiserver/pkg/registry/customresource`` (strategy.go,
status_strategy.go, validator.go).
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from onggi.api import names
from onggi.api.custom import Custom
from onggi.api.field_error import FieldError, invalid
from onggi.api.gotext import json_text, quote, type_name, verb_v
from onggi.api.objects import View
from onggi.api.structural import lists, resources
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.result import NOWHERE
from onggi.api.structural.values import Validator

STANDARD_FINALIZERS = ("orphan", "foregroundDeletion", "kubernetes")
INT32 = 2**31 - 1
RULES = "x-kubernetes-validations"
BLOCKING = (
    "FieldValueNotSupported", "FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany",
    "FieldValueTypeInvalid",
)  # fmt: skip
UNCHECKED = (
    "some validation rules were not checked because the object was invalid; correct the existing "
    "errors to complete validation"
)


class Checker:
    """The checks of one version of a definition, made ready once."""

    def __init__(self, custom: Custom) -> None:
        self.custom = custom
        schema = custom.node.raw
        self.whole = Validator(schema) if schema else None
        status = (schema.get("properties") or {}).get("status")
        self.status = Validator(status) if status else None
        version = custom.family.versions[custom.version]
        self.scale: View = (version.get("subresources") or {}).get("scale") or {}

    def check(self, new: View, old: View | None, status: bool) -> list[FieldError]:
        """``status``: only that was written."""
        errors = self._status(new, old or {}) if status else self._whole(new, old)
        errors += self._lists(new, old)
        if self.rules is None:
            return errors
        if any(error.reason in BLOCKING for error in errors):
            return [*errors, invalid(NOWHERE, "null", UNCHECKED)]
        return errors + self.rules.check(new, old, update=old is not None)

    @cached_property
    def rules(self) -> Any:
        """Of x-kubernetes-validations; None where the schema has none."""
        schema = self.custom.node.raw
        if RULES not in json_text(schema):
            return None
        from onggi.api.structural.rules import Rules, has_rules  # a language of its own

        return Rules(schema, root=True) if has_rules(schema) else None

    def _whole(self, new: View, old: View | None) -> list[FieldError]:
        before = ABSENT if old is None else old
        errors = self.whole.check(new, before) if self.whole else []
        if self.scale:
            errors += [*self._figures(new, SPEC), *self._figures(new, STATUS)]
            errors += self._selector(new)
        return errors + list(resources.check(new, self.custom.node))

    def _status(self, new: View, old: View) -> list[FieldError]:
        errors: list[FieldError] = []
        if self.status and "status" in new:
            errors += self.status.check(new["status"], old.get("status", ABSENT), "status")
        if self.scale:
            errors += [*self._figures(new, STATUS), *self._selector(new)]
        return errors

    def _lists(self, new: View, old: View | None) -> list[FieldError]:
        """A list that had a member twice before may keep it."""
        errors = list(lists.check(new, self.custom.node))
        if errors and old is not None and any(lists.check(old, self.custom.node)):
            return []
        return errors

    def _figures(self, obj: View, name: str) -> Iterator[FieldError]:
        path = self.scale[name]
        value, problem = reached(obj, path, int)
        if problem:
            yield invalid(path, 0, problem)
        elif value is None:
            return
        elif value < 0:
            yield invalid(path, value, "should be a non-negative integer")
        elif value > INT32:
            yield invalid(path, value, f"should be less than or equal to {INT32}")

    def _selector(self, obj: View) -> Iterator[FieldError]:
        path = self.scale.get("labelSelectorPath") or ""
        if path and (problem := reached(obj, path, str)[1]):
            yield invalid(path, "", problem)


WANTED: Mapping[type, str] = {int: "int64", str: "string"}
SPEC, STATUS = "specReplicasPath", "statusReplicasPath"


def reached(obj: View, path: str, kind: type) -> tuple[Any, str]:
    """What a path leads to, and what is wrong with it or with something on the way."""
    value: Any = obj
    for name in path.removeprefix(".").split("."):
        if not isinstance(value, Mapping):
            return None, accessor(path, value, "map[string]interface{}")
        if name not in value:
            return None, ""
        value = value[name]
    if value is None or type(value) is kind:
        return value, ""
    return None, accessor(path, value, WANTED[kind])


def accessor(path: str, value: Any, wanted: str) -> str:
    """``unstructured.NestedInt64`` of something else."""
    shown, kind = verb_v(value), type_name(value)
    return f"{path} accessor error: {shown} is of the type {kind}, expected {wanted}"


def finalizers(new: View, old: View | None) -> Iterator[str]:
    """Warnings about names of finalizers that are new."""
    before = set((old or {}).get("metadata", {}).get("finalizers") or ())
    for name in sorted(set(new["metadata"].get("finalizers") or ()) - before):
        at = f"metadata.finalizers: {quote(name)}"
        yield from (f"{at}: {message}" for message in names.qualified_name(name))
        if "/" not in name and name not in STANDARD_FINALIZERS:
            including = " including a path (/)" if "." in name else ""
            yield (
                f"{at}: prefer a domain-qualified finalizer name{including} to avoid accidental "
                "conflicts with other finalizer writers"
            )
