#!/usr/bin/env python3
"""From ``kubectl create`` of a pod to Running, with an image that is on the node.

    bench/pods.py --kubeconfig FILE --image IMAGE [--rounds 20]

The clock starts when kubectl is started and stops when a watch shows phase Running.
Prints JSON: median, least and greatest milliseconds, kubectl's own share among them.
"""

import argparse
import json
import os
import statistics
import subprocess
import time

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "spec": {
        "terminationGracePeriodSeconds": 0,
        "containers": [{"name": "main", "imagePullPolicy": "Never"}],
    },
}
RUNNING = "jsonpath={.status.phase}=Running"


def pod(name: str, image: str) -> str:
    spec = json.loads(json.dumps(POD))
    spec["metadata"] = {"name": name}
    spec["spec"]["containers"][0]["image"] = image
    return json.dumps(spec)


def one(name: str, image: str) -> tuple[float, float]:
    """Milliseconds until kubectl returned, and until Running."""
    began = time.perf_counter()
    create = ["kubectl", "create", "-f", "-"]
    subprocess.run(create, input=pod(name, image), text=True, check=True, stdout=subprocess.PIPE)
    created = time.perf_counter()
    wait = ["kubectl", "wait", f"pod/{name}", f"--for={RUNNING}", "--timeout=60s"]
    subprocess.run(wait, check=True, stdout=subprocess.PIPE)
    running = time.perf_counter()
    subprocess.run(
        ["kubectl", "delete", f"pod/{name}", "--wait"], check=True, stdout=subprocess.PIPE
    )
    return 1000 * (created - began), 1000 * (running - began)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    os.environ["KUBECONFIG"] = arguments.kubeconfig
    times = [one(f"bench-{n}", arguments.image) for n in range(arguments.rounds)]
    running = [total for _, total in times]
    print(
        json.dumps(
            {
                "median_ms": round(statistics.median(running), 1),
                "min_ms": round(min(running), 1),
                "max_ms": round(max(running), 1),
                "kubectl_create_median_ms": round(statistics.median(c for c, _ in times), 1),
            }
        )
    )


if __name__ == "__main__":
    main()
