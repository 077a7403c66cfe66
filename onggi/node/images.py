"""Images for containers: present, pulled, waited for, or refused, in upstream's words.

Source: EnsureImageExists in ``pkg/kubelet/images/image_manager.go``. One pull at a time for
one image: pods that want the same wait for it together.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onggi.api.errors import StatusError
from onggi.api.objects import View, get
from onggi.client.cluster import Cluster
from onggi.kinds.core.secret import SECRET
from onggi.node.backoff import Backoff, after_crash
from onggi.node.events import field_path
from onggi.node.image_auth import BadSecret, candidates
from onggi.node.image_names import BadImageName, parse, with_default_tag
from onggi.node.parts import PullError, Recorder
from onggi.node.runtime import Auth, ContainerRuntime, Image, RuntimeFailure

Key = tuple[str, str]  # (pod uid, image as the pod says it)

SHOWN = 1.0  # seconds that a pod shows ErrImagePull before it shows ImagePullBackOff


@dataclass(frozen=True)
class Failed:
    """The last failed pull. ``reason`` and ``message`` are shown while waiting."""

    backoff: Backoff
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One container's wish. ``image`` is complete with a tag, ``said`` is what the pod says."""

    pod: View
    container: View
    said: str
    image: str

    @property
    def key(self) -> Key:
        return self.pod["metadata"]["uid"], self.said

    @property
    def policy(self) -> str:
        return self.container.get("imagePullPolicy") or "IfNotPresent"


