"""Pod (v1): the unit that runs. Its parts are in the modules beside this one.

template.py volumes.py references.py   defaults, shared with every pod template
prepare.py                             what the server writes itself
rules/                                 validation, shared with every pod template
columns.py                             what kubectl get prints
predicates.py resources.py             what everybody else asks of a pod
"""

from onggi.api.kind import PROXIED, Kind, Subresource
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_pod
from onggi.kinds.core.pod.columns import COLUMNS
from onggi.kinds.core.pod.prepare import prepare, prepare_ephemeral, prepare_status
from onggi.kinds.core.pod.rules import check, check_ephemeral, check_status
from onggi.kinds.core.pod.rules.binding import check_binding
from onggi.kinds.core.pod.template import default_pod

CONNECT = ("create", "get")
SELECTABLE = (
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
    "status.phase",
    "status.podIP",
    "status.nominatedNodeName",
)
POD = Kind(
    group="",
    version="v1",
    name="Pod",
    plural="pods",
    schema="io.k8s.api.core.v1.Pod",
    short=("po",),
    categories=("all",),
    derived=(default_pod,),
    prepare=prepare,
    prepare_status=prepare_status,
    rules=(check,),
    status_rules=(check_status,),
    columns=COLUMNS,
    selectable={path: path for path in SELECTABLE},
    subresources=(
        Subresource("attach", "PodAttachOptions", CONNECT),
        Subresource("binding", "Binding", ("create",), rules=(check_binding,)),
        Subresource(
            "ephemeralcontainers",
            "Pod",
            ("get", "patch", "update"),
            prepare=prepare_ephemeral,
            rules=(check_ephemeral,),
        ),
        Subresource("eviction", "Eviction", ("create",), group="policy"),
        Subresource("exec", "PodExecOptions", CONNECT),
        Subresource("log", "Pod", ("get",)),
        Subresource("portforward", "PodPortForwardOptions", CONNECT),
        Subresource("proxy", "PodProxyOptions", PROXIED),
    ),
    ignored=ignored.at("spec"),
    advice=(on_pod,),
)
