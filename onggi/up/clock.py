"""The one place that reads the wall clock for the platform; everything else takes ``now``."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251
