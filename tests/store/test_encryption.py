"""What a thief of the state file cannot read, and what an administrator may change."""

import base64
import json
import sqlite3
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.store.encryption import PREFIX, Seals, load, rules
from onggi.store.sqlite import SqliteStore
from onggi.store.store import Corrupt, Key

SECRET = Key("secrets", "default", "password")
POD = Key("pods", "default", "web")
HIDDEN = "c3VwZXItaGlkZGVu"


def key(name, byte):
    return {"name": name, "secret": base64.b64encode(bytes([byte]) * 32).decode()}


def aesgcm(*keys):
    return {"aesgcm": {"keys": list(keys)}}


def document(*providers, resources=("secrets",)):
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "EncryptionConfiguration",
        "resources": [{"resources": list(resources), "providers": list(providers)}],
    }


def seals(*providers, **more):
    return Seals(dict(rules(document(*providers, **more))))


ONE, TWO = key("one", 1), key("two", 2)
PLAIN = {"identity": {}}


def secret():
    meta = {"name": "password", "namespace": "default"}
    return {"metadata": meta, "data": {"it": HIDDEN}}


async def written(path, with_seals):
    """A file with one Secret, which its writer has left."""
    store = SqliteStore.open(path, with_seals)
    await store.create(SECRET, secret())
    await store.close()


def on_disk(path):
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


async def test_a_secret_is_nowhere_on_the_disk_in_plain_text(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(aesgcm(ONE)))
    assert HIDDEN.encode() not in on_disk(path)
    again = SqliteStore.open(path, seals(aesgcm(ONE)))
    assert again.get(SECRET).object["data"] == {"it": HIDDEN}
    await again.close()


async def test_what_was_written_in_the_clear_is_sealed_at_the_next_start(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(PLAIN))
    assert HIDDEN.encode() in on_disk(path)
    await SqliteStore.open(path, seals(aesgcm(ONE), PLAIN)).close()
    assert HIDDEN.encode() not in on_disk(path)


async def test_a_new_first_key_takes_over_and_the_old_one_can_go(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(aesgcm(ONE)))
    await SqliteStore.open(path, seals(aesgcm(TWO, ONE))).close()
    last = SqliteStore.open(path, seals(aesgcm(TWO)))
    assert last.get(SECRET).object["data"] == {"it": HIDDEN}
    await last.close()


async def test_without_the_key_the_error_names_the_object_and_the_key(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(aesgcm(ONE)))
    with pytest.raises(Corrupt, match=r"default/password is encrypted with the key 'one'"):
        SqliteStore.open(path, seals(aesgcm(TWO)))
    with pytest.raises(Corrupt, match="not the one that it was written with"):
        SqliteStore.open(path, seals(aesgcm(key("one", 9))))
    await SqliteStore.open(path, seals(aesgcm(ONE))).close()


async def test_encryption_can_be_given_up(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(aesgcm(ONE)))
    await SqliteStore.open(path, seals(PLAIN, aesgcm(ONE))).close()
    last = SqliteStore.open(path)
    assert last.get(SECRET).object["data"] == {"it": HIDDEN}
    await last.close()


async def test_a_row_cannot_stand_in_for_another(tmp_path):
    path = tmp_path / "store" / "onggi.db"
    await written(path, seals(aesgcm(ONE)))
    db = sqlite3.connect(path)
    db.execute("UPDATE log SET name = 'other'")
    db.commit()
    db.close()
    with pytest.raises(Corrupt, match="default/other cannot be decrypted"):
        SqliteStore.open(path, seals(aesgcm(ONE)))


def test_the_first_start_makes_a_key_that_is_its_owner_s_alone(tmp_path):
    path = tmp_path / "pki" / "encryption.json"
    made, again = load(path), load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = made.seal(SECRET, 7, b"text")
    assert sealed.startswith(PREFIX)
    assert again.unseal(SECRET, 7, sealed) == b"text"
    assert made.seal(POD, 7, b"text") == b"text"


@given(st.binary(), st.integers(0, 2**60))
def test_whatever_is_sealed_comes_back_and_never_looks_the_same(data, revision):
    made = seals(aesgcm(ONE))
    first, second = made.seal(SECRET, revision, data), made.seal(SECRET, revision, data)
    assert first != second
    assert made.unseal(SECRET, revision, first) == made.unseal(SECRET, revision, second) == data


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.pop("kind"), "'kind' is missing"),
        (lambda d: d.update(kind="Pod"), "its kind must be EncryptionConfiguration"),
        (lambda d: d["resources"][0].update(resources=["*.*"]), "name each resource"),
        (lambda d: d["resources"][0].update(providers=[{"kms": {}}]), "provider kms is not known"),
        (lambda d: d["resources"][0].update(providers=[]), "an entry needs a provider"),
        (lambda d: d["resources"][0].update(providers=[aesgcm(ONE, ONE)]), "one that is unique"),
        (
            lambda d: d["resources"][0].update(providers=[aesgcm({"name": "a", "secret": "!"})]),
            "not base64",
        ),
        (
            lambda d: d["resources"][0].update(providers=[aesgcm({"name": "a", "secret": "YQ=="})]),
            "has 1 bytes: 16, 24 or 32",
        ),
    ],
)
def test_a_file_that_cannot_work_is_refused_with_the_reason(tmp_path, change, why):
    path = tmp_path / "encryption.json"
    wrong = document(aesgcm(ONE))
    change(wrong)
    path.write_text(json.dumps(wrong))
    with pytest.raises(Corrupt, match=why):
        load(path)
