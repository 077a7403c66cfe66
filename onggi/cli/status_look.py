"""One look at a running instance, for ``onggi status``.

Asks nothing twice: the process records, psutil, five answers of the API over one connection. It
imports no HTTP client and no event loop, so that it is done within half a second.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import psutil

from onggi.apiserver.authn.pki import Pki
from onggi.cli.status_text import Component, Seen
from onggi.config import Config
from onggi.instance import Instance

PATIENCE = 3.0  # seconds for one answer of the API
COUNTING = 0.3  # seconds to add up the data directory: a large one is not counted
LISTS = {
    "nodes": "/api/v1/nodes",
    "pods": "/api/v1/pods",
    "services": "/api/v1/services",
    "ingresses": "/apis/networking.k8s.io/v1/ingresses",
}


def look(config: Config, instance: Instance) -> Seen:
    """Everything that ``render`` shows."""
    counting = disk_usage(config.data)
    answers, trouble = ask(config, instance)
    return Seen(
        config=config,
        instance=instance,
        components=tuple(components(config, instance)),
        kubernetes=answers.pop("version", {}).get("gitVersion", ""),
        lists={name: answer.get("items") or () for name, answer in answers.items()},
        trouble=trouble,
        disk=counted(counting),
    )


def ask(config: Config, instance: Instance) -> tuple[dict[str, Any], str]:
    """The API's answers by name; and what went wrong, empty where nothing did."""
    try:
        tls = Pki(config.data / "pki").client_context("admin")
        return fetch(instance.server, tls, {"version": "/version", **LISTS}), ""
    except (OSError, HTTPException, ValueError) as error:
        return {}, str(error) or type(error).__name__


def fetch(server: str, tls: SSLContext, paths: Mapping[str, str]) -> dict[str, Any]:
    """Raises OSError, HTTPException or ValueError."""
    connection = HTTPSConnection(urlsplit(server).netloc, timeout=PATIENCE, context=tls)
    try:
        return {name: fetch_one(connection, path) for name, path in paths.items()}
    finally:
        connection.close()


def fetch_one(connection: HTTPSConnection, path: str) -> Any:
    connection.request("GET", path, headers={"Accept": "application/json"})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    if answer.status != 200:
        raise ValueError(f"GET {path}: {body.get('message', answer.reason)}")
    return body


def components(config: Config, instance: Instance) -> Iterator[Component]:
    """Onggi itself, the programs beside it, and containerd's shims as one."""
    yield component("onggi", instance.pid)
    for name, record in instance.children.items():
        pid = recorded(Path(record))
        yield component(name, pid, restarted_after=instance.started)
    if config.node and (found := shims(config.run)):
        memory = sum(map(memory_of, found))
        yield Component(f"{len(found)} containerd-shim", memory=memory)


def component(name: str, pid: int, restarted_after: float = 0.0) -> Component:
    """A program that began after the platform was ready has been started again since."""
    try:
        process = psutil.Process(pid)
        began = process.create_time()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return Component(name, lives=False)
    again = bool(restarted_after) and began > restarted_after + 1
    return Component(name, pid, began, memory_of(process), lives=alive, restarted=again)


def recorded(record: Path) -> int:
    """The process id in a program's record, if that very process still lives; else 0."""
    from onggi.controller.child import Process

    try:
        process = Process(**json.loads(record.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return 0
    return process.pid if process.alive else 0


def shims(run: Path) -> list[psutil.Process]:
    """One for each pod, with this instance's containerd."""
    found = psutil.process_iter(["name"])
    return [
        process
        for process in found
        if str(process.info["name"]).startswith("containerd-shim") and belongs(process, run)
    ]


def belongs(process: psutil.Process, run: Path) -> bool:
    try:
        return any(str(run) in word for word in process.cmdline())
    except psutil.Error:
        return False  # it has just ended, or is another user's


def memory_of(process: psutil.Process) -> int:
    """Bytes; pages that several programs share are shared out between them."""
    try:
        return int(process.memory_full_info().pss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def disk_usage(folder: Path) -> "subprocess.Popen[bytes]":
    command = ["du", "-s", "-x", "-B1", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def counted(counting: "subprocess.Popen[bytes]") -> int:
    """Bytes on disk; 0 where counting takes too long."""
    try:
        output, _ = counting.communicate(timeout=COUNTING)
    except subprocess.TimeoutExpired:
        counting.kill()
        counting.communicate()
        return 0
    return int(output.split()[0]) if output else 0
