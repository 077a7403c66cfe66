"""What became of the calls, for ``/metrics``, under upstream's names and with its buckets.

Source: ``k8s.io/apiserver/pkg/admission/metrics/metrics.go``.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

BUCKETS = (0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10, 25)  # seconds
PREFIX = "apiserver_admission_webhook_"
CALLING, SERVER, NONE = "calling_webhook_error", "apiserver_internal_error", "no_error"
HIGHEST = 600  # codes above count as this one

Labels = tuple[tuple[str, str], ...]


class Counts:
    def __init__(self) -> None:
        self._counters: dict[str, Counter[Labels]] = {}
        self._durations: dict[Labels, tuple[list[int], list[float]]] = {}

    def called(self, hook: Labels, seconds: float, code: int, rejected: bool) -> None:
        """``hook`` are the labels name, type and operation."""
        outcome = ("rejected", str(rejected).lower())
        self._add("request_total", (*hook, ("code", str(min(code, HIGHEST))), outcome))
        counts, total = self._durations.setdefault((*hook, outcome), ([0] * 9, [0.0]))
        counts[bisect_left(BUCKETS, seconds)] += 1
        total[0] += seconds

    def rejected(self, hook: Labels, error: str, code: int) -> None:
        shown = ("rejection_code", str(min(code, HIGHEST)))
        self._add("rejection_count", (*hook, ("error_type", error), shown))

    def failed_open(self, hook: Labels) -> None:
        self._add("fail_open_count", hook[:2])

    def _add(self, name: str, labels: Labels) -> None:
        self._counters.setdefault(name, Counter())[labels] += 1

    def lines(self) -> Iterator[str]:
        """In Prometheus' text format."""
        for name, counter in sorted(self._counters.items()):
            yield f"# TYPE {PREFIX}{name} counter"
            for labels, count in sorted(counter.items()):
                yield f"{PREFIX}{name}{{{written(labels)}}} {count}"
        name = f"{PREFIX}admission_duration_seconds"
        if self._durations:
            yield f"# TYPE {name} histogram"
        for labels, (counts, total) in sorted(self._durations.items()):
            shown, so_far = written(labels), 0
            for bound, count in zip((*BUCKETS, "+Inf"), counts, strict=True):
                so_far += count
                yield f'{name}_bucket{{{shown},le="{bound}"}} {so_far}'
            yield f"{name}_sum{{{shown}}} {total[0]:.6f}"
            yield f"{name}_count{{{shown}}} {so_far}"


def written(labels: Labels) -> str:
    return ",".join(f'{name}="{value}"' for name, value in labels)
