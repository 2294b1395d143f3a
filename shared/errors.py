"""What can go wrong, as one hierarchy that a caller can act on.

Every error has a stable `code` (never translated, never reused), an HTTP status for RFC 9457 problem details, a message that says what
was wrong, where, and what to do, and `details` that a program can read. The same error crosses nameko RPC as plain data (`to_data`) and
is raised again on the other side as the class that has its code (`from_data`).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar


class CommendationError(Exception):
    """Root of all errors that this system raises on purpose."""

    code: ClassVar[str] = "internal"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    _by_code: ClassVar[dict[str, type[CommendationError]]] = {}

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__:
            CommendationError._by_code[cls.code] = cls

    def to_data(self) -> dict[str, Any]:
        """The error as JSON data: code, message, status, details."""
        return {"code": self.code, "message": self.message, "status": int(self.status), "details": self.details}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> CommendationError:
        """The error that `to_data` described; an unknown code keeps its words as a `RemoteError`."""
        details = {str(key): value for key, value in dict(data.get("details") or {}).items()}
        known = CommendationError._by_code.get(str(data.get("code")))
        message = str(data.get("message", ""))
        if known is not None:
            told = known(message)
            told.details = details
            return told
        error = RemoteError(message)
        error.details = details
        error.remote_code = str(data.get("code"))
        error.remote_status = int(data.get("status", error.status))
        return error


class RemoteError(CommendationError):
    """An error of another service whose class this process does not know; its code and status are kept."""

    code = "remote"
    remote_code: str = "remote"
    remote_status: int = HTTPStatus.INTERNAL_SERVER_ERROR

    def to_data(self) -> dict[str, Any]:
        return {
            "code": self.remote_code,
            "message": self.message,
            "status": self.remote_status,
            "details": self.details,
        }


class ConfigurationError(CommendationError):
    """The environment, a folder or a port is not as needed; the operator must act."""

    code = "configuration"


class Unavailable(CommendationError):
    """A service, broker or database does not answer now; the same request may be tried again later."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class ValidationFailed(CommendationError):
    """Input that cannot be read as what it should be. `details["errors"]`: a list of {"at", "message"}."""

    code = "validation"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class DomainError(CommendationError):
    """A rule of the domain refuses the command; nothing was written."""

    code = "domain"
    status = HTTPStatus.CONFLICT


class NotFound(DomainError):
    """What the command or query names does not exist."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class NotAllowed(DomainError):
    """The actor holds no role that permits this command here."""

    code = "not_allowed"
    status = HTTPStatus.FORBIDDEN


class NotSignedIn(CommendationError):
    """No session, or one that has ended."""

    code = "not_signed_in"
    status = HTTPStatus.UNAUTHORIZED


class StaleVersion(CommendationError):
    """The stream has moved on since it was read; load it again and decide anew."""

    code = "stale_version"
    status = HTTPStatus.CONFLICT


class CommandReused(CommendationError):
    """A command id came again with another content: two different requests share one id."""

    code = "command_reused"
    status = HTTPStatus.CONFLICT


class PageRefused(CommendationError):
    """A page does not follow the cursor, or another process has moved it; nothing was folded."""

    code = "page_refused"
    status = HTTPStatus.CONFLICT
