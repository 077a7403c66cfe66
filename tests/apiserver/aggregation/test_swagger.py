"""Documents of others become part of ours, and change nothing of it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.aggregation.swagger import merged, references

PATH = "/apis/g/v1"
NAMES = st.sampled_from("abcd")
SCHEMA = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer"}])
    | NAMES.map(lambda name: {"$ref": f"#/definitions/{name}"}),
    lambda inner: st.dictionaries(st.sampled_from(["x", "y"]), inner).map(
        lambda fields: {"type": "object", "properties": fields}
    ),
    max_leaves=4,
)


def document(prefix: str) -> Any:
    def made(definitions: Any, answers: Any) -> Any:
        paths = {f"{prefix}/{name}": {"get": answer} for name, answer in answers.items()}
        return {"paths": paths, "definitions": definitions}

    whole = st.fixed_dictionaries(dict.fromkeys("abcd", SCHEMA))
    return st.builds(made, whole, st.dictionaries(NAMES, SCHEMA))


@given(document("/api/v1"), document(PATH))
def test_ours_stays_and_every_reference_leads_somewhere(ours: Any, theirs: Any) -> None:
    whole = merged(ours, theirs, PATH)
    assert whole["definitions"].items() >= ours["definitions"].items()
    assert whole["paths"].keys() == ours["paths"].keys() | theirs["paths"].keys()
    assert set(references(whole)) <= whole["definitions"].keys()


def test_a_definition_of_another_meaning_gets_another_name() -> None:
    ours = {"paths": {}, "definitions": {"a": {"type": "string"}}}
    reference = {"$ref": "#/definitions/a"}
    theirs = {"paths": {f"{PATH}/x": reference}, "definitions": {"a": {"type": "integer"}}}
    whole = merged(ours, theirs, PATH)
    assert whole["definitions"] == {"a": {"type": "string"}, "a_v2": {"type": "integer"}}
    assert whole["paths"] == {f"{PATH}/x": {"$ref": "#/definitions/a_v2"}}


def test_other_paths_and_what_nothing_leads_to_are_left_out() -> None:
    ours: Any = {"paths": {}, "definitions": {}}
    theirs = {"paths": {"/apis/g/v1beta1/x": {}}, "definitions": {"a": {}}}
    assert merged(ours, theirs, PATH) == ours
