"""Tables."""

from datetime import UTC, datetime

import pytest

from onggi.api.errors import BadRequest
from onggi.api.kind import Column, Kind
from onggi.apiserver.negotiate import Wanted
from onggi.apiserver.tables import transform
from onggi.kinds import BUILTIN
from tests.apiserver.world import ask, config_map

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


LISTED = [kind for kind in BUILTIN if "list" in kind.verbs and not kind.virtual]
FORM = "application/json;as={};g=meta.k8s.io;v=v1"


@pytest.mark.parametrize("kind", LISTED, ids=lambda kind: kind.resource)
async def test_every_kind_is_listed_in_every_form(running, kind):
    root = f"/apis/{kind.group}" if kind.group else "/api"
    path = f"{root}/{kind.version}/{kind.plural}"
    for include in ("None", "Metadata", "Object"):
        url = f"{path}?includeObject={include}"
        code, table = await ask(running, "GET", url, accept=FORM.format("Table"))
        assert (code, table["kind"]) == (200, "Table")
        assert table["columnDefinitions"][0]["name"] == "Name" or kind.name == "Event"
    accept = FORM.format("PartialObjectMetadataList")
    code, found = await ask(running, "GET", path, accept=accept)
    assert (code, found["kind"]) == (200, "PartialObjectMetadataList")
    code, found = await ask(running, "GET", path, accept=FORM.format("PartialObjectMetadata"))
    assert (code, found["reason"]) == (406, "NotAcceptable")


async def test_rows_have_as_much_of_the_object_as_is_wanted(running):
    path = "/api/v1/namespaces/default/configmaps"
    await ask(running, "POST", path, config_map("one"))
    shown = {}
    for include in ("", "None", "Metadata", "Object"):
        url = f"{path}/one?includeObject={include}"
        _, found = await ask(running, "GET", url, accept=FORM.format("Table"))
        shown[include] = found["rows"][0]["object"]
    assert shown["None"] is None
    assert shown[""] == shown["Metadata"]
    assert shown[""]["kind"] == "PartialObjectMetadata"
    assert (shown["Object"]["kind"], shown["Object"]["data"]) == ("ConfigMap", {"key": "value"})
    code, body = await ask(running, "GET", f"{path}?includeObject=x", accept=FORM.format("Table"))
    assert (code, body["message"]) == (
        400,
        "Unable to convert to Table as requested: includeObject: Invalid value: "
        "\"x\": must be 'Metadata', 'Object', 'None', or empty",
    )


async def test_one_object_is_no_list(running):
    accept = FORM.format("PartialObjectMetadataList")
    code, body = await ask(running, "GET", "/api/v1/namespaces/default", accept=accept)
    assert (code, body["message"]) == (
        406,
        "you requested PartialObjectMetadataList, but the requested object is not a list "
        "(*core.Namespace)",
    )
