from onggi.kinds.core.configmap import CONFIGMAP
from tests.kinds.samples import created


def said(**content: object) -> list[str]:
    return [str(error) for error in CONFIGMAP.validate(created(CONFIGMAP) | content)]


def test_keys_can_be_file_names_and_stand_in_one_place() -> None:
    (refusal,) = said(data={"a/b": ""})
    assert refusal.startswith('data[a/b]: Invalid value: "a/b": a valid config key must consist')
    assert said(data={"a": ""}, binaryData={"a": ""}) == [
        'data[a]: Invalid value: "a": duplicate of key present in binaryData'
    ]


def test_a_config_map_holds_a_mebibyte() -> None:
    assert said(data={"a": "x" * 2**20}) == []
    assert said(data={"a": "x" * 2**20, "b": "x"}) == [
        ": Too long: may not be more than 1048576 bytes"
    ]


def test_immutable_data_stays() -> None:
    old = created(CONFIGMAP) | {"immutable": True}
    new = created(CONFIGMAP) | {"immutable": True, "data": {}}
    assert [str(error) for error in CONFIGMAP.validate(new, old)] == [
        "data: Forbidden: field is immutable when `immutable` is set"
    ]
