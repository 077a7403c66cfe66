"""The parts of one version: its schema, subresources, columns and selectable fields.

Source: ``…/apis/apiextensions/validation/validation.go``.
"""

from collections.abc import Callable, Iterator, Mapping

from onggi.api.field_error import FieldError, duplicate, invalid, required, too_many
from onggi.api.objects import View
from onggi.kinds.apiextensions.crd import schema_rules
from onggi.kinds.apiextensions.crd.field_path import PathError, find

TYPES = ("boolean", "date", "integer", "number", "string")
FORMATS = ("binary", "bool", "byte", "date", "date-time", "double", "float", "int32", "int64",
           "password")  # fmt: skip
MOST_SELECTABLE = 8
SCALAR = (
    "must point to a field of type string, boolean or integer. Enum string fields and strings "
    "with formats are allowed."
)
PATHS = {  # field of ``scale`` → where it has to lead
    "specReplicasPath": ((".spec.",), "should be a json path under .spec"),
    "statusReplicasPath": ((".status.",), "should be a json path under .status"),
    "labelSelectorPath": (
        (".spec.", ".status."),
        "should be a json path under either .spec or .status",
    ),
}


def check_warning(version: View, path: str) -> Iterator[FieldError]:
    text, path = version.get("deprecationWarning"), f"{path}.deprecationWarning"
    if text is None:
        return
    if not version.get("deprecated"):
        yield invalid(path, text, "can only be set for deprecated versions")
        return
    if len(text.encode()) > 256:
        yield invalid(path, text, "must be <= 256 characters long")
    if not text:
        yield invalid(path, text, "must not be an empty string")
    for index, character in enumerate(text):
        if not character.isprintable():
            where = f"non-printable character found at index {index}"
            yield invalid(path, text, f"must only contain printable UTF-8 characters; {where}")
            break


def check_schema(version: View, path: str) -> Iterator[FieldError]:
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if schema is not None:
        has_status = "status" in (version.get("subresources") or {})
        yield from schema_rules.check(schema, f"{path}.openAPIV3Schema", has_status)


def check_subresources(version: View, path: str) -> Iterator[FieldError]:
    scale = (version.get("subresources") or {}).get("scale")
    if scale is None:
        return
    for field, (starts, why) in PATHS.items():
        at, value = f"{path}.scale.{field}", scale.get(field) or ""
        if not value:
            if field != "labelSelectorPath":
                yield required(at)
        elif not value.startswith("."):
            yield from check_path(value, at)
        elif not value.startswith(starts):
            yield invalid(at, value, why)


def check_path(value: str, path: str) -> Iterator[FieldError]:
    if not value.startswith("."):
        yield invalid(path, value, "must be a simple json path starting with .")


def check_columns(version: View, path: str) -> Iterator[FieldError]:
    for index, column in enumerate(version.get("additionalPrinterColumns") or ()):
        yield from check_column(column, f"{path}[{index}]")


def check_column(column: View, path: str) -> Iterator[FieldError]:
    if not column.get("name"):
        yield required(f"{path}.name")
    kind, one_of = column.get("type"), f"must be one of {','.join(TYPES)}"
    if not kind:
        yield required(f"{path}.type", one_of)
    elif kind not in TYPES:
        yield invalid(f"{path}.type", kind, one_of)
    if (format_ := column.get("format")) and format_ not in FORMATS:
        yield invalid(f"{path}.format", format_, f"must be one of {','.join(FORMATS)}")
    if not column.get("jsonPath"):
        yield required(f"{path}.JSONPath")
    else:
        yield from check_path(column["jsonPath"], f"{path}.JSONPath")


def check_selectable(version: View, path: str) -> Iterator[FieldError]:
    fields = version.get("selectableFields") or ()
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if fields and schema is None:
        why = "may only be set when `version.schema.openAPIV3Schema` is not included"
        yield invalid(path, "", why)
        return
    seen: set[str] = set()
    for index, field in enumerate(fields):
        at, text = f"{path}[{index}].jsonPath", field.get("jsonPath") or ""
        if not text:
            yield required(at)
            continue
        yield from check_selected(text, schema or {}, at, seen)
    if len(seen) > MOST_SELECTABLE:
        yield too_many(path, len(seen), MOST_SELECTABLE)


def check_selected(text: str, schema: View, path: str, seen: set[str]) -> Iterator[FieldError]:
    try:
        found = find(text, schema, brackets=False)
    except PathError as error:
        yield invalid(path, text, f"is an invalid path: {error}")
        return
    if text.split(".")[1] == "metadata":
        yield invalid(path, text, "must not point to fields in metadata")
    if found.get("type") not in ("string", "boolean", "integer"):
        yield invalid(path, text, SCALAR)
    if text in seen:
        yield duplicate(path, text)
    seen.add(text)


Check = Callable[[View, str], Iterator[FieldError]]
PARTS: Mapping[str, Check] = {
    "schema": check_schema,
    "subresources": check_subresources,
    "additionalPrinterColumns": check_columns,
    "selectableFields": check_selectable,
}
