"""An issuer's keys over HTTPS: its discovery document says where they are."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any

from onggi.apiserver.authn.oidc.config import Issuer

PATIENCE = 10.0  # seconds for both documents
LONGEST = 1 << 20  # bytes


async def keys(issuer: Issuer) -> Mapping[str, Any]:
    """The JSON Web Key Set. Raises OSError, ValueError, TimeoutError."""
    from aiohttp import ClientError, ClientSession, TCPConnector

    context = ssl.create_default_context(cadata=issuer.authority or None)
    try:
        async with (
            asyncio.timeout(PATIENCE),
            ClientSession(connector=TCPConnector(ssl=context)) as session,
        ):
            document = await _document(session, issuer.discovery)
            if document.get("issuer") != issuer.url:
                raise ValueError(f"issuer is {document.get('issuer')!r}, not {issuer.url!r}")
            return await _document(session, document["jwks_uri"])
    except ClientError as error:
        raise OSError(str(error)) from error


async def _document(session: Any, url: str) -> Mapping[str, Any]:
    if not str(url).startswith("https://"):
        raise ValueError(f"{url}: only https is trusted")
    async with session.get(url, allow_redirects=False) as answer:
        if answer.status != 200:
            raise ValueError(f"{url} answered {answer.status}")
        body = b""
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > LONGEST:
                raise ValueError(f"{url} is longer than {LONGEST} bytes")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError(f"{url} is no JSON object")
    return found
