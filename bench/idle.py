#!/usr/bin/env python3
"""What Onggi costs at rest: CPU and disk writes of its processes over a while.

    bench/idle.py [--data DIR] [--seconds 60]

Prints JSON: share of one core in percent, bytes written a second, resident and private
memory in MiB, for each process (Onggi, containerd, Envoy) and in all. Containers and
their shims are not counted: they are the user's load.
"""

import argparse
import json
import time
from pathlib import Path

import psutil

from onggi.config import HOME, load
from onggi.instance import Instance, find

MIB = 1 << 20


def processes(instance: Instance) -> dict[str, psutil.Process]:
    found = {"onggi": psutil.Process(instance.pid)}
    for name, record in instance.children.items():
        found[name] = psutil.Process(json.loads(Path(record).read_text())["pid"])
    return found


def reading(process: psutil.Process) -> tuple[float, int]:
    times = process.cpu_times()
    return times.user + times.system, process.io_counters().write_bytes


def measure(named: dict[str, psutil.Process], seconds: float) -> dict[str, dict[str, float]]:
    before = {name: reading(process) for name, process in named.items()}
    time.sleep(seconds)
    result = {}
    for name, process in named.items():
        (cpu, written), (cpu_before, written_before) = reading(process), before[name]
        memory = process.memory_full_info()
        result[name] = {
            "cpu_percent": round(100 * (cpu - cpu_before) / seconds, 2),
            "written_bytes_per_second": round((written - written_before) / seconds, 1),
            "rss_mib": round(memory.rss / MIB, 1),
            "private_mib": round(memory.uss / MIB, 1),
        }
    result["all"] = {
        figure: round(sum(values[figure] for values in result.values()), 2)
        for figure in next(iter(result.values()))
    }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=HOME)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    instance = find(load(arguments.data))
    if instance is None:
        raise SystemExit(f"no Onggi runs on {arguments.data}")
    print(json.dumps(measure(processes(instance), arguments.seconds), indent=1))


if __name__ == "__main__":
    main()
