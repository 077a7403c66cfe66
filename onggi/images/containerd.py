"""Images in a containerd: put in, list, remove.

Archives go in through ``ctr`` (part of containerd), the rest through CRI, whose view is the one
that pods will have.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from onggi.images.archive import inspect, opened
from onggi.images.errors import ImageError
from onggi.images.layout import Layout
from onggi.images.names import full_name
from onggi.images.pause import NAME as SANDBOX

NAMESPACE = "k8s.io"
TIMEOUT = 60  # seconds for one call
LARGEST = 16 << 20  # bytes of an answer
CHUNK = 1 << 20
PROVISIONAL = "import.onggi.local/image"  # the name of what comes without one, for a moment


@dataclass(frozen=True)
class Listed:
    """One image. ``created`` is None where its configuration does not say."""

    names: tuple[str, ...]
    digest: str  # of the manifest; the configuration's where nothing else is known
    size: int  # bytes
    created: datetime | None
    used: bool  # by a container
    identity: str  # what CRI calls its id


@dataclass(frozen=True)
class Containerd:
    """The containerd that listens at ``socket``."""

    socket: Path

    def load(self, layout: Layout, name: str) -> bool:
        """Put an image of ours in; False where it is there already."""
        descriptor = layout.manifest(name)
        if descriptor is not None and self.has(name, descriptor["digest"]):
            return False
        self._import(lambda target: layout.export(name, target))
        return True

    def has(self, name: str, digest: str) -> bool:
        """Is this very image there under this name?"""
        rows = self._ctr("images", "list", f"name=={name}").splitlines()[1:]
        return any(row.split()[:1] == [name] and digest in row.split() for row in rows)

    def bring(self, archive: Path, name: str = "") -> tuple[str, ...]:
        """Import a docker or OCI archive; returns the names of its images.

        ``name`` is for the one image of an archive that names none.
        """
        contents = inspect(archive)
        if contents.nameless and not name and not contents.names:
            raise ImageError(
                f"{archive} does not say what its image is called; import it with --name NAME:TAG"
            )
        if name and contents.names:
            raise ImageError(f"{archive} has a name already: {', '.join(contents.names)}")
        extra = ["--digests", "--base-name", PROVISIONAL] if name else []
        with opened(archive) as file:
            self._import(lambda target: shutil.copyfileobj(file, target, CHUNK), extra)
        if not name:
            return contents.names
        return (self._rename(full_name(name)),)

    def list(self) -> Sequence[Listed]:
        """All images that pods can use, by name."""
        from cri_api.v1 import api_pb2

        with self._cri() as (images, runtime):
            request = api_pb2.ListContainersRequest()
            containers = runtime.ListContainers(request, timeout=TIMEOUT).containers
            used = {c.image_ref for c in containers} | {c.image.image for c in containers}
            answer = images.ListImages(api_pb2.ListImagesRequest(), timeout=TIMEOUT)
            found = [self._listed(images, image, used) for image in answer.images]
        return sorted(found, key=lambda listed: listed.names)

    def remove(self, identity: str) -> None:
        """Remove an image with all its names."""
        from cri_api.v1 import api_pb2

        with self._cri() as (images, _):
            spec = api_pb2.ImageSpec(image=identity)
            images.RemoveImage(api_pb2.RemoveImageRequest(image=spec), timeout=TIMEOUT)

    def prune(self, keep: Sequence[str] = ()) -> Sequence[Listed]:
        """Remove every image that no container uses and that is not to be kept; returns them.

        The image of the sandboxes always stays: CRI does not tell that they use it.
        """
        kept = {full_name(name) for name in (SANDBOX, *keep)}
        gone = [i for i in self.list() if not i.used and not kept & set(i.names)]
        for image in gone:
            self.remove(image.identity)
        return gone

    def _listed(self, images: Any, image: Any, used: set[str]) -> Listed:
        from cri_api.v1 import api_pb2

        asked = api_pb2.ImageStatusRequest(image=api_pb2.ImageSpec(image=image.id), verbose=True)
        info = images.ImageStatus(asked, timeout=TIMEOUT).info.get("info", "{}")
        created = (json.loads(info).get("imageSpec") or {}).get("created")
        names = tuple(image.repo_tags) or tuple(image.repo_digests)
        digest = next((d.partition("@")[2] for d in image.repo_digests), image.id)
        references = {image.id, *image.repo_tags, *image.repo_digests}
        return Listed(
            names,
            digest,
            image.size,
            datetime.fromisoformat(created) if created else None,
            bool(references & used),
            image.id,
        )

    def _rename(self, name: str) -> str:
        """Give the image that has just come its name, and take the provisional one."""
        text = self._ctr("images", "list", "--quiet")
        provisional = [n for n in text.split() if n.startswith(PROVISIONAL)]
        if not provisional:
            raise ImageError("the archive has no image for this machine")
        self._ctr("images", "tag", "--force", provisional[0], name)
        self._ctr("images", "remove", *provisional)
        return name

    def _import(self, write: Callable[[IO[bytes]], Any], extra: Sequence[str] = ()) -> None:
        process = self._start("images", "import", *extra, "-")
        assert process.stdin is not None
        try:
            write(process.stdin)
        except BrokenPipeError:
            pass  # ctr gave up; it says why below
        finally:
            _, complaint = process.communicate()
        if process.returncode:
            raise ImageError(f"containerd refused the archive: {_last(complaint)}")

    def _ctr(self, *arguments: str) -> str:
        process = self._start(*arguments)
        output, complaint = process.communicate()
        if process.returncode:
            raise ImageError(f"ctr {' '.join(arguments)}: {_last(complaint)}")
        return output.decode()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        program = shutil.which("ctr", path="/usr/bin:/usr/local/bin:/usr/sbin:/bin")
        if program is None:
            raise ImageError("ctr is missing; apt-get install containerd")
        command = [program, "--address", str(self.socket), "--namespace", NAMESPACE, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)

    @contextmanager
    def _cri(self) -> Iterator[tuple[Any, Any]]:
        """Image and runtime service. Raises ImageError where nobody answers."""
        import grpc
        from cri_api.v1 import api_pb2_grpc

        options = [("grpc.max_receive_message_length", LARGEST)]
        with grpc.insecure_channel(f"unix://{self.socket}", options) as channel:
            images = api_pb2_grpc.ImageServiceStub(channel)  # type: ignore[no-untyped-call]
            runtime = api_pb2_grpc.RuntimeServiceStub(channel)  # type: ignore[no-untyped-call]
            try:
                yield images, runtime
            except grpc.RpcError as error:
                raise ImageError(f"containerd at {self.socket}: {_details(error)}") from error


def _details(error: Any) -> str:
    return str(error.details())


def _last(complaint: bytes) -> str:
    lines = complaint.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("ctr: ") if lines else "it does not say why"
