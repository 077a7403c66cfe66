import asyncio
from datetime import datetime, timedelta

import pytest

from onggi.client.fake import FakeCluster
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.secret import SECRET
from onggi.node.images import PodImages, duration, node_images
from onggi.node.parts import PullError
from onggi.node.runtime import Auth, Image, RuntimeFailure
from tests.node.pods import main, pod
from tests.node.test_image_auth import secret
from tests.world import NOW

HERE = "sha256:here"


class Registry:
    """A runtime that has some images and can pull some others."""

    def __init__(self) -> None:
        self.local = {"box:latest": HERE}
        self.remote = {"app:1": "sha256:app"}
        self.password = ""
        self.pulled: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def image(self, reference: str) -> Image | None:
        found = self.local.get(reference) or (
            reference if reference in self.local.values() else None
        )
        return Image(id=found, size=10) if found else None

    async def pull_image(self, reference: str, auth: Auth | None = None) -> str:
        self.pulled.append(reference)
        await self.gate.wait()
        if self.password and (auth is None or auth.password != self.password):
            raise RuntimeFailure("no basic auth credentials")
        if reference not in self.remote:
            raise RuntimeFailure("not found", "NotFound")
        self.local[reference] = self.remote[reference]
        return self.remote[reference]


class Notes:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def event(self, target, type, reason, message, field_path="") -> None:
        assert field_path == "spec.containers{main}"
        self.said.append((reason, message))


class Case:
    def __init__(self) -> None:
        self.registry, self.notes, self.now = Registry(), Notes(), NOW
        self.cluster = FakeCluster()
        self.images = PodImages(self.registry, self.cluster, self.notes, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def ensure(self, image: str, policy: str = "IfNotPresent", **spec: object) -> str:
        one = pod({"image": image, "imagePullPolicy": policy}, **spec)
        return await self.images.ensure(one, main(one))

    async def refused(self, image: str, policy: str = "IfNotPresent", **spec: object) -> PullError:
        with pytest.raises(PullError) as caught:
            await self.ensure(image, policy, **spec)
        return caught.value


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.mark.parametrize("policy", ["IfNotPresent", "Never"])
async def test_an_image_that_is_here_is_used(case: Case, policy: str) -> None:
    assert await case.ensure("box", policy) == HERE
    assert case.notes.said == [
        (
            "Pulled",
            'Container image "box" already present on machine and can be accessed by the pod',
        )
    ]
    assert case.registry.pulled == []


async def test_an_image_that_is_not_here_is_pulled(case: Case) -> None:
    assert await case.ensure("app:1") == "sha256:app"
    assert case.notes.said == [
        ("Pulling", 'Pulling image "app:1"'),
        (
            "Pulled",
            'Successfully pulled image "app:1" in 0s (0s including waiting). Image size: 10 bytes.',
        ),
    ]


async def test_always_means_that_the_registry_is_asked(case: Case) -> None:
    case.registry.remote["box:latest"] = "sha256:newer"
    assert await case.ensure("box", "Always") == "sha256:newer"


async def test_never_means_never(case: Case) -> None:
    error = await case.refused("app:1", "Never")
    assert (error.reason, error.retry_in) == ("ErrImageNeverPull", 0)
    assert error.message == 'Container image "app:1" is not present with pull policy of Never'
    assert ("Failed", "Error: ErrImageNeverPull") in case.notes.said


async def test_what_is_no_name_is_refused(case: Case) -> None:
    error = await case.refused("Nginx:x:y")
    assert error.reason == "InvalidImageName"
    assert error.message.startswith(
        'Failed to apply default image tag "Nginx:x:y": couldn\'t parse image name "Nginx:x:y": '
        "invalid reference format"
    )
    assert case.notes.said[-1] == ("Failed", "Error: InvalidImageName")


async def test_a_failed_pull_is_tried_again_later_and_later(case: Case) -> None:
    error = await case.refused("gone:1")
    assert (error.reason, error.retry_in) == ("ErrImagePull", 1)  # to show that it waits
    assert error.message == "rpc error: code = NotFound desc = not found"
    waits = []
    for _ in range(7):
        waiting = await case.refused("gone:1")
        assert waiting.reason == "ImagePullBackOff"
        assert waiting.message == f'Back-off pulling image "gone:1": ErrImagePull: {error.message}'
        waits.append(waiting.retry_in)
        case.now += timedelta(seconds=waiting.retry_in)
        await case.refused("gone:1")
    assert waits == [10, 20, 40, 80, 160, 300, 300]
    assert len(case.registry.pulled) == 8


async def test_a_pull_that_succeeds_forgets_the_failures(case: Case) -> None:
    await case.refused("late:1")
    case.registry.remote["late:1"] = "sha256:late"
    case.now += timedelta(seconds=10)
    assert await case.ensure("late:1") == "sha256:late"
    assert case.images.used["sha256:late"] == case.now


async def test_pods_that_want_the_same_image_pull_it_once(case: Case) -> None:
    case.registry.gate.clear()
    async with asyncio.TaskGroup() as tasks:
        both = [tasks.create_task(case.ensure("app:1")) for _ in range(2)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        case.registry.gate.set()
    assert [task.result() for task in both] == ["sha256:app"] * 2
    assert case.registry.pulled == ["app:1"]


async def test_pull_secrets_are_tried_and_missing_ones_told(case: Case) -> None:
    case.registry.password = "right"
    await case.cluster.create(NAMESPACE, {"metadata": {"name": "shop"}})
    wrong = secret(**{"docker.io": {"username": "u", "password": "wrong"}})
    right = secret(**{"docker.io__library": {"username": "u", "password": "right"}})
    for name, obj in (("one", wrong), ("two", right)):
        await case.cluster.create(SECRET, {**obj, "metadata": {"name": name, "namespace": "shop"}})
    names = [{"name": "one"}, {"name": "none"}]
    await case.refused("app:1", imagePullSecrets=names)
    assert any(reason == "FailedToRetrieveImagePullSecret" for reason, _ in case.notes.said)
    assert "wrong" not in repr(case.notes.said)
    case.now += timedelta(seconds=10)
    assert await case.ensure("app:1", imagePullSecrets=[*names, {"name": "two"}])


def test_durations_are_spelled_as_go_spells_them() -> None:
    spelled = {0: "0s", 0.5234: "523ms", 1: "1s", 1.5: "1.5s", 62.5: "1m2.5s", 3600: "1h0m0s"}
    assert {s: duration(timedelta(seconds=s)) for s in spelled} == spelled


def test_a_node_shows_its_largest_images() -> None:
    images = [Image(id=str(n), repo_tags=(f"i:{n}",), size=n) for n in range(60)]
    shown = node_images([*images, Image(id="unnamed", size=1000)])
    assert len(shown) == 49
    assert shown[0] == {"names": ["i:59"], "sizeBytes": 59}
