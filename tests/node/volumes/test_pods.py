"""All volume types as a pod has them, on a fake cluster."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from onggi.client.cluster import reference
from onggi.client.fake import FakeCluster
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.secret import SECRET
from onggi.node.downward import Surroundings
from onggi.node.layout import Layout
from onggi.node.mounting import bind, inside, is_mount_point, unmount_inside
from onggi.node.parts import NotReady
from onggi.node.volumes.pods import PodVolumes
from tests.node.pods import pod
from tests.node.volumes.test_tokens import Issuer

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
]
AROUND = Surroundings(pod_ips=("10.0.0.5",), allocatable={"cpu": "2", "memory": "1Gi"})
CONFIG = {"metadata": {"name": "settings", "namespace": "shop"}, "data": {"a": "1", "b": "2"}}
KEY = {"metadata": {"name": "key", "namespace": "shop"}, "data": {"k": "c2VjcmV0"}}


class Town(FakeCluster):
    """A fake cluster that issues tokens, on a clock of the test's own."""

    def __init__(self) -> None:
        super().__init__()
        self.issuer = Issuer()

    async def create(self, kind, obj, *, subresource=""):
        if subresource == "token":
            return await self.issuer.create(kind, obj, subresource=subresource)
        return await super().create(kind, obj, subresource=subresource)


@pytest.fixture
async def town() -> Town:
    town = Town()
    await town.create(NAMESPACE, {"metadata": {"name": "shop"}})
    return town


@pytest.fixture
def volumes(town: Town, tmp_path: Path):
    layout = Layout(data=tmp_path, run=tmp_path / "run")
    yield PodVolumes(town, layout, lambda: AROUND, town.issuer.clock)
    unmount_inside(tmp_path)


def with_volume(**source: dict) -> dict:
    return pod(volumes=[{"name": "v", **source}])


async def mounted(volumes: PodVolumes, one: dict) -> Path:
    return Path((await volumes.mount(one))["v"].host_path)


@asynccontextmanager
async def kept_up(volumes: PodVolumes) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(volumes.run())
        await asyncio.sleep(0)
        yield
        running.cancel()


async def until(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not check():  # noqa: ASYNC110 (the file system tells nobody)
            await asyncio.sleep(0.01)


async def test_a_configmap_is_files(volumes: PodVolumes, town: Town) -> None:
    await town.create(CONFIGMAP, CONFIG)
    path = await mounted(volumes, with_volume(configMap={"name": "settings"}))
    assert (path / "a").read_text() == "1"
    assert not is_mount_point(path)


async def test_a_secret_is_files_in_memory_for_the_group(volumes: PodVolumes, town: Town) -> None:
    await town.create(SECRET, KEY)
    one = with_volume(secret={"secretName": "key", "defaultMode": 0o400})
    one["spec"]["securityContext"] = {"fsGroup": 2000}
    path = await mounted(volumes, one)
    assert (path / "k").read_text() == "secret"
    assert is_mount_point(path)
    found = (path / "k").stat()
    assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o440, 2000)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"configMap": {"name": "x"}}, 'configmap "x" not found'),
        ({"secret": {"secretName": "x"}}, 'secret "x" not found'),
        (
            {"configMap": {"name": "settings", "items": [{"key": "z", "path": "z"}]}},
            "configmap references non-existent config key: z",
        ),
        (
            {"projected": {"sources": [{"secret": {"name": "x"}}, {"configMap": {"name": "y"}}]}},
            '[secret "x" not found, configmap "y" not found]',
        ),
        (
            {"projected": {"sources": [{"clusterTrustBundle": {"path": "p"}}]}},
            "projected volume source clusterTrustBundle is not supported by this node",
        ),
        (
            {"nfs": {"server": "s", "path": "/"}},
            "no volume plugin matched: nfs volumes are not supported by this node",
        ),
        (
            {"hostPath": {"path": "/none/x", "type": "File"}},
            "hostPath type check failed: /none/x is not a file",
        ),
        (
            {"configMap": {"name": "settings", "items": [{"key": "a", "path": "../a"}]}},
            "invalid path: must not contain '..': ../a",
        ),
    ],
)
async def test_why_a_volume_cannot_be_mounted_is_said_in_upstreams_words(
    volumes: PodVolumes, town: Town, source: dict, message: str
) -> None:
    await town.create(CONFIGMAP, CONFIG)
    with pytest.raises(NotReady) as caught:
        await volumes.mount(with_volume(**source))
    assert caught.value.message == f'MountVolume.SetUp failed for volume "v" : {message}'
    assert caught.value.reason == "FailedMount"


async def test_optional_sources_may_be_missing(volumes: PodVolumes) -> None:
    path = await mounted(volumes, with_volume(configMap={"name": "x", "optional": True}))
    assert [p.name for p in path.iterdir() if not p.name.startswith("..")] == []


