#!/usr/bin/env python3
"""How fast Deployments' pods come to run on nodes that only pretend to: the control plane alone.

    onggi up --no-node --fake-nodes 1000 --data DIR
    bench/nodes.py --data DIR [--deployments 100] [--replicas 300]

Prints JSON: seconds until all pods were ready, pods a second, the server's CPU for each pod and its
memory before and after. The server is asked once a second for its Deployments only.
"""

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from server import MIB, Server  # bench/server.py

PATH = "/apis/apps/v1/namespaces/bench/deployments"


def deployment(number: int, replicas: int) -> Mapping[str, Any]:
    name, labels = f"load-{number:03}", {"app": f"load-{number:03}"}
    container = {"name": "app", "image": "none", "resources": {"requests": {"cpu": "10m"}}}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": {"name": name}, "spec": spec}


def ready(server: Server) -> int:
    items = json.loads(server.ask("GET", PATH))["items"]
    return sum(item.get("status", {}).get("readyReplicas", 0) for item in items)


def measure(server: Server, deployments: int, replicas: int, patience: float) -> dict[str, Any]:
    server.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "bench"}})
    memory, cpu, began = server.memory(), server.cpu(), time.monotonic()
    for number in range(deployments):
        server.ask("POST", PATH, deployment(number, replicas))
    wanted, curve = deployments * replicas, []
    while (now := ready(server)) < wanted:
        took = time.monotonic() - began
        curve.append((round(took, 1), now))
        if took > patience:
            break
        time.sleep(1)
    took = time.monotonic() - began
    return {
        "pods": now,
        "seconds": round(took, 1),
        "pods_per_second": round(now / took, 1),
        "cpu_ms_per_pod": round((server.cpu() - cpu) / 1000 / max(now, 1), 2),
        "rss_mib_before": round(memory / MIB, 1),
        "rss_mib_after": round(server.memory() / MIB, 1),
        "curve": curve,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--deployments", type=int, default=100)
    parser.add_argument("--replicas", type=int, default=300)
    parser.add_argument("--patience", type=float, default=900, help="seconds")
    args = parser.parse_args()
    found = measure(Server(args.data), args.deployments, args.replicas, args.patience)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
