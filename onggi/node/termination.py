"""The message that a container leaves when it ends.

From the file at ``terminationMessagePath``, whose mount names it on the host; or, where its
policy says so and it failed without a word, from the end of its log.
Source: getTerminationMessage (``pkg/kubelet/kuberuntime/kuberuntime_container.go``).
"""

from dataclasses import replace
from pathlib import Path

from onggi.node.identity import MESSAGE_PATH, MESSAGE_POLICY
from onggi.node.logs import parse
from onggi.node.runtime import Container

MOST = 4096  # bytes of the file
MOST_LOG = 2048  # bytes of the log
MOST_LINES = 80


def may_have_message(container: Container) -> bool:
    """Without looking at any file."""
    falls_back = container.annotations.get(MESSAGE_POLICY) == "FallbackToLogsOnError"
    return bool(container.mounts) or (falls_back and container.exit_code != 0)


def with_message(container: Container) -> Container:
    """Reads files: call it in a thread. Of an exited container only."""
    said = termination_message(container)
    if not said:
        return container
    return replace(container, message=": ".join(m for m in (container.message, said) if m))


def termination_message(container: Container) -> str:
    path = container.annotations.get(MESSAGE_PATH, "")
    host = next((m.host_path for m in container.mounts if m.container_path == path), "")
    if path and host:
        try:
            if text := read_end(Path(host), MOST):
                return text.decode(errors="replace")
        except FileNotFoundError:
            pass
        except OSError as error:
            return f"Error on reading termination log {host}: {error.strerror}"
    fails = container.exit_code != 0
    if fails and container.annotations.get(MESSAGE_POLICY) == "FallbackToLogsOnError":
        return end_of_log(Path(container.log_path))
    return ""


def read_end(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - most, 0))
        return file.read(most)


def end_of_log(path: Path) -> str:
    """The last lines without their CRI prefix."""
    try:
        raw = read_end(path, 8 * MOST_LOG)
    except OSError:
        return ""
    entries = [entry for line in raw.splitlines(keepends=True) if (entry := parse(line))]
    text = b"".join(entry.text for entry in entries)
    lines = text.splitlines(keepends=True)[-MOST_LINES:]
    return b"".join(lines)[-MOST_LOG:].decode(errors="replace")
