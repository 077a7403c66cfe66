"""``/metrics``: what the server did, in Prometheus' text format, under upstream's names.

Counting one request is two dictionary look-ups; everything else happens when asked.
"""

import os
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping

from onggi.api.http import Request, Response, User
from onggi.apiserver.app import offers
from onggi.apiserver.path import described
from onggi.apiserver.registry import Registry
from onggi.store.store import Store

BUCKETS = (0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10,
           15, 20, 30, 45, 60)  # seconds: upstream's  # fmt: skip
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
LONG = ("WATCH", "CONNECT")  # their time says nothing about the server

LABELS = ("verb", "dry_run", "group", "version", "resource", "subresource", "scope")

Key = tuple[str, str, str, str, str, str, str]  # the values of LABELS


class Durations:
    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts, self.sum = [0] * (len(BUCKETS) + 1), 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds


class Metrics:
    """``watching`` has the number of watches by resource; ``more`` are other parts' lines."""

    def __init__(self, store: Store, registry: Registry, watching: Mapping[str, int]) -> None:
        self._store, self._registry, self._watching = store, registry, watching
        self._requests: dict[tuple[Key, int], int] = {}
        self._durations: dict[Key, Durations] = {}
        self.more: list[Callable[[], Iterator[str]]] = []

    def observe(self, request: Request, code: int, seconds: float) -> None:
        """One request was answered."""
        key = self._key(request)
        counted = key, code
        self._requests[counted] = self._requests.get(counted, 0) + 1
        if key[0] in LONG:
            return
        durations = self._durations.get(key)
        if durations is None:
            durations = self._durations[key] = Durations()
        durations.add(seconds)

    def _key(self, request: Request) -> Key:
        """Unknown paths and resources count as one: labels must not grow with what is asked."""
        target = described(request)
        resource = target.resource
        kind = self._registry.find(target.group, target.version, resource) if resource else None
        if kind is None:
            return (request.method, "", "", "", "", "", "")
        scope = "resource" if target.name else "namespace" if target.namespace else "cluster"
        verb = target.verb.upper()
        if target.subresource in ("exec", "attach", "portforward", "log", "proxy"):
            verb = "CONNECT"
        subresource = target.subresource
        if subresource and offers(kind, subresource) is None:
            subresource = ""
        dry = "All" if request.query and request.argument("dryRun") == "All" else ""
        return (verb, dry, target.group, target.version, resource, subresource, scope)

    async def page(self, request: Request, user: User) -> Response:
        text = "\n".join(self._lines()) + "\n"
        return Response(body=text.encode(), content_type=CONTENT_TYPE)

    def _lines(self) -> Iterator[str]:
        yield from self._request_lines()
        yield from self._duration_lines()
        yield "# TYPE apiserver_longrunning_requests gauge"
        for resource, count in sorted(self._watching.items()):
            name, _, group = resource.partition(".")
            shown = f'component="apiserver",verb="WATCH",group="{group}",resource="{name}"'
            yield f"apiserver_longrunning_requests{{{shown}}} {count}"
        yield "# TYPE onggi_store_revision gauge"
        yield f"onggi_store_revision {self._store.revision}"
        yield from self._object_lines()
        for lines in self.more:
            yield from lines()
        yield from process_lines()

    def _object_lines(self) -> Iterator[str]:
        """Under the name of now, and the one that older dashboards ask for."""
        homes = (k for k in self._registry.kinds if k.custom or not (k.virtual or k.stored))
        kept = {k.resource: k for k in homes}
        counts = {resource: len(self._store.list(resource)) for resource in kept}
        yield "# TYPE apiserver_resource_objects gauge"
        for resource, kind in kept.items():
            shown = f'group="{kind.group}",resource="{kind.plural}"'
            yield f"apiserver_resource_objects{{{shown}}} {counts[resource]}"
        yield "# TYPE apiserver_storage_objects gauge"
        for resource, count in counts.items():
            yield f'apiserver_storage_objects{{resource="{resource}"}} {count}'

    def _request_lines(self) -> Iterator[str]:
        yield "# HELP apiserver_request_total Counter of apiserver requests."
        yield "# TYPE apiserver_request_total counter"
        for (key, code), count in sorted(self._requests.items()):
            yield f'apiserver_request_total{{{labels(key)},code="{code}"}} {count}'

    def _duration_lines(self) -> Iterator[str]:
        name = "apiserver_request_duration_seconds"
        yield f"# TYPE {name} histogram"
        for key, durations in sorted(self._durations.items()):
            shown, total = labels(key), 0
            for bound, count in zip((*BUCKETS, "+Inf"), durations.counts, strict=True):
                total += count
                yield f'{name}_bucket{{{shown},le="{bound}"}} {total}'
            yield f"{name}_sum{{{shown}}} {durations.sum:.6f}"
            yield f"{name}_count{{{shown}}} {total}"


def labels(key: Key) -> str:
    pairs = [f'{name}="{value}"' for name, value in zip(LABELS, key, strict=True)]
    return ",".join(['component="apiserver"', *pairs])


def process_lines() -> Iterator[str]:
    """What Prometheus' own client libraries say of a process; Linux only."""
    with open("/proc/self/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    cpu, started = (int(fields[11]) + int(fields[12])) / TICKS, int(fields[19]) / TICKS
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)  # noqa: TID251
    figures = {
        ("process_cpu_seconds_total", "counter"): cpu,
        ("process_resident_memory_bytes", "gauge"): int(fields[21]) * PAGE,
        ("process_virtual_memory_bytes", "gauge"): int(fields[20]),
        ("process_open_fds", "gauge"): len(os.listdir("/proc/self/fd")),
        ("process_start_time_seconds", "gauge"): round(boot + started, 2),
    }
    for (name, type_), value in figures.items():
        yield f"# TYPE {name} {type_}"
        yield f"{name} {value}"
