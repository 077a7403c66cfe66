"""Tables."""

from datetime import UTC, datetime

import pytest

from onggi.api.errors import BadRequest
from onggi.api.kind import Column, Kind
from onggi.apiserver.negotiate import Wanted
from onggi.apiserver.tables import transform

NOW = datetime(2026, 1, 1, 0, 5, 20, tzinfo=UTC)
TABLE = Wanted(kind="Table", group="meta.k8s.io", version="v1")
META = {"name": "a", "creationTimestamp": "2026-01-01T00:00:00Z", "resourceVersion": "7"}
THING = {"kind": "Thing", "metadata": META, "spec": {"n": 3}}


def kind(*columns):
    return Kind(
        group="example.com", version="v1", name="Thing", plural="things", schema={}, columns=columns
    )


def cells(*columns):
    return transform(kind(*columns), [THING], TABLE, "None", NOW)["rows"][0]["cells"]


def test_a_kind_without_columns_shows_its_name_and_when_it_was_made():
    table = transform(kind(), [THING], TABLE, "", NOW)
    shown = [(c["name"], c["type"], c["format"]) for c in table["columnDefinitions"]]
    assert shown == [("Name", "string", "name"), ("Created At", "date", "")]
    assert table["rows"][0]["cells"] == ["a", "2026-01-01T00:00:00Z"]


def test_a_column_is_a_path_or_a_function():
    found = cells(
        Column("N", "spec.n", "integer"),
        Column("Twice", lambda obj, now: obj["spec"]["n"] * 2, "integer"),
        Column("Age", "metadata.creationTimestamp", "date"),
        Column("None", "spec.none"),
        Column("Zero", "spec.none", "integer"),
        Column("Never", "spec.none", "date"),
    )
    assert found == ["a", 3, 6, "5m20s", "", 0, "<unknown>"]


def test_wide_columns_have_a_lower_priority():
    table = transform(kind(Column("N", "spec.n", wide=True)), [THING], TABLE, "", NOW)
    assert [c["priority"] for c in table["columnDefinitions"]] == [0, 1]


def test_a_description_may_be_that_of_a_field():
    column = Column("N", "spec.n", description="@io.k8s.api.core.v1.PodSpec.nodeName")
    table = transform(kind(column), [], TABLE, "", NOW)
    assert table["columnDefinitions"][1]["description"].startswith("NodeName indicates in which")


def test_rows_come_with_metadata_the_object_or_nothing():
    def first(include):
        return transform(kind(), [THING], TABLE, include, NOW)["rows"][0].get("object")

    assert first("") == first("Metadata")
    assert first("")["kind"] == "PartialObjectMetadata"
    assert first("")["metadata"] == META
    assert first("Object") == THING
    assert first("None") is None
    with pytest.raises(BadRequest):
        first("Everything")


def test_one_object_gives_its_version_to_its_table():
    assert transform(kind(), [THING], TABLE, "", NOW)["metadata"] == {"resourceVersion": "7"}


def test_metadata_alone():
    wanted = TABLE._replace(kind="PartialObjectMetadata")
    assert transform(kind(), [THING], wanted, "", NOW) == {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": META,
    }
