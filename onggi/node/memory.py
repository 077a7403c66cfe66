"""What the agent remembers of one pod beyond the API and the runtime.

The pure half reads it, only the pod's worker writes it. All of it may be lost in a crash: then
back-offs start afresh and probes decide anew; nothing is started twice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onggi.api.objects import View
from onggi.node.backoff import Backoff, Retry
from onggi.node.parts import Mounts


@dataclass(frozen=True)
class Waiting:
    """Why a container is not there: the state that users see."""

    reason: str
    message: str = ""


@dataclass(frozen=True)
class Verdict:
    """What probes say of one container. None: no such probe, or no answer yet.

    ``started`` and ``ready`` are facts to report, ``failed`` ("liveness", "startup") a demand.
    """

    started: bool | None = None
    ready: bool | None = None
    failed: str = ""


@dataclass(frozen=True)
class Kill:
    """A container is on its way out since ``since``; ``grace`` seconds it has, from then."""

    since: datetime
    grace: float
    reason: str = ""  # liveness, startup: the probe that demands it

    @property
    def deadline(self) -> datetime:
        return self.since + timedelta(seconds=self.grace)


@dataclass
class Memory:
    """Keys are container names, or container ids where it says so."""

    mounts: Mounts | None = None
    refresh: bool = False  # what volumes show of the pod has changed
    unmounted: bool = False
    confirmed: bool = False  # the API was told that nothing is left here
    rejected: Waiting | None = None  # why this node does not take the pod
    waiting: dict[str, Waiting] = field(default_factory=dict)
    retries: dict[str, Retry] = field(default_factory=dict)  # also "mount", "sandbox", "unmount"
    backoffs: dict[str, Backoff] = field(default_factory=dict)
    counted: dict[str, str] = field(default_factory=dict)  # the last crash counted: container id
    warned: dict[str, str] = field(default_factory=dict)  # BackOff was said for this container id
    killing: dict[str, Kill] = field(default_factory=dict)  # by id
    prestopped: set[str] = field(default_factory=set)  # ids whose hook is over
    stopping: dict[str, datetime] = field(
        default_factory=dict
    )  # id → end of the grace it was given
    verdicts: dict[str, Verdict] = field(default_factory=dict)  # by id
    stopped: set[str] = field(default_factory=set)  # sandbox ids
    starting: str = ""  # the container whose start is under way
    status: View = field(default_factory=dict)  # the last one made
    counts: dict[str, int] = field(default_factory=dict)  # restart count of what comes next

    @staticmethod
    def of(status: View) -> "Memory":
        """At first: what the API knows. A runtime may have forgotten it all (a reboot)."""
        fields = ("containerStatuses", "initContainerStatuses")
        shown = [each for field in fields for each in status.get(field) or ()]
        counts = {c["name"]: c.get("restartCount", 0) + 1 for c in shown if c.get("containerID")}
        return Memory(status=status, counts=counts)
