import pytest

from onggi.node.volumes.payload import configmap_data, mode_of, secret_data, select
from onggi.node.volumes.volume import VolumeError

DATA = {"a": b"1", "b": b"2"}


def test_all_keys_are_files_unless_some_are_chosen() -> None:
    assert {p: f.data for p, f in select(DATA, {}, 0o644, "").items()} == DATA
    items = [{"key": "b", "path": "d/x", "mode": 0o400}]
    chosen = select(DATA, {"items": items}, 0o644, "")
    assert {p: (f.data, f.mode) for p, f in chosen.items()} == {"d/x": (b"2", 0o400)}


def test_a_key_that_is_not_there_is_an_error_unless_it_is_optional() -> None:
    items = [{"key": "c", "path": "c"}]
    with pytest.raises(VolumeError, match="references non-existent secret key: c"):
        select(DATA, {"items": items}, 0o644, "references non-existent secret key")
    assert select(DATA, {"items": items, "optional": True}, 0o644, "") == {}


def test_binary_contents_are_decoded() -> None:
    assert configmap_data({"data": {"a": "é"}, "binaryData": {"b": "AAE="}}) == {
        "a": "é".encode(),
        "b": b"\x00\x01",
    }
    assert secret_data({"data": {"k": "AAE="}}) == {"k": b"\x00\x01"}


def test_the_default_mode_may_be_zero() -> None:
    assert mode_of({}) == 0o644
    assert mode_of({"defaultMode": 0}) == 0