@dataclass
class PodImages:
    """Fulfils ``parts.Images``. ``used`` says when an image was last needed here."""

    runtime: ContainerRuntime
    cluster: Cluster
    recorder: Recorder
    clock: Callable[[], datetime]
    used: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[Key, Failed] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def ensure(self, pod: View, container: View) -> str:
        wanted = self._wanted(pod, container)
        try:
            reference = await self._ensure(wanted)
        except PullError as error:
            self._say(wanted, "Warning", "Failed", f"Error: {error.reason}")
            raise
        self.used[reference] = self.clock()
        return reference

    def _wanted(self, pod: View, container: View) -> Wanted:
        said = container.get("image") or ""
        try:
            image = with_default_tag(said)
        except BadImageName as error:
            why = f'Failed to apply default image tag "{said}": '
            why += f'couldn\'t parse image name "{said}": {error}'
            self._event(pod, container, "Warning", "InspectFailed", why)
            self._event(pod, container, "Warning", "Failed", "Error: InvalidImageName")
            raise PullError(why, "InvalidImageName", 0) from error
        return Wanted(pod=pod, container=container, said=said, image=image)

    async def _ensure(self, wanted: Wanted) -> str:
        present = await self._present(wanted)
        if present and wanted.policy != "Always":
            return self._is_here(wanted, present)
        if wanted.policy == "Never":
            why = f'Container image "{wanted.said}" is not present with pull policy of Never'
            self._say(wanted, "Warning", "ErrImageNeverPull", why)
            raise PullError(why, "ErrImageNeverPull", 0)
        self._refuse_while_backing_off(wanted)
        return await self._pull_in_turn(wanted)

    async def _present(self, wanted: Wanted) -> Image | None:
        try:
            return await self.runtime.image(wanted.image)
        except RuntimeFailure as error:
            why = f'Failed to inspect image "{wanted.said}": {error}'
            self._say(wanted, "Warning", "InspectFailed", why)
            raise PullError(why, "ImageInspectError") from error

    def _is_here(self, wanted: Wanted, image: Image) -> str:
        why = f'Container image "{wanted.said}" already present on machine'
        self._say(wanted, "Normal", "Pulled", f"{why} and can be accessed by the pod")
        return image.id

    def _refuse_while_backing_off(self, wanted: Wanted) -> None:
        failed, now = self._failed.get(wanted.key), self.clock()
        if failed is None or (again := failed.backoff.updated + failed.backoff.delay) <= now:
            return
        why = f'Back-off pulling image "{wanted.said}"'
        self._say(wanted, "Normal", "BackOff", why)
        whole = f"{why}: {failed.reason}: {failed.message}"
        raise PullError(whole, "ImagePullBackOff", (again - now).total_seconds())

    async def _pull_in_turn(self, wanted: Wanted) -> str:
        lock, asked = self._locks[wanted.image], self.clock()
        self._say(wanted, "Normal", "Pulling", f'Pulling image "{wanted.said}"')
        async with lock:
            if wanted.policy == "IfNotPresent" and (image := await self._present(wanted)):
                return self._is_here(wanted, image)
            began = self.clock()
            reference = await self._pull(wanted)
            await self._tell_pulled(wanted, reference, asked, began)
            return reference

    async def _tell_pulled(
        self, wanted: Wanted, reference: str, asked: datetime, began: datetime
    ) -> None:
        self._failed.pop(wanted.key, None)
        image, now = await self.runtime.image(reference), self.clock()
        self._say(
            wanted,
            "Normal",
            "Pulled",
            f'Successfully pulled image "{wanted.said}" in {duration(now - began)} '
            f"({duration(now - asked)} including waiting). "
            f"Image size: {image.size if image else 0} bytes.",
        )

    async def _pull(self, wanted: Wanted) -> str:
        secrets, missing = await self._secrets(wanted.pod)
        try:
            choices: Sequence[Auth | None] = candidates(secrets, parse(wanted.image)) or [None]
        except BadSecret as error:
            raise self._failure(wanted, f"pull secret {error}", missing) from error
        errors = []
        for auth in choices:
            try:
                return await self.runtime.pull_image(wanted.image, auth)
            except RuntimeFailure as error:
                errors.append(str(error))
        why = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
        raise self._failure(wanted, why, missing)

    def _failure(self, wanted: Wanted, why: str, missing: Sequence[str]) -> PullError:
        now = self.clock()
        if missing:
            names = ", ".join(missing)
            self._say(
                wanted,
                "Warning",
                "FailedToRetrieveImagePullSecret",
                f"Unable to retrieve some image pull secrets ({names}); "
                "attempting to pull the image may not succeed.",
            )
        self._say(wanted, "Warning", "Failed", f'Failed to pull image "{wanted.said}": {why}')
        old = self._failed.get(wanted.key)
        backoff = after_crash(old.backoff if old else None, now, now)
        self._failed = {k: f for k, f in self._failed.items() if f.backoff.applies(now)}
        self._failed[wanted.key] = Failed(backoff, "ErrImagePull", why)
        return PullError(why, "ErrImagePull", SHOWN)

    async def _secrets(self, pod: View) -> tuple[list[View], list[str]]:
        """The pod's pull secrets, and the names of those that cannot be had."""
        found, missing = [], []
        for reference in get(pod, "spec.imagePullSecrets") or ():
            if name := reference.get("name"):
                try:
                    found.append(await self.cluster.get(SECRET, pod["metadata"]["namespace"], name))
                except StatusError:
                    missing.append(name)
        return found, missing

    def _say(self, wanted: Wanted, type: str, reason: str, message: str) -> None:
        self._event(wanted.pod, wanted.container, type, reason, message)

    def _event(self, pod: View, container: View, type: str, reason: str, message: str) -> None:
        where = field_path(pod, container["name"])
        self.recorder.event(pod, type, reason, message, where)


def duration(period: timedelta) -> str:
    """Go's spelling of milliseconds: ``523ms``, ``1.5s``, ``1m2.5s``."""
    millis = max(0, int(period / timedelta(milliseconds=1)))
    if millis < 1000:
        return f"{millis}ms" if millis else "0s"
    minutes, rest = divmod(millis, 60_000)
    seconds = f"{rest / 1000:.3f}".rstrip("0").rstrip(".") + "s"
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def node_images(images: Sequence[Image], most: int = 50) -> list[dict[str, object]]:
    """``status.images`` of the node: the largest first, at most five names each."""
    ordered = sorted(images, key=lambda image: image.size, reverse=True)
    return [
        {"names": names[:5], "sizeBytes": image.size}
        for image in ordered[:most]
        if (names := [*image.repo_digests, *image.repo_tags])
    ]
