"""What a pod and every pod template get where the user left it out.

    derived=(within("spec.template", default_template),)

Source: ``pkg/apis/core/v1/defaults.go`` and ``zz_generated.defaults.go`` (v1.37). Zero values
(``0``, ``""``) count as left out where Go has no pointer. ``default_pod`` adds what only a pod
gets, and leaves the rest to the pods that a template makes.
"""

from typing import Any

from onggi.api.objects import Object
from onggi.api.quantity import QuantityError
from onggi.kinds.core.pod.references import default_source, pull_policy
from onggi.kinds.core.pod.resources import (
    QOS_RESOURCES,
    aggregate,
    container_requests,
    is_pod_level,
)
from onggi.kinds.core.pod.volumes import default_volume
from onggi.kinds.fill import fill_absent, fill_zero, items, normalize_amounts

SPEC = {
    "restartPolicy": "Always",
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
}
SPEC_POINTERS: Object = {"terminationGracePeriodSeconds": 30, "securityContext": {}}
CONTAINER = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
PROBE = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
HOOKS = ("postStart", "preStop")
HTTP_GET = {"path": "/", "scheme": "HTTP"}
CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


def default_template(template: Object) -> None:
    """``template`` has ``metadata`` and ``spec``, as a pod has."""
    spec = template.setdefault("spec", {})
    if not isinstance(spec, dict):
        return
    fill_zero(spec, SPEC)
    fill_absent(spec, SPEC_POINTERS)
    alias_service_account(spec)
    for name in CONTAINER_LISTS:
        for container in items(spec, name):
            default_container(container)
    for volume in items(spec, "volumes"):
        default_volume(volume)
    normalize_amounts(spec.get("overhead"))
    default_resources(spec)


def default_pod(pod: Object) -> None:
    default_template(pod)
    spec = pod["spec"]
    if not isinstance(spec, dict):
        return
    fill_absent(spec, {"enableServiceLinks": True})
    for name in ("containers", "initContainers"):
        for container in items(spec, name):
            requests_from_limits(container)
            if spec.get("hostNetwork"):
                host_ports(container)
    pod_level_requests(pod)


def alias_service_account(spec: Object) -> None:
    """``serviceAccount`` is the old name of ``serviceAccountName``; both are always printed."""
    name = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if name:
        spec["serviceAccountName"] = spec["serviceAccount"] = name


def default_container(container: Object) -> None:
    fill_zero(container, CONTAINER)
    fill_zero(container, {"imagePullPolicy": pull_policy(container.get("image") or "")})
    fill_absent(container, {"resources": {}})
    for port in items(container, "ports"):
        fill_zero(port, {"protocol": "TCP"})
    default_resources(container)
    for name in PROBES:
        if isinstance(probe := container.get(name), dict):
            fill_zero(probe, PROBE)
            default_handler(probe)
    hooks = container.get("lifecycle") or {}
    for name in HOOKS:
        if isinstance(hook := hooks.get(name), dict):
            default_handler(hook)
    for variable in items(container, "env"):
        default_source(variable.get("valueFrom") or {})


def default_handler(handler: Object) -> None:
    """A probe's or a hook's."""
    if isinstance(http := handler.get("httpGet"), dict):
        fill_zero(http, HTTP_GET)
    if isinstance(grpc := handler.get("grpc"), dict):
        fill_absent(grpc, {"service": ""})


def default_resources(holder: Object) -> None:
    resources = holder.get("resources")
    if isinstance(resources, dict):
        normalize_amounts(resources.get("limits"))
        normalize_amounts(resources.get("requests"))


def requests_from_limits(holder: Object) -> None:
    """A limit without a request is a request too."""
    resources: Any = holder.get("resources") or {}
    if not isinstance(resources.get("limits"), dict) or not resources["limits"]:
        return
    fill_absent(resources, {"requests": {}})
    for name, amount in resources["limits"].items():
        resources["requests"].setdefault(name, amount)


def pod_level_requests(pod: Object) -> None:
    """Beside limits of the whole pod: what the containers ask together, or the limit."""
    resources = pod["spec"].get("resources")
    if not isinstance(resources, dict) or not resources.get("limits"):
        return
    try:
        asked = aggregate(pod, container_requests)
    except QuantityError:
        return  # validation says so
    fill_absent(resources, {"requests": {}})
    for name in QOS_RESOURCES:
        if name in asked:
            resources["requests"].setdefault(name, str(asked[name]))
    for name, amount in resources["limits"].items():
        if is_pod_level(name):
            resources["requests"].setdefault(name, amount)


def host_ports(container: Object) -> None:
    """On the host's network, a port is the host's own."""
    for port in items(container, "ports"):
        if port.get("containerPort"):
            fill_zero(port, {"hostPort": port["containerPort"]})
