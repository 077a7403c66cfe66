"""A refusal as an HTTP answer: the only place where exceptions become ``Status`` objects."""

import logging

from onggi.api.errors import BadRequest, InternalError, StatusError
from onggi.api.http import Response
from onggi.api.objects import Object
from onggi.store.store import Unwritable

log = logging.getLogger(__name__)


def failure(error: Exception, what: str) -> Response:
    """``what`` names the request in our log; the client never sees a traceback."""
    if isinstance(error, StatusError):
        return refused(error)
    if isinstance(error, Unwritable):
        log.error("%s: %s", what, error)
        return refused(InternalError(str(error)))
    if isinstance(error, RecursionError):
        return refused(BadRequest("the request is nested too deeply"))
    log.error("%s failed", what, exc_info=error)
    return refused(InternalError(f"{type(error).__name__}; the server's log has the details"))


def outcome(word: str, code: int) -> Object:
    """A Status that says no more than how it ended: ``Success`` or ``Failure``."""
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": word, "code": code}


def refused(error: StatusError) -> Response:
    headers = dict(error.headers)
    if after := error.details.get("retryAfterSeconds"):
        headers["Retry-After"] = str(after)
    if error.status_code == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kubernetes"'
    return Response(status=error.status_code, body=error.status(), headers=headers)
