"""All that a decision about one pod depends on, and what it may ask to be done. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_terminating
from onggi.node.memory import Memory, Verdict, Waiting
from onggi.node.observed import Observed

NOTHING = Verdict()
TERMINAL = ("Succeeded", "Failed")


@dataclass(frozen=True)
class Situation:
    """``busy`` are the keys of steps under way; ``gone`` says that the API has no such pod any
    more; ``reported`` that the API has our latest status."""

    pod: View
    observed: Observed
    memory: Memory
    now: datetime
    busy: frozenset[str] = frozenset()
    gone: bool = False
    reported: bool = True

    def verdict(self, container_id: str) -> Verdict:
        return self.memory.verdicts.get(container_id, NOTHING)

    def held_until(self, key: str) -> datetime | None:
        """When what failed before may be tried again, if that is still to come."""
        retry = self.memory.retries.get(key)
        return retry.at if retry and retry.at > self.now else None

    @property
    def is_leaving(self) -> bool:
        """The pod object is to go, or has gone."""
        return self.gone or is_terminating(self.pod)

    @property
    def is_terminal(self) -> bool:
        """Over for ever, as somebody has written down already."""
        phases = (self.memory.status.get("phase"), get(self.pod, "status.phase"))
        return any(phase in TERMINAL for phase in phases)

    @property
    def deadline(self) -> datetime | None:
        """When ``activeDeadlineSeconds`` end the pod."""
        seconds = get(self.pod, "spec.activeDeadlineSeconds")
        began = self.memory.status.get("startTime") or get(self.pod, "status.startTime")
        if seconds is None or not began:
            return None
        return datetime.fromisoformat(began) + timedelta(seconds=seconds)

    @property
    def is_overdue(self) -> bool:
        deadline = self.deadline
        return deadline is not None and deadline <= self.now


@dataclass(frozen=True)
class Mount:
    """Make the pod's volumes ready."""

    key = "mount"


@dataclass(frozen=True)
class MakeSandbox:
    attempt: int

    key = "sandbox"


@dataclass(frozen=True)
class Start:
    """Image, create, start, postStart hook of one container."""

    name: str
    restart_count: int
    replaces: str = ""  # the id of the container of this name that ended

    key = "start"


@dataclass(frozen=True)
class Cancel:
    """Give up what is under way under this key, if it can be."""

    key: str


@dataclass(frozen=True)
class BeginKill:
    """From now on the container is on its way out. ``reason`` is the probe that demands it."""

    container_id: str
    name: str
    message: str
    grace: float
    reason: str = ""

    key = ""


@dataclass(frozen=True)
class PreStop:
    container_id: str
    name: str
    seconds: float

    @property
    def key(self) -> str:
        return f"prestop:{self.container_id}"


@dataclass(frozen=True)
class Stop:
    """SIGTERM, and SIGKILL at ``deadline`` (never sooner than two seconds from now)."""

    container_id: str
    deadline: datetime
    seconds: float

    @property
    def key(self) -> str:
        return f"stop:{self.container_id}"


@dataclass(frozen=True)
class StopSandbox:
    sandbox_id: str

    @property
    def key(self) -> str:
        return f"stop:{self.sandbox_id}"


@dataclass(frozen=True)
class RemoveSandbox:
    sandbox_id: str

    @property
    def key(self) -> str:
        return f"remove:{self.sandbox_id}"


@dataclass(frozen=True)
class RemoveContainer:
    """Its log stays for a while: that is ``logs_rotate``'s."""

    container_id: str

    @property
    def key(self) -> str:
        return f"remove:{self.container_id}"


@dataclass(frozen=True)
class Unmount:
    """Volumes and cgroup."""

    key = "unmount"


@dataclass(frozen=True)
class ConfirmDeletion:
    """Nothing of the pod is left here: its object may go."""

    key = "confirm"


@dataclass(frozen=True)
class Say:
    """An event about the pod or, with ``container``, one of its containers."""

    reason: str
    message: str
    type: str = "Normal"
    container: str = ""
    once_for: str = ""  # the container id that this is said about only once

    key = ""


Step = (
    Mount
    | MakeSandbox
    | Start
    | Cancel
    | BeginKill
    | PreStop
    | Stop
    | StopSandbox
    | RemoveSandbox
    | RemoveContainer
    | Unmount
    | ConfirmDeletion
    | Say
)


@dataclass(frozen=True)
class Decision:
    """``wake`` is when to decide anew even if nothing happens; ``waiting`` tells of containers
    that are held back; ``winding_down`` that the pod is on its end; ``over`` that its worker
    has nothing left to do, ever."""

    steps: tuple[Step, ...] = ()
    wake: datetime | None = None
    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    winding_down: bool = False
    over: bool = False


def earliest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else None
