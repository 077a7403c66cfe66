"""Facts about every kind, checked against the published definitions."""

from collections import Counter
from typing import Any

import pytest

from onggi.api.kind import Kind
from onggi.apiserver import schemas, tables
from onggi.kinds import BUILTIN


def by_name(kind: Kind) -> str:
    return f"{kind.resource}/{kind.version}"


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = schemas.read(name).get("properties") or {}
    return found


def exists(definition: str, path: str) -> bool:
    """Whether a path (``spec.volumes[*].nfs``) leads somewhere in a definition."""
    schema: dict[str, Any] = {"$ref": definition}
    for key in path.replace("[*]", "").split("."):
        while "$ref" in schema or "items" in schema:
            reference = schema.get("$ref")
            if reference:
                schema = {"properties": properties(reference.rpartition("/")[2])}
            else:
                schema = schema["items"]
        if key not in (schema.get("properties") or {}):
            return False
        schema = schema["properties"][key]
    return True


def test_no_two_kinds_are_served_at_one_place() -> None:
    places = Counter((kind.group, kind.version, kind.plural) for kind in BUILTIN)
    assert max(places.values()) == 1


def test_short_names_are_unique_within_a_group() -> None:
    names = {(kind.group, kind.plural, short) for kind in BUILTIN for short in kind.short}
    shorts = Counter((group, short) for group, _, short in names)
    assert max(shorts.values()) == 1


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
def test_a_kind_has_a_published_definition(kind: Kind) -> None:
    assert isinstance(kind.schema, str)
    assert properties(kind.schema)
    assert kind.status <= ("status" in properties(kind.schema))


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
def test_tables_name_fields_that_exist(kind: Kind) -> None:
    assert isinstance(kind.schema, str)
    paths = [default.path for default in kind.defaults]
    paths += [default.when[0] for default in kind.defaults if default.when]
    paths += [*kind.immutable]
    paths += [one for path in kind.selectable.values() for one in path.split("|")]
    paths += [entry.path for entry in kind.ignored]
    paths += [c.value for c in kind.columns if isinstance(c.value, str)]
    assert [path for path in paths if not exists(kind.schema, path)] == []


@pytest.mark.parametrize("kind", [k for k in BUILTIN if k.columns], ids=by_name)
def test_columns_have_one_name_and_say_what_they_are(kind: Kind) -> None:
    names = [column.name for column in kind.columns]
    assert len(set(names)) == len(names)
    assert [column.format for column in kind.columns].count("name") == 1
    for column in kind.columns:
        assert tables.description(column.description)


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
def test_stored_kinds_have_columns_and_reviews_have_none(kind: Kind) -> None:
    shown = not kind.virtual or "list" in kind.verbs
    assert bool(kind.columns) is shown


@pytest.mark.parametrize("kind", BUILTIN, ids=by_name)
def test_subresources_are_in_order_and_leave_status_and_scale_to_the_kind(kind: Kind) -> None:
    names = [sub.name for sub in kind.subresources]
    assert names == sorted(set(names))
    assert "status" not in names
    assert "scale" not in names
