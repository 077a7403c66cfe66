"""APIService (apiregistration.k8s.io/v1): who serves a version of an API group: this server
("Local"), or an extension API server behind a Service.

Sources: ``k8s.io/kube-aggregator/pkg/{apis/apiregistration/validation,registry/apiservice}``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.gotext import quote
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import named

HIGHEST_GROUP, HIGHEST_VERSION = 20000, 1000
STATUSES = ("True", "False", "Unknown")
HTTPS = 443
LOCAL_MESSAGE = "Local APIServices are always available"


def default(obj: Object) -> None:
    service = get(obj, "spec.service")
    if isinstance(service, dict) and service.get("port") is None:
        service["port"] = HTTPS


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    group, version = spec.get("group") or "", spec.get("version") or ""
    yield from check_name(get(new, "metadata.name", ""), f"{version}.{group}")
    if not group and version != "v1":
        why = "only v1 may have an empty group and it better be legacy kube"
        yield required("spec.group", why)
    if group:
        yield from named("spec.group", group, names.dns_subdomain)
    yield from named("spec.version", version, names.dns_1035_label)
    yield from check_priorities(spec)
    if spec.get("service") is None:
        yield from check_local(spec)
    else:
        yield from check_remote(spec)


def check_name(name: str, wanted: str) -> Iterator[FieldError]:
    if not names.path_segment(name) and name != wanted:
        why = f'must be `spec.version+"."+spec.group`: {quote(wanted)}'
        yield invalid("metadata.name", name, why)


def check_priorities(spec: View) -> Iterator[FieldError]:
    for field, highest in (
        ("groupPriorityMinimum", HIGHEST_GROUP),
        ("versionPriority", HIGHEST_VERSION),
    ):
        value = spec.get(field) or 0
        if not 0 < value <= highest:
            yield invalid(f"spec.{field}", value, f"must be positive and less than {highest}")


def check_local(spec: View) -> Iterator[FieldError]:
    if bundle := spec.get("caBundle"):
        shown = f"{len(bundle) * 3 // 4} bytes"
        yield invalid("spec.caBundle", shown, "local APIServices may not have a caBundle")
    if spec.get("insecureSkipTLSVerify"):
        why = "local APIServices may not have insecureSkipTLSVerify"
        yield invalid("spec.insecureSkipTLSVerify", True, why)


def check_remote(spec: View) -> Iterator[FieldError]:
    service = spec["service"]
    for field in ("namespace", "name"):
        if not service.get(field):
            yield required(f"spec.service.{field}")
    port = service.get("port") or 0
    if wrong := names.port_number(port):
        yield invalid("spec.service.port", port, f"port is not valid: {', '.join(wrong)}")
    if spec.get("insecureSkipTLSVerify") and spec.get("caBundle"):
        why = "may not be true if caBundle is present"
        yield invalid("spec.insecureSkipTLSVerify", True, why)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    for index, condition in enumerate(get(new, "status.conditions") or ()):
        if condition.get("status") not in STATUSES:
            path = f"status.conditions[{index}].status"
            yield not_supported(path, condition.get("status") or "", STATUSES)


def prepare(obj: Object, old: View | None) -> None:
    """What is local is available at once."""
    if old is None and get(obj, "spec.service") is None:
        obj["status"] = {"conditions": [local_condition(obj["metadata"].get("creationTimestamp"))]}


def local_condition(now: str | None) -> Object:
    return {
        "type": "Available",
        "status": "True",
        "lastTransitionTime": now,
        "reason": "Local",
        "message": LOCAL_MESSAGE,
    }


def available(service: View) -> View | None:
    """The condition, if there is one."""
    conditions = get(service, "status.conditions") or ()
    return next((c for c in conditions if c.get("type") == "Available"), None)


def is_available(service: View) -> bool:
    return (available(service) or {}).get("status") == "True"


def with_condition(service: View, status: str, reason: str, message: str, now: datetime) -> Object:
    """The status of ``service`` with this as its Available condition: its time is that of the
    last change between True and False."""
    before, others = available(service), get(service, "status.conditions") or ()
    since = stamp(now)
    if before and before.get("status") == status:
        since = before.get("lastTransitionTime") or since
    made = {
        "type": "Available",
        "status": status,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message,
    }
    return {"conditions": [*(c for c in others if c.get("type") != "Available"), made]}


def shown_service(service: View, now: datetime) -> str:
    where = get(service, "spec.service")
    return f"{where.get('namespace')}/{where.get('name')}" if where else "Local"


def shown_available(service: View, now: datetime) -> str:
    condition = available(service) or {"status": "Unknown"}
    status, reason = condition.get("status", ""), condition.get("reason")
    return f"{status} ({reason})" if status != "True" and reason else status


APISERVICE = Kind(
    group="apiregistration.k8s.io",
    version="v1",
    name="APIService",
    plural="apiservices",
    schema="io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
    namespaced=False,
    categories=("api-extensions",),
    derived=(default,),
    prepare=prepare,
    rules=(check,),
    status_rules=(check_status,),
    name_rule="path",
    columns=(
        NAME,
        Column("Service", shown_service,
               description="The reference to the service that hosts this API endpoint."),
        Column("Available", shown_available,
               description="Whether this service is available."),
        AGE,
    ),
)  # fmt: skip
