from datetime import datetime, timedelta

import pytest

from onggi.api.errors import ServiceUnavailable
from onggi.api.times import stamp
from onggi.node.volumes.tokens import TokenCache, refresh_time, token_request
from onggi.node.volumes.volume import VolumeError
from tests.node.pods import pod
from tests.world import NOW

SOURCE = {"path": "token", "expirationSeconds": 1000, "audience": "vault"}


class Issuer:
    """A cluster that only issues tokens."""

    def __init__(self) -> None:
        self.now, self.asked, self.away = NOW, [], False

    def clock(self) -> datetime:
        return self.now

    async def create(self, kind: object, request: dict, *, subresource: str) -> dict:
        assert subresource == "token"
        if self.away:
            raise ServiceUnavailable("away")
        self.asked.append(request)
        expires = self.now + timedelta(seconds=request["spec"]["expirationSeconds"])
        return {"status": {"token": f"t{len(self.asked)}", "expirationTimestamp": stamp(expires)}}


async def test_a_token_is_kept_until_most_of_its_life_has_passed() -> None:
    issuer = Issuer()
    cache = TokenCache(issuer, issuer.clock)
    assert (await cache.get(pod(), SOURCE)).text == "t1"
    issuer.now += timedelta(seconds=799)
    assert (await cache.get(pod(), SOURCE)).text == "t1"
    assert cache.due(issuer.now) == set()
    issuer.now += timedelta(seconds=1)
    assert cache.due(issuer.now) == {"0000-1111"}
    assert (await cache.get(pod(), SOURCE)).text == "t2"


async def test_an_old_token_serves_while_the_server_is_away() -> None:
    issuer = Issuer()
    cache = TokenCache(issuer, issuer.clock)
    await cache.get(pod(), SOURCE)
    issuer.away = True
    issuer.now += timedelta(seconds=900)
    assert (await cache.get(pod(), SOURCE)).text == "t1"
    assert cache.next_refresh() == issuer.now + timedelta(minutes=1)
    issuer.now += timedelta(seconds=200)
    with pytest.raises(VolumeError, match="failed to fetch token"):
        await cache.get(pod(), SOURCE)


async def test_a_pod_takes_its_tokens_with_it() -> None:
    issuer = Issuer()
    cache = TokenCache(issuer, issuer.clock)
    await cache.get(pod(), SOURCE)
    cache.forget("0000-1111")
    assert cache.next_refresh() is None


def test_the_request_is_bound_to_the_pod() -> None:
    request = token_request(pod(serviceAccountName="robot"), "vault", 1000)
    assert request["metadata"] == {"name": "robot", "namespace": "shop"}
    assert request["spec"]["audiences"] == ["vault"]
    assert request["spec"]["boundObjectRef"]["uid"] == "0000-1111"


def test_a_long_lived_token_is_renewed_daily() -> None:
    assert refresh_time(NOW, NOW + timedelta(days=30)) == NOW + timedelta(days=1)
