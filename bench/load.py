"""The load of ``scale.py``: what is created, and what is asked of the server at each size."""

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from server import Server

Creation = tuple[str, Mapping[str, Any]]  # path, object
WORKERS = 8  # connections that create
ROUNDS, EACH = 9, 40  # of one kind of request; the median of the rounds counts
ACCOUNT = "system:serviceaccount:bench:bench"
RBAC = "/apis/rbac.authorization.k8s.io/v1"


def objects(names: Sequence[str], start: int, end: int) -> Iterator[Creation]:
    """Numbers ``start`` to ``end`` of the mix, spread over the namespaces."""
    for number in range(start, end):
        yield creation(names[number % len(names)], number)


def creation(namespace: str, number: int) -> Creation:
    meta = {"name": f"o-{number}", "labels": {"app": f"app-{number % 50}", "tier": "bench"}}
    core, data = f"/api/v1/namespaces/{namespace}", {f"key-{i}": "v" * 60 for i in range(4)}
    match number % 4:
        case 0:
            return f"{core}/configmaps", {"metadata": meta, "data": data}
        case 1:
            return f"{core}/secrets", {"metadata": meta, "stringData": data}
        case 2:
            spec: Mapping[str, Any] = {"ports": [{"port": 80}], "clusterIP": "None"}
            return f"{core}/services", {"metadata": meta, "spec": spec}
    labels = {"app": f"o-{number}"}
    container = {"name": "app", "image": "none", "env": [{"name": "A", "value": "b"}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    return path, {"metadata": meta, "spec": spec}


def definition(number: int) -> Mapping[str, Any]:
    """A CustomResourceDefinition with a structural schema of some size."""
    plural = f"things{number}"
    fields = {f"field{i}": {"type": "string", "maxLength": 100} for i in range(20)}
    spec = {"type": "object", "properties": fields}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    return {
        "metadata": {"name": f"{plural}.bench.example.com"},
        "spec": {
            "group": "bench.example.com",
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": f"thing{number}", "kind": f"Thing{number}"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


class Load:
    """``admin`` puts things in place; ``user`` is a service account that may edit everywhere."""

    def __init__(self, admin: Server, namespaces: int) -> None:
        self.admin = admin
        self.names = [f"ns-{number:04}" for number in range(namespaces)]
        self.user = self._account()

    def _account(self) -> Server:
        ask = self.admin.ask
        ask("POST", "/api/v1/namespaces", {"metadata": {"name": "bench"}})
        accounts = "/api/v1/namespaces/bench/serviceaccounts"
        ask("POST", accounts, {"metadata": {"name": "bench"}})
        subject = {"kind": "ServiceAccount", "namespace": "bench", "name": "bench"}
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "edit"}
        binding = {"metadata": {"name": "bench"}, "subjects": [subject], "roleRef": role}
        ask("POST", f"{RBAC}/clusterrolebindings", binding)
        token = json.loads(ask("POST", f"{accounts}/bench/token", {"spec": {}}))
        return Server(self.admin.data, token["status"]["token"])

    def namespaces(self) -> float:
        """Seconds for all of them, and a RoleBinding in each."""
        began = time.monotonic()
        self.create([("/api/v1/namespaces", {"metadata": {"name": n}}) for n in self.names])
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
        subject = {"apiGroup": role["apiGroup"], "kind": "User", "name": "somebody"}
        binding = {"metadata": {"name": "view"}, "subjects": [subject], "roleRef": role}
        self.create([(f"{RBAC}/namespaces/{n}/rolebindings", binding) for n in self.names])
        self.settle()
        return time.monotonic() - began

    def create(self, creations: Sequence[Creation]) -> None:
        waiting = iter(creations)
        lock = threading.Lock()

        def work() -> None:
            server = Server(self.admin.data)
            while True:
                with lock:
                    found = next(waiting, None)
                if found is None:
                    return
                server.ask("POST", *found)

        threads = [threading.Thread(target=work) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def settle(self) -> None:
        """Until the controllers have nothing left to do."""
        quiet = 0
        while quiet < 3:
            before = self.admin.cpu()
            time.sleep(0.5)
            quiet = quiet + 1 if self.admin.cpu() - before < 50_000 else 0

    def costs(self) -> dict[str, float]:
        """CPU of the server for one request of each kind, in microseconds."""
        self.settle()
        core = f"/api/v1/namespaces/{self.names[0]}"
        item, other = f"{core}/configmaps/o-0", "/api/v1/namespaces/bench/configmaps"
        body = creation("bench", 0)[1]
        for number in range(100):
            self.user.ask("POST", other, {**body, "metadata": {"name": f"of-100-{number}"}})
        number = iter(range(10**9))

        def named() -> Mapping[str, Any]:
            return {**body, "metadata": {"name": f"new-{time.monotonic_ns()}"}}

        asked: dict[str, Callable[[], object]] = {
            "GET": lambda: self.user.ask("GET", item),
            "LIST of 100": lambda: self.user.ask("GET", other),
            "CREATE": lambda: self.user.ask("POST", f"{core}/configmaps", named()),
            "PATCH": lambda: self.user.ask("PATCH", item, {"data": {"n": str(next(number))}}),
        }
        found = {name: self.cost(ask) for name, ask in asked.items()}
        self.user.ask("DELETE", other)
        self.settle()
        return found

    def cost(self, ask: Callable[[], object]) -> float:
        rounds = []
        for _ in range(ROUNDS):
            before = self.admin.cpu()
            for _ in range(EACH):
                ask()
            rounds.append((self.admin.cpu() - before) / EACH)
        return statistics.median(rounds)

    def first_and_next(self, path: str) -> tuple[float, float]:
        """CPU of the first answer and of the next one, in milliseconds."""
        found = []
        for _ in range(2):
            before = self.admin.cpu()
            self.admin.ask("GET", path)
            found.append((self.admin.cpu() - before) / 1000)
        return found[0], found[1]

    def established(self, path: str) -> int:
        items = json.loads(self.admin.ask("GET", path))["items"]
        return sum(
            condition["type"] == "Established" and condition["status"] == "True"
            for item in items
            for condition in item.get("status", {}).get("conditions", ())
        )

    def stored(self) -> int:
        """All objects of the server, by its own count."""
        lines = self.admin.ask("GET", "/metrics").decode().splitlines()
        return sum(
            int(float(line.rpartition(" ")[2]))
            for line in lines
            if line.startswith("apiserver_storage_objects{")
        )
