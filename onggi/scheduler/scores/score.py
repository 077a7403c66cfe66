"""What a score is: one row of the table in ``onggi.scheduler.scores``. Pure."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.state import State

BEST = 100
Rate = Callable[[PodFacts, NodeFacts, Any], float]


class Score(NamedTuple):
    """``rate`` one node with what ``prepare`` computed; ``level`` maps the raw ratings of
    all nodes to 0…100. ``name`` and ``weight`` are upstream's defaults."""

    name: str
    weight: int
    rate: Rate
    wanted: Callable[[PodFacts, State], bool] = lambda pod, state: True
    prepare: Callable[[PodFacts, State, Sequence[NodeFacts]], Any] = lambda pod, state, nodes: state
    level: Callable[[Sequence[float]], Sequence[float]] = lambda ratings: ratings


def proportional(ratings: Sequence[float]) -> Sequence[float]:
    """The highest becomes 100 (upstream's DefaultNormalizeScore)."""
    top = max(ratings, default=0)
    return [BEST * r // top for r in ratings] if top else ratings


def reversed_proportional(ratings: Sequence[float]) -> Sequence[float]:
    """The highest becomes 0, nothing at all 100."""
    top = max(ratings, default=0)
    return [BEST - BEST * r // top for r in ratings] if top else [BEST] * len(ratings)


def stretched(ratings: Sequence[float]) -> Sequence[float]:
    """The lowest becomes 0 and the highest 100."""
    low, high = min(ratings, default=0), max(ratings, default=0)
    return [BEST * (r - low) // (high - low) if high > low else 0 for r in ratings]
