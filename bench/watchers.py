"""Watchers of ``scale.py``: what one costs while nothing happens, and what an event costs."""

import json
import time
from http.client import HTTPResponse, HTTPSConnection

from load import Load


def opened(load: Load, path: str) -> tuple[HTTPSConnection, HTTPResponse]:
    """A watch of one path on a connection of its own; both stay until they are dropped."""
    server = load.user
    connection = server.connect()
    version = json.loads(server.ask("GET", f"{path}?limit=1"))["metadata"]["resourceVersion"]
    connection.request("GET", f"{path}?watch=1&resourceVersion={version}", headers=server.headers())
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"watch of {path}: {answer.status}")
    return connection, answer


def fan_out(load: Load, count: int) -> dict[str, float]:
    """Watchers of namespaces of their own; then as many of one that they share."""
    path = f"/api/v1/namespaces/{load.names[0]}/configmaps"
    alone = changes(load, path)
    before = load.admin.memory()
    others = [opened(load, f"/api/v1/namespaces/{n}/configmaps") for n in load.names[1 : count + 1]]
    load.settle()
    found = {
        "bytes_each": (load.admin.memory() - before) / len(others),
        "event_us_no_watcher": alone,
        "event_us_others_watch": changes(load, path),
    }
    cpu = load.admin.cpu()
    time.sleep(10)
    found["rest_cpu_percent"] = (load.admin.cpu() - cpu) / 100_000
    close(others)
    load.settle()
    same = [opened(load, path) for _ in range(count)]
    load.settle()
    found["event_us_all_watch"] = changes(load, path)
    found["event_us_each_watcher"] = (found["event_us_all_watch"] - alone) / count
    close(same)
    load.settle()
    return found


def close(watches: list[tuple[HTTPSConnection, HTTPResponse]]) -> None:
    for connection, answer in watches:
        answer.close()
        connection.close()


def changes(load: Load, path: str, count: int = 60) -> float:
    """CPU of one change, with all that follows from it."""
    before = load.admin.cpu()
    for number in range(count):
        load.user.ask("PATCH", f"{path}/o-0", {"data": {"n": f"{before}-{number}"}})
    time.sleep(0.3)
    return (load.admin.cpu() - before) / count
