"""Every manifest in the documents and examples is accepted, without a warning.

A block marked ``yaml`` is a manifest, a settings file that the server reads, or a description of
an image if it has no ``kind``.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from onggi.api.errors import StatusError
from onggi.api.http import Request, Response, User
from onggi.apiserver.assemble import ApiServer
from onggi.apiserver.audit.policy import Policy
from onggi.apiserver.authn.oidc.config import read
from onggi.client.inprocess import path
from onggi.config import Config
from onggi.images.spec import parse
from onggi.kinds import BUILTIN
from onggi.store.memory import MemoryStore
from onggi.up.control_plane import api_server
from tests.shape.documents import ROOT, blocks

ADMIN = User("kubernetes-admin", ("system:masters", "system:authenticated"))
KINDS = {(kind.api_version, kind.name): kind for kind in BUILTIN}
SETTINGS: dict[str, Callable[[Any], object]] = {
    "Policy": Policy.read,
    "AuthenticationConfiguration": lambda obj: read(obj, "https://own.example.com"),
}
STRICT = {"fieldValidation": ["Strict"]}
FILES = sorted(ROOT.glob("examples/*/manifests/*.yaml"))


def texts() -> Iterator[Any]:
    for block in blocks("yaml"):
        yield pytest.param(block.text, id=block.place)
    for file in FILES:
        yield pytest.param(file.read_text(), id=file.relative_to(ROOT).as_posix())


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
async def api(tmp_path: Path, keys: Path) -> AsyncIterator[ApiServer]:
    (tmp_path / "pki").symlink_to(keys)
    store = MemoryStore()
    async with api_server(Config(data=tmp_path, node=False, api_port=0), store) as plane:
        yield plane.api
    await store.close()


async def create(api: ApiServer, obj: Any) -> Response:
    kind = KINDS[obj["apiVersion"], obj["kind"]]
    where = path(kind, obj["metadata"].get("namespace", "default") if kind.namespaced else "")
    answer = await api.handle(
        Request(method="POST", path=where, query=STRICT, body=obj, user=ADMIN)
    )
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("text", list(texts()))
async def test_what_the_documents_show_is_accepted(text: str, api: ApiServer) -> None:
    for obj in yaml.safe_load_all(text):
        if "kind" not in obj:
            parse(text, ROOT / "image.yaml")
            continue
        if settings := SETTINGS.get(obj["kind"]):
            settings(obj)
            continue
        try:
            answer = await create(api, obj)
        except StatusError as refused:
            pytest.fail(str(refused))
        assert answer.status == 201
        assert "Warning" not in answer.headers


def test_there_are_manifests_to_look_at() -> None:
    assert len(FILES) >= 4
