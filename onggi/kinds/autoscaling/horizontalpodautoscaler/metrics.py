"""One metric, or what was measured of it, in the words of v1 and of v2.

    {"metricName": "rps", "targetAverageValue": "10"}                          v1's pods
    {"metric": {"name": "rps"}, "target": {"type": "AverageValue", …}}         v2's

Source: ``pkg/apis/autoscaling/v1/conversion.go``.
"""

from typing import Any, NamedTuple

from onggi.api.objects import Object, View, clone_value, get

Path = tuple[str, str]  # of v2, of v1


class Words(NamedTuple):
    """Where the two versions keep the same of one source."""

    kept: tuple[str, ...] = ()  # under the same name
    spec: tuple[Path, ...] = ()
    status: tuple[Path, ...] = ()


NAMED = ("metric.name", "metricName")
OBJECT = (NAMED, ("metric.selector", "selector"), ("describedObject", "target"))
SOURCES = {
    "object": Words(
        spec=(*OBJECT, ("target.value", "targetValue"), ("target.averageValue", "averageValue")),
        status=(*OBJECT, ("current.value", "currentValue"),
                ("current.averageValue", "averageValue")),
    ),
    "pods": Words(
        spec=(NAMED, ("metric.selector", "selector"),
              ("target.averageValue", "targetAverageValue")),
        status=(NAMED, ("metric.selector", "selector"),
                ("current.averageValue", "currentAverageValue")),
    ),
    "external": Words(
        spec=(NAMED, ("metric.selector", "metricSelector"), ("target.value", "targetValue"),
              ("target.averageValue", "targetAverageValue")),
        status=(NAMED, ("metric.selector", "metricSelector"), ("current.value", "currentValue"),
                ("current.averageValue", "currentAverageValue")),
    ),
    **dict.fromkeys(("resource", "containerResource"), Words(
        kept=("name", "container"),
        spec=(("target.averageUtilization", "targetAverageUtilization"),
              ("target.averageValue", "targetAverageValue")),
        status=(("current.averageUtilization", "currentAverageUtilization"),
                ("current.averageValue", "currentAverageValue")),
    )),
}  # fmt: skip


def metric_to_v1(metric: View) -> Object:
    return converted(metric, "spec", to_v1=True)


def metric_to_v2(metric: View) -> Object:
    """v1 names no types of targets: they follow from which figure is there."""
    new = converted(metric, "spec", to_v1=False)
    for source in SOURCES:
        target: Any = get(new, f"{source}.target")
        if isinstance(target, dict):
            target["type"] = target_type(source, target)
    return new


def status_to_v1(status: View) -> Object:
    return converted(status, "status", to_v1=True)


def status_to_v2(status: View) -> Object:
    return converted(status, "status", to_v1=False)


def target_type(source: str, target: View) -> str:
    if source in ("resource", "containerResource"):
        return "AverageValue" if target.get("averageUtilization") is None else "Utilization"
    if source == "object":
        return "Value" if target.get("averageValue") is None else "AverageValue"
    return "AverageValue" if target.get("value") is None else "Value"


def converted(metric: View, part: str, *, to_v1: bool) -> Object:
    new: Object = {"type": metric.get("type")}
    for source, words in SOURCES.items():
        old = metric.get(source)
        if not isinstance(old, dict):
            continue
        new[source] = {k: clone_value(old[k]) for k in words.kept if k in old}
        if part == "spec" and not to_v1:
            new[source]["target"] = {}
        for v2, v1 in getattr(words, part):
            start, end = (v2, v1) if to_v1 else (v1, v2)
            if (value := get(old, start)) is not None:
                put(new[source], end, clone_value(value))
    return new


def put(obj: Object, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for key in parents:
        if not isinstance(obj.get(key), dict):
            obj[key] = {}
        obj = obj[key]
    obj[last] = value
