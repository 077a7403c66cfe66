"""Objects as short as their idea: what a test does not say has one usual value here."""

from typing import Any

from tests.e2e.platform import TOOLS

Object = dict[str, Any]
HTTP = 8080

# A web server that answers with its pod's name and the path, and ends at once on SIGTERM.
SERVER = """
import os, signal, socketserver, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = f"{os.environ.get('ANSWER', '')}{os.uname().nodename} {self.path}\\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_POST = do_GET
    def log_message(self, *args): pass
ThreadingHTTPServer.request_queue_size = 128
server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server.serve_forever()
"""


def named(kind: str, name: str, version: str = "v1", **parts: Any) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **parts}


def container(script: str = "exec sleep 1000", **more: Any) -> Object:
    """A shell script in the toolbox image."""
    return {"name": "main", "image": TOOLS, "command": ["sh", "-c", script], **more}


def server(answer: str = "", **more: Any) -> Object:
    """A web server on 8080, ready when it answers."""
    return {
        "name": "main",
        "image": TOOLS,
        "command": ["python3", "-c", SERVER],
        "env": [{"name": "ANSWER", "value": answer}],
        "ports": [{"name": "http", "containerPort": HTTP}],
        "readinessProbe": {"httpGet": {"path": "/", "port": HTTP}, "periodSeconds": 1},
        **more,
    }


def spec(*containers: Object, **more: Any) -> Object:
    """Pods that go fast."""
    return {"terminationGracePeriodSeconds": 1, "containers": list(containers), **more}


def pod(name: str, *containers: Object, **more: Any) -> Object:
    made = named("Pod", name, spec=spec(*(containers or (container(),)), **more))
    made["metadata"]["labels"] = {"app": name}
    return made


def once(name: str, script: str, **more: Any) -> Object:
    """A pod that runs a script and is not started again."""
    return pod(name, container(script), restartPolicy="Never", **more)


def deployment(name: str, template: Object, replicas: int = 1, **more: Any) -> Object:
    labels = {"app": name}
    return named(
        "Deployment",
        name,
        "apps/v1",
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": template},
            **more,
        },
    )


def service(name: str, app: str = "", port: int = 80, **more: Any) -> Object:
    """In front of the pods with label ``app``; ``ports`` and anything else may be replaced."""
    ports = [{"name": "http", "port": port, "targetPort": HTTP}]
    return named("Service", name, spec={"selector": {"app": app or name}, "ports": ports, **more})


def config_map(name: str, **data: str) -> Object:
    return named("ConfigMap", name, data=data)


def ingress(name: str, *rules: Object, **more: Any) -> Object:
    spec = {"ingressClassName": "onggi", **({"rules": list(rules)} if rules else {}), **more}
    return named("Ingress", name, "networking.k8s.io/v1", spec=spec)


def rule(host: str, *paths: Object) -> Object:
    return {"host": host, "http": {"paths": list(paths)}}


def path(service: str, path: str = "/", kind: str = "Prefix", port: int = 80) -> Object:
    return {"path": path, "pathType": kind, "backend": backend(service, port)}


def backend(service: str, port: int = 80) -> Object:
    return {"service": {"name": service, "port": {"number": port}}}
