"""Time zones by their names. Source: ``validateTimeZone`` in
``pkg/apis/batch/validation/validation.go``."""

import re
from datetime import UTC, tzinfo

PART = re.compile(r"[A-Za-z.\-_0-9+]{1,14}", re.ASCII)
FOR_A_LIST = "as defined in https://www.iana.org/time-zones"


class BadZone(ValueError):
    """Why a name is no time zone."""


def zone(name: str) -> tzinfo:
    """Raises BadZone. The database of time zones is read when a first name asks for it."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not name:
        raise BadZone("timeZone must be nil or non-empty string")
    for part in name.split("/"):
        if part in (".", "..") or part.startswith("-") or not PART.fullmatch(part):
            raise BadZone(f"unknown time zone {name}")
    if name.lower() == "local":
        raise BadZone(f"timeZone must be an explicit time zone {FOR_A_LIST}")
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadZone(f"unknown time zone {name}") from None
