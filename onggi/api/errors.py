"""Every refusal of the API, and its two ways: exception ⇄ ``metav1.Status``.

Raised at the place that knows, translated once at the edge. The words are upstream's
(``k8s.io/apimachinery/pkg/api/errors``), because clients and tests read them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from onggi.api.field_error import FieldError
from onggi.api.objects import Object, View


class StatusError(Exception):
    """A refusal that travels as a ``Status`` object."""

    code: ClassVar[int] = 500
    reason: ClassVar[str] = "InternalError"

    def __init__(
        self,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        code: int = 0,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = dict(details or {})
        self.status_code = code or self.code
        self.status_reason = self.reason if reason is None else reason
        self.headers: Mapping[str, str] = {}  # that go with the answer, as warnings

    def status(self) -> Object:
        body: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.status_reason,
            "details": {key: value for key, value in self.details.items() if value != ""},
            "code": self.status_code,
        }
        return {key: value for key, value in body.items() if value or key == "metadata"}

    @staticmethod
    def of(status: View) -> "StatusError":
        """The exception that a server's ``Status`` stands for."""
        kind = BY_REASON.get(status.get("reason", ""), StatusError)
        error = kind.__new__(kind)
        StatusError.__init__(
            error,
            status.get("message", ""),
            status.get("details"),
            code=status.get("code", 0),
            reason=status.get("reason", ""),
        )
        return error


def about(resource: str, name: str) -> Object:
    """``details`` that name a thing. ``resource`` is ``deployments.apps``."""
    plural, _, group = resource.partition(".")
    return {"name": name, "group": group, "kind": plural}


class BadRequest(StatusError):
    code, reason = 400, "BadRequest"


class Unauthorized(StatusError):
    code, reason = 401, "Unauthorized"

    def __init__(self, message: str = "Unauthorized") -> None:
        super().__init__(message)


class Forbidden(StatusError):
    code, reason = 403, "Forbidden"

    def __init__(self, resource: str, name: str, why: str) -> None:
        label = f'{resource} "{name}"' if name else resource
        text = f"{label} is forbidden: {why}" if resource else f"forbidden: {why}"
        super().__init__(text, about(resource, name) if resource else {})


class NotFound(StatusError):
    code, reason = 404, "NotFound"

    def __init__(self, resource: str, name: str) -> None:
        super().__init__(f'{resource} "{name}" not found', about(resource, name))


class NoSuchPath(StatusError):
    code, reason = 404, "NotFound"

    def __init__(self) -> None:
        super().__init__("the server could not find the requested resource")


class MethodNotAllowed(StatusError):
    code, reason = 405, "MethodNotAllowed"

    def __init__(self, resource: str = "", verb: str = "") -> None:
        super().__init__(
            f'{verb} is not supported on resources of kind "{resource}"'
            if resource
            else "the server does not allow this method on the requested resource"
        )


class NotAcceptable(StatusError):
    code, reason = 406, "NotAcceptable"


class AlreadyExists(StatusError):
    code, reason = 409, "AlreadyExists"

    def __init__(self, resource: str, name: str) -> None:
        super().__init__(f'{resource} "{name}" already exists', about(resource, name))


class Conflict(StatusError):
    code, reason = 409, "Conflict"

    def __init__(self, resource: str, name: str, why: str = "") -> None:
        why = why or (
            "the object has been modified; please apply your changes to the latest version "
            "and try again"
        )
        super().__init__(
            f'Operation cannot be fulfilled on {resource} "{name}": {why}', about(resource, name)
        )


class Expired(StatusError):
    """``token`` leads to the rest of a list whose moment is gone."""

    code, reason = 410, "Expired"

    def __init__(self, message: str, token: str = "") -> None:
        super().__init__(message)
        self.token = token

    def status(self) -> Object:
        body = super().status()
        token = getattr(self, "token", "")  # not where a client read it
        return body | {"metadata": {"continue": token}} if token else body


class RequestEntityTooLarge(StatusError):
    code, reason = 413, "RequestEntityTooLarge"


class UnsupportedMediaType(StatusError):
    code, reason = 415, "UnsupportedMediaType"


class Invalid(StatusError):
    code, reason = 422, "Invalid"

    def __init__(self, kind: str, name: str, errors: Sequence[FieldError]) -> None:
        """``kind`` is ``Deployment.apps``, as upstream prints it."""
        shown = [str(error) for error in errors]
        text = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
        details = about(kind, name)
        details["causes"] = [
            {"reason": e.reason, "message": e.body, "field": e.path} for e in errors
        ]
        super().__init__(f'{kind} "{name}" is invalid: {text}', details)


class TooManyRequests(StatusError):
    code, reason = 429, "TooManyRequests"


class InternalError(StatusError):
    code, reason = 500, "InternalError"

    def __init__(self, why: str) -> None:
        super().__init__(f"Internal error occurred: {why}")


class ServiceUnavailable(StatusError):
    code, reason = 503, "ServiceUnavailable"


class Timeout(StatusError):
    code, reason = 504, "Timeout"


BY_REASON: dict[str, type[StatusError]] = {
    cls.reason: cls for cls in StatusError.__subclasses__() if cls is not NoSuchPath
}
