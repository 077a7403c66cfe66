"""The mark of what is not there, where null is something."""

from typing import Any

ABSENT: Any = object()
