"""What a filter is: one row of the table in ``onggi.scheduler.filters``. Pure."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.state import State


class Reason(NamedTuple):
    """Why a pod does not fit a node. ``hopeless``: not even if pods there went away
    (upstream's UnschedulableAndUnresolvable)."""

    text: str
    hopeless: bool = False


Check = Callable[[PodFacts, NodeFacts, Any], Sequence[Reason]]


class Filter(NamedTuple):
    """``wanted`` says whether the pod needs the check at all; ``prepare`` computes once per
    pod what ``check`` is then given for every node. ``name`` is upstream's plugin."""

    name: str
    check: Check
    wanted: Callable[[PodFacts, State], bool] = lambda pod, state: True
    prepare: Callable[[PodFacts, State], Any] = lambda pod, state: None
