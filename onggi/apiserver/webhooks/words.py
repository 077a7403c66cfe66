"""What went wrong with a call, in the words that Go has for it.

Sources: Go's ``net``, ``net/http`` and ``crypto/tls``; ``k8s.io/client-go/rest/request.go``
(transformResponse) for answers that are no success.
"""

import os
import re
import ssl

from onggi.apiserver.webhooks.where import Where

UNTRUSTED = (18, 19, 20, 21)  # X509_V_ERR_…: nobody that we trust has signed it
EXPIRED = (9, 10)
MISMATCH = (62, 64)  # another name, another address
DEADLINE = "context deadline exceeded"
VERIFY = "tls: failed to verify certificate: x509: "
SHOWN = 1024  # bytes of an answer that are quoted
BY_STATUS = {
    400: "the server rejected our request for an unknown reason",
    401: "the server has asked for the client to provide credentials",
    403: "unknown",
    404: "the server could not find the requested resource",
    405: "the server does not allow this method on the requested resource",
    409: "the server reported a conflict",
    413: "the server responded with the status code 413 but did not return more information",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: "the server was unable to return a response in the time allotted, but may still be "
    "processing the request",
}


def words(error: BaseException, where: Where) -> str:
    if isinstance(error, TimeoutError):
        return DEADLINE
    inner = innermost(error)
    if isinstance(inner, ssl.SSLError):
        return tls_words(inner, where.host)
    if type(error).__name__ == "ServerDisconnectedError":
        return "EOF"
    if isinstance(inner, OSError) and inner.errno:
        return dial_words(inner, error, where)
    return str(error) or type(error).__name__


def innermost(error: BaseException) -> BaseException:
    """aiohttp wraps what happened in exceptions of its own."""
    found = getattr(error, "certificate_error", None) or getattr(error, "_os_error", None)
    return found if isinstance(found, BaseException) else error


def tls_words(error: ssl.SSLError, host: str) -> str:
    code = getattr(error, "verify_code", 0)
    if code in UNTRUSTED:
        return f"{VERIFY}certificate signed by unknown authority"
    if code in EXPIRED:
        return f"{VERIFY}certificate has expired or is not yet valid"
    if code in MISMATCH:
        return f"{VERIFY}certificate is not valid for any names, but wanted to match {host}"
    if error.reason == "WRONG_VERSION_NUMBER":
        return "http: server gave HTTP response to HTTPS client"
    if "cadata" in str(error) or error.reason in ("NOT_ENOUGH_DATA", "PEM_LIB"):
        return "unable to load root certificates: unable to parse bytes as PEM block"
    return f"tls: {(error.reason or str(error)).lower().replace('_', ' ')}"


def dial_words(inner: OSError, error: BaseException, where: Where) -> str:
    named = re.search(r"connect to host (\S+?):(\d+)", str(error))
    address = f"{named[1]}:{named[2]}" if named else f"{where.host}:{where.port}"
    number = inner.errno or 0
    if number < 0:  # a resolver's
        return f"dial tcp: lookup {where.host}: no such host"
    return f"dial tcp {address}: connect: {os.strerror(number).lower()}"


def answered(status: int, body: bytes) -> str:
    """Of an answer that is no success."""
    if status >= 500 and status not in BY_STATUS:
        shown = body[:SHOWN].decode("utf-8", "replace").strip() or "unknown"
        text = shown.replace('"', '\\"')
        return f'an error on the server ("{text}") has prevented the request from succeeding'
    generic = f"the server responded with the status code {status} but did not return more "
    return BY_STATUS.get(status, f"{generic}information")
