"""TLS certificates from Secrets, read with the least privilege that serves.

Only Secrets that an Ingress of ours names are read, each by its own list and watch with
``metadata.name``, which RBAC can allow by name; the Secrets of the cluster at large are
never seen. What Envoy would refuse is found out here, so that one bad certificate cannot
hold up the configuration of everybody else.
"""

import asyncio
import base64
import binascii
import logging
from collections.abc import Callable, Iterable

from onggi.api.errors import Expired, StatusError
from onggi.api.objects import View
from onggi.client.cluster import Cluster, Selection
from onggi.kinds.core.secret import SECRET
from onggi.platform.mesh.translate.ingress import SecretName
from onggi.platform.mesh.translate.listeners import Pair

log = logging.getLogger(__name__)

PAUSE = 1.0
LONGEST_PAUSE = 30.0
NOT_FOUND = "not found"


class Certificates:
    """``found`` follows the Secrets that are wanted; ``changed`` is called when it did."""

    def __init__(
        self, cluster: Cluster, tasks: asyncio.TaskGroup, changed: Callable[[], None]
    ) -> None:
        self.found: dict[SecretName, Pair | str] = {}
        self._cluster = cluster
        self._tasks = tasks
        self._changed = changed
        self._followers: dict[SecretName, asyncio.Task[None]] = {}
        self._listed: dict[SecretName, asyncio.Event] = {}

    def want(self, names: Iterable[SecretName]) -> None:
        """Follow these Secrets and no others."""
        wanted = set(names)
        for name in wanted - self._followers.keys():
            self._listed[name] = asyncio.Event()
            self._followers[name] = self._tasks.create_task(self._follow(name))
        for name in self._followers.keys() - wanted:
            self._followers.pop(name).cancel()
            self._listed.pop(name, None)
            self.found.pop(name, None)

    async def listed(self) -> None:
        """Until every wanted Secret has been looked for once."""
        for event in list(self._listed.values()):
            await event.wait()

    async def _follow(self, name: SecretName) -> None:
        namespace, plain = name
        selection = Selection(namespace=namespace, fields=f"metadata.name={plain}")
        pause = PAUSE
        while True:
            try:
                listing = await self._cluster.list(SECRET, selection)
                self._take(name, next(iter(listing.items), None))
                since = listing.resource_version
                async for event in self._cluster.watch(SECRET, selection, since=since):
                    pause = PAUSE
                    if event.type != "BOOKMARK":
                        gone = event.type == "DELETED"
                        self._take(name, None if gone else event.object)
            except Expired:
                continue
            except StatusError as error:
                log.warning("secret %s/%s: %s", namespace, plain, error)
                self._take(name, f"cannot be read: {error}")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _take(self, name: SecretName, secret: View | str | None) -> None:
        found = secret if isinstance(secret, str) else pair_in(secret)
        if event := self._listed.get(name):
            event.set()
        if self.found.get(name) != found:
            self.found[name] = found
            self._changed()


def pair_in(secret: View | None) -> Pair | str:
    """The certificate and key of a ``kubernetes.io/tls`` Secret, or what is wrong with it."""
    if secret is None:
        return NOT_FOUND
    data = secret.get("data") or {}
    try:
        chain, key = (base64.b64decode(data[k], validate=True) for k in ("tls.crt", "tls.key"))
    except KeyError as error:
        return f"has no {error.args[0]}"
    except binascii.Error as error:
        return f"is not base64: {error}"
    return flaw(chain, key) or Pair(chain.decode(), key.decode())


def flaw(chain: bytes, key: bytes) -> str:
    """Why Envoy would not take them; empty if it will."""
    from cryptography import x509  # 9 MB: only where there is a certificate
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        certificates = x509.load_pem_x509_certificates(chain)
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        return f"is no usable certificate: {error}"
    if certificates[0].public_key() != private.public_key():
        return "has a key that does not belong to its certificate"
    return ""
