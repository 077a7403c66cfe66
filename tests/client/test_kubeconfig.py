"""Kubeconfigs: what is written can be read, by us and by the official client."""

import stat
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from onggi.client.kubeconfig import Endpoint, KubeconfigError, document, load, save

OURS = Endpoint(server="https://127.0.0.1:6443", trust="CA\n", certificate="CERT\n", key="KEY\n")


def test_what_is_saved_can_be_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kubeconfig"
    save(path, document(OURS))
    assert load(path) == OURS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_saving_again_changes_nothing_but_lax_permissions(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    save(path, document(OURS))
    inode = path.stat().st_ino
    save(path, document(OURS))
    assert path.stat().st_ino == inode
    path.chmod(0o644)
    save(path, document(OURS))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_files_are_found_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("CA\n")
    (tmp_path / "token").write_text("secret\n")
    config = {
        "current-context": "a",
        "contexts": [
            {"name": "a", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
            {"name": "b", "context": {"cluster": "d"}},
        ],
        "clusters": [
            {"name": "c", "cluster": {"server": "https://x/", "certificate-authority": "ca.crt"}},
            {"name": "d", "cluster": {"server": "http://y", "insecure-skip-tls-verify": True}},
        ],
        "users": [{"name": "u", "user": {"tokenFile": "token"}}],
    }
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(config))
    found = load(path)
    assert found == Endpoint(server="https://x", trust="CA", token="secret", namespace="shop")
    assert found.headers == {"Authorization": "Bearer secret"}
    assert load(path, "b") == Endpoint(server="http://y", insecure=True)
    assert load(path, "b").tls() is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"current-context": ""}, "no current-context"),
        ({"current-context": "x"}, 'no context named "x"'),
        ({"clusters": []}, 'no cluster named "onggi"'),
        ({"clusters": [{"name": "onggi", "cluster": {}}]}, "has no server"),
        ({"users": [{"name": "onggi-admin", "user": {"exec": {"command": "aws"}}}]}, '"exec"'),
        (
            {"users": [{"name": "onggi-admin", "user": {"client-key-data": "%%"}}]},
            "is not base64",
        ),
        ({"users": [{"name": "onggi-admin", "user": {"tokenFile": "gone"}}]}, "refers to gone"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(document(OURS) | change))
    with pytest.raises(KubeconfigError, match=said):
        load(path)


@pytest.mark.parametrize("text", ["", "[1]", "a: [", "\t"])
def test_what_is_no_kubeconfig_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(KubeconfigError):
        load(path)


def test_the_document_is_what_kubectl_writes() -> None:
    user = document(OURS)["users"][0]
    assert user["name"] == "onggi-admin"
    assert user["user"]["client-key-data"] == b64encode(b"KEY\n").decode()