async def test_a_projected_volume_joins_its_sources(volumes: PodVolumes, town: Town) -> None:
    await town.create(CONFIGMAP, CONFIG)
    await town.create(SECRET, KEY)
    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 1000}},
        {"configMap": {"name": "settings", "items": [{"key": "a", "path": "ca.crt"}]}},
        {"secret": {"name": "key"}},
        {
            "downwardAPI": {
                "items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]
            }
        },
    ]
    path = await mounted(volumes, with_volume(projected={"sources": sources}))
    texts = {n: (path / n).read_text() for n in ("token", "ca.crt", "k", "namespace")}
    assert texts == {"token": "t1", "ca.crt": "1", "k": "secret", "namespace": "shop"}
    assert stat.S_IMODE((path / "token").stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("context", "owner", "mode"),
    [({"runAsUser": 7}, (7, 0), 0o600), ({"fsGroup": 9}, (0, 9), 0o640)],
)
async def test_a_token_is_private_where_its_reader_is_known(
    volumes: PodVolumes, context: dict, owner: tuple[int, int], mode: int
) -> None:
    sources = [{"serviceAccountToken": {"path": "token"}}]
    one = with_volume(projected={"sources": sources})
    one["spec"]["securityContext"] = context
    found = (await mounted(volumes, one) / "token").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (*owner, mode)


async def test_changes_of_the_source_reach_the_pod(volumes: PodVolumes, town: Town) -> None:
    await town.create(CONFIGMAP, CONFIG)
    async with kept_up(volumes):
        path = await mounted(volumes, with_volume(configMap={"name": "settings"}))
        await town.patch(CONFIGMAP, reference("shop", "settings"), {"data": {"a": "new"}})
        await until(lambda: (path / "a").read_text() == "new")
        await town.delete(CONFIGMAP, reference("shop", "settings"))
        await town.create(CONFIGMAP, {**CONFIG, "data": {"c": "3"}})
        await until(lambda: (path / "c").exists() and not (path / "a").exists())


async def test_a_source_that_appears_is_told(town: Town, tmp_path: Path) -> None:
    told = asyncio.Queue()
    layout = Layout(data=tmp_path, run=tmp_path)
    volumes = PodVolumes(town, layout, lambda: AROUND, town.issuer.clock, told.put_nowait)
    one = with_volume(configMap={"name": "settings"})
    async with kept_up(volumes):
        with pytest.raises(NotReady):
            await volumes.mount(one)
        await town.create(CONFIGMAP, CONFIG)
        async with asyncio.timeout(5):
            assert await told.get() == "0000-1111"
        assert (await mounted(volumes, one) / "a").read_text() == "1"


async def test_tokens_are_renewed_in_good_time(volumes: PodVolumes, town: Town) -> None:
    sources = [{"serviceAccountToken": {"path": "token", "expirationSeconds": 1000}}]
    path = await mounted(volumes, with_volume(projected={"sources": sources}))
    town.issuer.now += timedelta(seconds=800)
    async with kept_up(volumes):
        await until(lambda: (path / "token").read_text() == "t2")


async def test_new_labels_show_at_the_next_mount(volumes: PodVolumes) -> None:
    items = [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]
    one = with_volume(downwardAPI={"items": items})
    path = await mounted(volumes, one)
    changed = {**one, "metadata": {**one["metadata"], "labels": {"app": "new"}}}
    await volumes.mount(changed)
    assert (path / "labels").read_text() == 'app="new"'


async def test_unmounting_leaves_nothing_and_may_be_repeated(
    volumes: PodVolumes, town: Town, tmp_path: Path
) -> None:
    await town.create(SECRET, KEY)
    one = with_volume(secret={"secretName": "key"})
    one["spec"]["volumes"].append({"name": "m", "emptyDir": {"medium": "Memory"}})
    await volumes.mount(one)
    assert await volumes.known() == {"0000-1111"}
    assert len(inside(tmp_path)) == 2
    for _ in range(2):
        await volumes.unmount("0000-1111")
        assert not inside(tmp_path)
        assert not (tmp_path / "pods" / "0000-1111").exists()
    assert await volumes.known() == frozenset()


async def test_what_a_crash_left_is_known_and_can_be_unmounted(
    volumes: PodVolumes, town: Town, tmp_path: Path
) -> None:
    await volumes.mount(with_volume(emptyDir={"medium": "Memory"}))
    layout = Layout(data=tmp_path, run=tmp_path / "run")
    later = PodVolumes(town, layout, lambda: AROUND, town.issuer.clock)
    assert await later.known() == {"0000-1111"}
    await later.unmount("0000-1111")
    assert not inside(tmp_path)


async def test_unmounting_never_empties_what_was_mounted_from_elsewhere(
    volumes: PodVolumes, tmp_path: Path
) -> None:
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "gold").write_text("1")
    path = await mounted(volumes, with_volume(emptyDir={}))
    (path / "m").mkdir()
    bind(str(treasure), path / "m")
    (path / "link").symlink_to(treasure)
    await volumes.unmount("0000-1111")
    assert (treasure / "gold").read_text() == "1"
