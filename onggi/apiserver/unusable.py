"""Files that an administrator named; a start ends with the text of one that cannot be used."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Unusable(ValueError):
    """The text says which file, where in it, and why."""


def load(path: Path, read: Callable[[Any], T], bad: type[Unusable]) -> T:
    """What ``read`` makes of a YAML file. Raises ``bad``, as ``read`` does, with the file named."""
    import yaml

    try:
        return read(yaml.safe_load(path.read_text()))
    except OSError as error:
        raise bad(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise bad(f"{path} is no YAML: {error}") from error
    except bad as error:
        raise bad(f"{path}: {error}") from error
