"""HTTP as probes and hooks speak it. Imported with the first of them: aiohttp takes 9 MB."""

from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from onggi.node.checks import MOST, HttpFailed, HttpRequest, reason

REDIRECTS = 10


class HttpGet:
    """Close it in the end."""

    def __init__(self) -> None:
        """One connection per request, so that a probe tests what a new client would meet."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=False, force_close=True, limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding",),
        )

    async def close(self) -> None:
        await self._session.close()

    async def fetch(self, request: HttpRequest) -> tuple[int, str, str]:
        """Status, body, and where a redirect to another host leads (which is not followed).

        Raises HttpFailed.
        """
        try:
            return await self._follow(request)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise HttpFailed(f'Get "{request.url}": {words(error, request.url)}') from error

    async def _follow(self, request: HttpRequest) -> tuple[int, str, str]:
        url = URL(request.url)
        timeout = aiohttp.ClientTimeout(total=request.timeout)
        for _ in range(REDIRECTS):
            async with self._session.get(
                url, headers=request.headers, timeout=timeout, allow_redirects=False
            ) as response:
                body = (await response.content.read(MOST)).decode(errors="replace")
                target = response.headers.get("Location", "")
                if response.status not in (301, 302, 303, 307, 308) or not target:
                    return response.status, body, ""
                target_url = url.join(URL(target))
                if target_url.host != url.host:
                    return response.status, body, str(target_url)
                url = target_url
        raise HttpFailed(f'Get "{request.url}": stopped after {REDIRECTS} redirects')


def words(error: BaseException, url: str) -> str:
    parts = urlsplit(url)
    if isinstance(error, TimeoutError):
        return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "EOF"
    return reason(error, f"{parts.hostname}:{parts.port}", timeout=False)
