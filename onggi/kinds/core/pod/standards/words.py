"""How the checks look at a pod, and how they say what is wrong. Upstream's words."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from onggi.api.objects import View, get


class Verdict(NamedTuple):
    """``reason`` in short; ``detail`` names the containers and values."""

    reason: str
    detail: str

    def __str__(self) -> str:
        return f"{self.reason} ({self.detail})" if self.detail else self.reason


Judge = Callable[[View, View], Verdict | None]  # (metadata, spec of the pod)


def containers(spec: View) -> Iterator[View]:
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(field) or ()


def context(holder: View, path: str) -> Any:
    """A field of the securityContext, of a pod's spec or of a container."""
    return get(holder.get("securityContext") or {}, path)


def those(spec: View, wrong: Callable[[View], bool]) -> list[str]:
    """The names of the containers that are wrong."""
    return [container.get("name") or "" for container in containers(spec) if wrong(container)]


def quoted(items: Iterable[str]) -> str:
    return ", ".join(f'"{item}"' for item in items)


def many(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def said_of(names: list[str], word: str = "container") -> str:
    """``containers "a", "b"``."""
    return f"{many(word, len(names))} {quoted(names)}"


def setters(pod: bool, names: list[str]) -> str:
    """Who set it: ``pod and container "a"``; empty if nobody."""
    return " and ".join([*(["pod"] if pod else []), *([said_of(names)] if names else [])])


def is_windows(spec: View) -> bool:
    return get(spec, "os.name") == "windows"


def unless_windows(judge: Judge) -> Judge:
    """Where the field means nothing."""
    return lambda meta, spec: None if is_windows(spec) else judge(meta, spec)


def unless_own_users(judge: Judge) -> Judge:
    """In a user namespace of its own, root is nobody on the node."""
    return lambda meta, spec: None if spec.get("hostUsers") is False else judge(meta, spec)
