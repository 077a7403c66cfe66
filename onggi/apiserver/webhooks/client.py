"""One question to a program elsewhere, over HTTPS: a JSON document there, one back.

Also for conversion webhooks. Connections are kept and used again; what such a program does
wrong (nothing there, silence, an end in the middle, a wrong certificate, an endless answer)
becomes one exception whose text is Go's for the same, since people search for it.
"""

import random
import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from onggi.api.errors import StatusError
from onggi.apiserver.admission import Lookup
from onggi.apiserver.webhooks.where import Where, addresses
from onggi.apiserver.webhooks.words import answered, words

if TYPE_CHECKING:
    import aiohttp

LONGEST = 16 * 1024 * 1024  # bytes of an answer
CONTEXTS = 200  # certificate bundles that are kept parsed
IDLE = 90.0  # seconds that an unused connection is kept: Go's
JSON = "application/json"
HEADERS = {"Content-Type": JSON, "Accept": "application/json, */*"}


class CallFailed(Exception):
    """No answer that could be used. ``code`` is what metrics show of it."""

    def __init__(self, why: str, code: int = 503) -> None:
        super().__init__(why)
        self.why, self.code = why, code


class Client:
    """``lookup`` finds Services and what is behind them. Close it in the end."""

    def __init__(self, lookup: Lookup, agent: str = "kube-apiserver-admission") -> None:
        self._lookup, self._headers = lookup, {**HEADERS, "User-Agent": agent}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def post(self, where: Where, body: bytes, timeout: float, query: str = "") -> bytes:
        """The body of the answer. Raises CallFailed; its text begins with ``Post "URL": ``."""
        import aiohttp  # 9 MB: only where somebody configured a webhook

        shown = f"{where.url}{f'?{query}' if query else ''}"
        try:
            return await self._post(where, body, timeout, query)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise CallFailed(f'Post "{shown}": {words(error, where)}') from error
        except StatusError as refused:
            raise CallFailed(f'Post "{shown}": {refused.message}') from refused

    async def _post(self, where: Where, body: bytes, timeout: float, query: str) -> bytes:
        """Once more where a kept connection turned out to be gone."""
        import aiohttp

        try:
            return await self._once(where, body, timeout, query)
        except (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError):
            return await self._once(where, body, timeout, query)

    async def _once(self, where: Where, body: bytes, timeout: float, query: str) -> bytes:
        import aiohttp
        from yarl import URL

        host, port = random.choice(addresses(self._lookup, where))
        url = URL.build(
            scheme="https",
            host=host,
            port=port,
            path=where.path or "/",
            query_string=query,
            encoded=True,
        )
        session = self._opened()
        async with session.post(
            url,
            data=body,
            headers=named(where),
            ssl=context(where.trust),
            server_hostname=where.host,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=timeout),
        ) as response:
            text = await response.content.read(LONGEST + 1)
            while len(text) <= LONGEST and not response.content.at_eof():
                text += await response.content.read(LONGEST + 1 - len(text))
            if len(text) > LONGEST:
                response.close()
                raise ValueError(f"http: the answer is longer than {LONGEST} bytes")
            if not 200 <= response.status < 300:
                raise CallFailed(answered(response.status, text), response.status)
            return text

    def _opened(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            )
        return self._session


def named(where: Where) -> Mapping[str, str]:
    """The name that was configured, whatever address is behind it."""
    host = f"[{where.host}]" if ":" in where.host else where.host
    return {"Host": f"{host}:{where.port}"}


@lru_cache(CONTEXTS)
def context(trust: str) -> ssl.SSLContext:
    """TLS that trusts this PEM, or what the machine trusts. Raises ssl.SSLError."""
    found = ssl.create_default_context(cadata=trust or None)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    return found
