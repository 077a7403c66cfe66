"""Whether the values of a custom resource are what its schema wants; upstream's words if not.

    validator = Validator(schema)                               once for each version
    validator.check(new) -> list[FieldError]
    validator.check(new, old=before, prefix="status")           unchanged values may stay wrong

What did not change is not complained about (ratcheting): each value that is found wrong is
compared with the one in its place before, as far as the schema tells which one that was.
Sources: ``k8s.io/kube-openapi/pkg/validation/validate``,
``k8s.io/apiextensions-apiserver/pkg/apiserver/validation`` (validation.go, ratcheting.go).
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from onggi.api.field_error import FieldError
from onggi.api.objects import View
from onggi.api.structural import formats
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.equality import equal
from onggi.api.structural.numbers import check_number
from onggi.api.structural.result import Place, Result
from onggi.api.structural.texts import check_text, type_name

META = ("apiVersion", "kind")


class Validator:
    """One schema, and those inside it, each made ready when a value first stands there."""

    def __init__(self, schema: View) -> None:
        self.schema = schema
        either = schema.get("x-kubernetes-int-or-string")
        given = schema.get("type")
        self.types = ("integer", "string") if either else (given,) if given else ()
        alone = self.types[0] if len(self.types) == 1 else ""
        name = schema.get("format")
        self.format = formats.known(name, alone) if name else None
        self.nullable = bool(schema.get("nullable"))
        self.enum = schema.get("enum") or ()

    def check(self, new: Any, old: Any = ABSENT, prefix: str = "") -> list[FieldError]:
        """``prefix`` is where the value stands in its object, if it is not the whole."""
        return self.ratcheted(new, Place("", old, prefix)).errors

    def ratcheted(self, value: Any, place: Place) -> Result:
        result = self.validate(value, place)
        if result.errors and place.old is not ABSENT and equal(value, place.old):
            result.errors = []
        return result

    def validate(self, value: Any, place: Place) -> Result:
        result = Result()
        self._check_type(value, place, result)
        if value is None:
            self._check_enum(value, place, result)
            return result
        self._check_junctors(value, place, result)
        self._check_value(value, place, result)
        self._check_enum(value, place, result)
        result.count += 2
        if isinstance(value, dict):
            self._check_object(value, place, result)
            result.count += 1
        return result

    def _check_value(self, value: Any, place: Place, result: Result) -> None:
        if isinstance(value, str):
            check_text(self.schema, value, place, result)
            result.count += 1
            if self.format and self.format in formats.FORMATS:
                if not formats.holds(self.format, value):
                    result.misfit(place, self.schema["format"], value)
                result.count += 1
        elif isinstance(value, int | float) and not isinstance(value, bool):
            alone = self.types[0] if len(self.types) == 1 else ""
            check_number(self.schema, (alone, self.format or ""), value, place, result)
            result.count += 2
        elif isinstance(value, list):
            self._check_list(value, place, result)
            result.count += 2

    def _check_type(self, value: Any, place: Place, result: Result) -> None:
        if not self.types and not self.format:
            return
        result.count += 1
        kind = type_name(value, self.types)
        if value is None:
            if self.types and not self.nullable:
                result.misfit(place, ",".join(self.types), "null")
            return
        numeric = "number" in self.types or "integer" in self.types
        if self.format and not numeric and isinstance(value, str | list):
            result.count += 1
        elif (
            self.types
            and kind not in self.types
            and not (kind == "integer" and "number" in self.types)
        ):
            result.misfit(place, ",".join(self.types), kind)
        else:
            result.count += 1

    def _check_enum(self, value: Any, place: Place, result: Result) -> None:
        if self.enum and not any(equal(value, one) for one in self.enum):
            result.not_among(place, value, self.enum)

    def _check_list(self, items: list[Any], place: Place, result: Result) -> None:
        if self.items is not None:
            for index, item in enumerate(items):
                result.merge(self.items.ratcheted(item, place.item(index, items, self.schema)))
        size, schema = len(items), self.schema
        if (least := schema.get("minItems")) is not None and size < least:
            result.invalid(place, size, f"should have at least {least} items")
        if (most := schema.get("maxItems")) is not None and size > most:
            result.too_many(place, size, most)
        if schema.get("uniqueItems") and any(
            equal(item, other) for i, item in enumerate(items) for other in items[:i]
        ):
            result.invalid(place, None, "shouldn't contain duplicates")

    def _check_object(self, obj: Mapping[str, Any], place: Place, result: Result) -> None:
        size, schema = len(obj), self.schema
        if (least := schema.get("minProperties")) is not None and size < least:
            result.invalid(place, size, f"should have at least {least} properties")
        if (most := schema.get("maxProperties")) is not None and size > most:
            result.too_many(place, size, most)
        for key, value in obj.items():
            child = self.properties.get(key)
            if child is None:
                child = self.others
            if child is not None:
                result.merge(child.ratcheted(value, place.field(key)))
        if schema.get("additionalProperties") is False:
            for key in obj:
                if key not in self.properties:
                    result.forbidden_property(place, key)
        for key in schema.get("required") or ():
            if key not in obj:
                result.required(place, key)

    def _check_junctors(self, value: Any, place: Place, result: Result) -> None:
        """anyOf, oneOf, allOf and not. Of the alternatives that fail, the one that came
        furthest tells why."""
        if self.any_of:
            self._check_any(value, place, result)
        if self.one_of:
            self._check_one(value, place, result)
        if self.all_of:
            results = [each.validate(value, place) for each in self.all_of]
            for each in results:
                result.merge(each)
            valid = sum(not each.errors for each in results)
            if valid < len(results):
                none = "" if valid else ". None validated"
                result.junctor(place, f"must validate all the schemas (allOf){none}")
        if self.negated is not None and not self.negated.validate(value, place).errors:
            result.junctor(place, "must not validate the schema (not)")
        result.count += 1

    def _check_any(self, value: Any, place: Place, result: Result) -> None:
        best: Result | None = None
        for alternative in self.any_of:
            found = alternative.validate(value, place)
            if not found.errors:
                result.merge(found)
                return
            if best is None or found.count > best.count:
                best = found
        result.junctor(place, "must validate at least one schema (anyOf)")
        if best is not None:
            result.merge(best)

    def _check_one(self, value: Any, place: Place, result: Result) -> None:
        found = [alternative.validate(value, place) for alternative in self.one_of]
        valid = [each for each in found if not each.errors]
        if len(valid) == 1:
            result.merge(valid[0])
            return
        said = f"Found {len(valid)} valid alternatives" if valid else "Found none valid"
        result.junctor(place, f"must validate one and only one schema (oneOf). {said}")
        if not valid:
            result.merge(max(found, key=lambda each: each.count))

    @cached_property
    def properties(self) -> Mapping[str, "Validator"]:
        given = self.schema.get("properties") or {}
        return {name: Validator(schema or {}) for name, schema in given.items()}

    @cached_property
    def others(self) -> "Validator | None":
        return inner(self.schema.get("additionalProperties"))

    @cached_property
    def items(self) -> "Validator | None":
        return inner(self.schema.get("items"))

    @cached_property
    def any_of(self) -> list["Validator"]:
        return [Validator(schema) for schema in self.schema.get("anyOf") or ()]

    @cached_property
    def one_of(self) -> list["Validator"]:
        return [Validator(schema) for schema in self.schema.get("oneOf") or ()]

    @cached_property
    def all_of(self) -> list["Validator"]:
        return [Validator(schema) for schema in self.schema.get("allOf") or ()]

    @cached_property
    def negated(self) -> "Validator | None":
        return inner(self.schema.get("not"))


def inner(schema: Any) -> Validator | None:
    return Validator(schema) if isinstance(schema, Mapping) else None
