#!/usr/bin/env python3
"""What Onggi costs as a cluster grows: many namespaces, objects, watchers and definitions.

    bench/scale.py [--objects 20000] [--namespaces 2000] [--watchers 500] [--crds 200]

It starts a server of its own (``onggi up --no-node``, audit policy Metadata) in a temporary
folder, and asks it as a service account whose rights come from RBAC, with one RoleBinding in each
namespace. Objects are a mix of ConfigMaps, Secrets, Services and Deployments. Prints Markdown;
``--out`` takes the figures as JSON and the picture of the curve (scale.json, scale.svg).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from chart import chart
from load import Load, definition, objects
from server import Server
from watchers import fan_out

STEPS = (100, 1_000, 5_000, 20_000)
POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n"
ONGGI = (sys.executable, "-P", "-c", "from onggi.cli import main; main()")


def onggi(*words: str) -> float:
    """Seconds that a command took."""
    began = time.monotonic()
    subprocess.run([*ONGGI, *words], check=True, stdout=subprocess.PIPE)
    return time.monotonic() - began


def measured(args: argparse.Namespace, data: Path) -> dict[str, Any]:
    policy = data.parent / "audit.yaml"
    policy.write_text(POLICY)
    up = ("up", "--no-node", "--data", str(data), "--port", str(args.port))
    empty = onggi(*up, "--audit-policy", str(policy))
    found: dict[str, Any] = {"start_empty_seconds": empty}
    server = Server(data)
    found["rss_empty"] = server.memory()
    load = Load(server, args.namespaces)
    found["namespaces_seconds"] = load.namespaces()
    found["rss_namespaces"] = server.memory()
    found["curve"] = curve(load, args.objects)
    found["watch"] = fan_out(load, args.watchers)
    found["definitions"] = definitions(load, args.crds)
    found["rss_full"] = server.memory()
    found["stored"] = load.stored()
    onggi("down", "--data", str(data))
    found["start_full_seconds"] = [restart(up, data), restart(up, data), restart(up, data)]
    onggi("up", *up[1:])
    found["rss_restarted"] = Server(data).memory()
    return found


def restart(up: tuple[str, ...], data: Path) -> float:
    took = onggi(*up)
    onggi("down", "--data", str(data))
    return took


def curve(load: Load, most: int) -> list[dict[str, float]]:
    """Costs at each number of objects, as somebody with rights by RBAC."""
    found, made = [], 0
    for step in (*(s for s in STEPS if s < most), most):
        before = load.admin.memory()
        load.create(list(objects(load.names, made, step)))
        grown, added, made = load.admin.memory() - before, step - made, step
        costs = load.costs()
        found.append({"objects": step, "bytes_per_object": grown / added, **costs})
        print(f"# {step} objects: {costs}", file=sys.stderr)
    return found


def definitions(load: Load, count: int) -> dict[str, Any]:
    """Seconds until all are established, and what discovery and OpenAPI cost before and after."""
    server, paths = load.admin, ("/apis", "/openapi/v3", "/openapi/v2")
    found = {f"{path} before": load.first_and_next(path) for path in paths}
    memory, cpu, began = server.memory(), server.cpu(), time.monotonic()
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    load.create([(path, definition(number)) for number in range(count)])
    while load.established(path) < count:
        time.sleep(0.05)
    return {
        "seconds": time.monotonic() - began,
        "cpu_ms_each": (server.cpu() - cpu) / 1000 / count,
        "bytes_each": (server.memory() - memory) / count,
        **found,
        **{f"{path} after": load.first_and_next(path) for path in paths},
    }


def markdown(found: dict[str, Any]) -> str:
    rows = found["curve"]
    costs = [name for name in rows[0] if name not in ("objects", "bytes_per_object")]
    lines = [
        "| objects | " + " | ".join(costs) + " | memory for each |",
        "|" + "---|" * (len(costs) + 2),
    ]
    for row in rows:
        cells = [f"{row[name]:,.0f} µs" for name in costs]
        size = f"{row['bytes_per_object'] / 1024:.1f} kB"
        lines.append(f"| {row['objects']:,} | " + " | ".join(cells) + f" | {size} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--namespaces", type=int, default=2_000)
    parser.add_argument("--watchers", type=int, default=500)
    parser.add_argument("--crds", type=int, default=200)
    parser.add_argument("--port", type=int, default=26444)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        try:
            found = measured(args, data)
        finally:
            onggi("uninstall", "-y", "--data", str(data))
    print(markdown(found))
    print(json.dumps({k: v for k, v in found.items() if k != "curve"}, indent=1))
    if args.out:
        (args.out / "scale.json").write_text(json.dumps(found, indent=1) + "\n")
        (args.out / "scale.svg").write_text(chart(found["curve"]))


if __name__ == "__main__":
    main()
