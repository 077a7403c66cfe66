"""Tokens of service accounts for pods, asked of the API server and renewed in good time.

Source: ``pkg/kubelet/token/token_manager.go``: a token is renewed when 80 % of its life have
passed, or after a day. A pod that is gone takes its tokens with it.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from onggi.api.errors import StatusError
from onggi.api.objects import Object, View, get
from onggi.api.times import parse
from onggi.client.cluster import Cluster
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from onggi.node.volumes.volume import Token, VolumeError

log = logging.getLogger(__name__)

LIFE = 3600  # seconds, where a pod does not say
LONGEST_USE = timedelta(hours=24)
RETRY = timedelta(minutes=1)
Key = tuple[str, str, int]  # (pod uid, audience, seconds)


def token_request(pod: View, audience: str, seconds: int) -> Object:
    """Bound to the pod: the token dies with it."""
    meta = pod["metadata"]
    return {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {
            "name": get(pod, "spec.serviceAccountName") or "default",
            "namespace": meta["namespace"],
        },
        "spec": {
            "audiences": [audience] if audience else [],
            "expirationSeconds": seconds,
            "boundObjectRef": {
                "apiVersion": "v1",
                "kind": "Pod",
                "name": meta["name"],
                "uid": meta["uid"],
            },
        },
    }


def refresh_time(now: datetime, expires: datetime) -> datetime:
    """When 80 % of what is left have passed, at the latest in a day."""
    return now + min((expires - now) * 0.8, LONGEST_USE)


class TokenCache:
    """Fulfils ``volume.Tokens``."""

    def __init__(self, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        self._cluster = cluster
        self._clock = clock
        self._tokens: dict[Key, Token] = {}

    async def get(self, pod: View, source: View) -> Token:
        """While the server is away an old token serves as long as it is good."""
        audience, seconds = source.get("audience") or "", source.get("expirationSeconds") or LIFE
        key = (pod["metadata"]["uid"], audience, seconds)
        known, now = self._tokens.get(key), self._clock()
        if known and now < known.refresh_at:
            return known
        try:
            fresh = await self._request(token_request(pod, audience, seconds))
        except VolumeError as error:
            if known is None or known.expires <= now:
                raise
            log.warning("%s; trying again in %s", error, RETRY)
            fresh = replace(known, refresh_at=now + RETRY)
        self._tokens[key] = fresh
        return fresh

    async def _request(self, request: Object) -> Token:
        try:
            answer = await self._cluster.create(SERVICEACCOUNT, request, subresource="token")
        except StatusError as error:
            raise VolumeError(f"failed to fetch token: {error}") from error
        status, now = answer["status"], self._clock()
        expires = parse(status["expirationTimestamp"])
        return Token(text=status["token"], expires=expires, refresh_at=refresh_time(now, expires))

    def next_refresh(self) -> datetime | None:
        return min((t.refresh_at for t in self._tokens.values()), default=None)

    def due(self, now: datetime) -> set[str]:
        """The uids of pods with a token to renew."""
        return {uid for (uid, _, _), token in self._tokens.items() if token.refresh_at <= now}

    def forget(self, uid: str) -> None:
        self._tokens = {key: token for key, token in self._tokens.items() if key[0] != uid}
