"""What the kinds of this group are made of: names of drivers, pools and attributes, lists, taints.

Source: ``pkg/apis/resource/validation/validation.go``.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    invalid,
    not_supported,
    required,
    too_long,
    too_many,
)
from onggi.api.objects import Object, View
from onggi.kinds.checks import named
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.fill import items

NOT_YET = "devices are not supported by Onggi yet; a pod that asks for one does not start"
POOL, IDENTIFIER, PARAMETERS = 253, 32, 10 * 1024
EFFECTS = ("NoExecute", "NoSchedule", "None")
OMITTED = "<value omitted>"

Check = Callable[[Any, str], Iterator[FieldError]]


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None:
        yield f"spec: {NOT_YET}"


def default_taint_tolerations(request: Object) -> None:
    for toleration in items(request, "tolerations"):
        if not toleration.get("operator"):
            toleration["operator"] = "Equal"


def check_pool(name: str, path: str) -> Iterator[FieldError]:
    if not name:
        yield required(path)
        return
    if names.size(name) > POOL:
        yield too_long(path, POOL)
    for part in name.split("/"):
        yield from named(path, part, names.dns_subdomain)


def check_qualified(name: str, path: str) -> Iterator[FieldError]:
    """``theName`` or ``dra.example.com/theName``."""
    parts = name.split("/")
    if len(parts) == 1:
        yield from check_identifier(name, path)
    elif len(parts) == 2:
        if not parts[0]:
            yield invalid(path, "", "the domain must not be empty")
        else:
            yield from check_driver(parts[0], path)
        if not parts[1]:
            yield invalid(path, "", "the name must not be empty")
        else:
            yield from check_identifier(parts[1], path)


def check_fully_qualified(name: str, path: str) -> Iterator[FieldError]:
    yield from check_qualified(name, path)
    if "/" not in name:
        detail = "a fully qualified name must be a domain and a name separated by a slash"
        yield invalid(path, name, detail)


def check_identifier(text: str, path: str) -> Iterator[FieldError]:
    if names.size(text) > IDENTIFIER:
        yield too_long(path, IDENTIFIER)
    yield from named(path, text, names.c_identifier)


def check_label(text: str, path: str) -> Iterator[FieldError]:
    yield from named(path, text, names.dns_label)


def check_list(
    found: Sequence[Any], limit: int, check: Check, path: str, key: Callable[[Any], Any] | None
) -> Iterator[FieldError]:
    """Not more than ``limit``, each one good, and no two with the same ``key``."""
    if len(found) > limit:
        yield too_many(path, len(found), limit)
        return
    seen: list[Any] = []
    for index, item in enumerate(found):
        yield from check(item, f"{path}[{index}]")
        if key is not None and key(item) in seen:
            yield duplicate(f"{path}[{index}]", key(item))
        elif key is not None:
            seen.append(key(item))


def itself(item: Any) -> Any:
    return item


def name_of(item: View) -> str:
    return item.get("name") or ""


def check_map(
    found: Mapping[str, Any], limit: int, keys: Check, check: Check, path: str
) -> Iterator[FieldError]:
    if len(found) > limit:
        yield too_many(path, len(found), limit)
        return
    for key, item in found.items():
        yield from keys(key, path)
        yield from check(item, f"{path}[{key}]")


def check_parameters(value: Any, path: str, limit: int = PARAMETERS) -> Iterator[FieldError]:
    """Anything, as long as it is an object and not too large."""
    if value is None:
        yield required(path)
    elif len(json.dumps(value, separators=(",", ":")).encode(errors="surrogatepass")) > limit:
        yield too_long(path, limit)
    elif not isinstance(value, Mapping):
        yield invalid(path, OMITTED, "must be a valid JSON object")


def check_configuration(config: View, path: str) -> Iterator[FieldError]:
    opaque = config.get("opaque")
    if opaque is None:
        yield required(f"{path}.opaque")
        return
    yield from check_driver(opaque.get("driver") or "", f"{path}.opaque.driver")
    yield from check_parameters(opaque.get("parameters"), f"{path}.opaque.parameters")


def check_taint(taint: View, old: View | None, path: str) -> Iterator[FieldError]:
    yield from named(f"{path}.key", taint.get("key") or "", names.label_key)
    if value := taint.get("value"):
        yield from named(f"{path}.value", value, names.label_value)
    effect = taint.get("effect") or ""
    if old is None or (old.get("effect") or "") != effect:
        if not effect:
            yield required(f"{path}.effect")
        elif effect not in EFFECTS:
            yield not_supported(f"{path}.effect", effect, EFFECTS)


def check_toleration(toleration: View, path: str) -> Iterator[FieldError]:
    if key := toleration.get("key"):
        yield from named(f"{path}.key", key, names.label_key)
    operator, value = toleration.get("operator") or "", toleration.get("value") or ""
    if operator == "Exists" and value:
        yield invalid(f"{path}.value", value, "must be empty for operator `Exists`")
    elif operator == "Equal":
        yield from named(f"{path}.value", value, names.label_value)
    elif not operator:
        yield required(f"{path}.operator")
    elif operator != "Exists":
        yield not_supported(f"{path}.operator", operator, ("Equal", "Exists"))
    effect = toleration.get("effect")
    if effect and effect not in EFFECTS:
        yield not_supported(f"{path}.effect", effect, EFFECTS)


def check_bindings(device: View, path: str) -> Iterator[FieldError]:
    """Conditions that must be true before a pod is bound, and those that end the attempt."""
    good, bad = device.get("bindingConditions") or (), device.get("bindingFailureConditions") or ()
    for field, found in (("bindingConditions", good), ("bindingFailureConditions", bad)):
        yield from check_list(found, 4, check_condition_name, f"{path}.{field}", itself)
    for index, condition in enumerate(bad):
        if condition in good:
            at = f"{path}.bindingFailureConditions[{index}]"
            detail = "bindingFailureConditions must not overlap with bindingConditions"
            yield invalid(at, condition, detail)
    if bad and not good:
        detail = "bindingConditions are required to use bindingFailureConditions"
        yield invalid(f"{path}.bindingConditions", list(good), detail)
    if good and not bad:
        detail = "bindingFailureConditions are required to use bindingConditions"
        yield invalid(f"{path}.bindingFailureConditions", list(bad), detail)


def check_condition_name(name: str, path: str) -> Iterator[FieldError]:
    yield from named(path, name, names.label_key)
