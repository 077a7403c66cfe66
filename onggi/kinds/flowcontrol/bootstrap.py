"""The priority levels and flow schemas that every cluster has, as tables.

    LEVELS["system"], SCHEMAS["probes"]      specs, complete
    MANDATORY_LEVELS, MANDATORY_SCHEMAS      names of those that may not be changed

Source: ``k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go``.
"""

from collections.abc import Mapping, Sequence

from onggi.api.objects import Object

AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec"
EXEMPT, CATCH_ALL = "exempt", "catch-all"
MANDATORY_LEVELS = MANDATORY_SCHEMAS = frozenset({EXEMPT, CATCH_ALL})

ALL = ["*"]
EVERYBODY = ("system:unauthenticated", "system:authenticated")
MANAGER, SCHEDULER = "system:kube-controller-manager", "system:kube-scheduler"
USER, NAMESPACE = "ByUser", "ByNamespace"


def limited(shares: int, lent: int, queues: int, hand: int) -> Object:
    queuing = {"queues": queues, "handSize": hand, "queueLengthLimit": 50}
    return {
        "type": "Limited",
        "limited": {
            "nominalConcurrencyShares": shares,
            "lendablePercent": lent,
            "limitResponse": {"type": "Queue", "queuing": queuing},
        },
    }


LEVELS: Mapping[str, Object] = {
    EXEMPT: {"type": "Exempt", "exempt": {"nominalConcurrencyShares": 0, "lendablePercent": 0}},
    CATCH_ALL: {
        "type": "Limited",
        "limited": {
            "nominalConcurrencyShares": 5,
            "lendablePercent": 0,
            "limitResponse": {"type": "Reject"},
        },
    },
    "system": limited(30, 33, 64, 6),
    "node-high": limited(40, 25, 64, 6),
    "leader-election": limited(10, 0, 16, 4),
    "workload-high": limited(40, 50, 128, 6),
    "workload-low": limited(100, 90, 128, 6),
    "global-default": limited(20, 50, 128, 6),
}


def groups(*names: str) -> list[Object]:
    return [{"kind": "Group", "group": {"name": name}} for name in names]


def users(*names: str) -> list[Object]:
    return [{"kind": "User", "user": {"name": name}} for name in names]


SYSTEM_ACCOUNTS: list[Object] = [
    {"kind": "ServiceAccount", "serviceAccount": {"name": "*", "namespace": "kube-system"}}
]


def on(verbs: str, group: str, resources: str, *, cluster: bool = True) -> Object:
    rule: Object = {
        "verbs": verbs.split(),
        "apiGroups": [group],
        "resources": resources.split(),
        "namespaces": ALL,
    }
    return {**rule, "clusterScope": True} if cluster else rule


ANYTHING: Object = {
    "resourceRules": [on("*", "*", "*")],
    "nonResourceRules": [{"verbs": ALL, "nonResourceURLs": ALL}],
}
LEASES = ("coordination.k8s.io", "leases")
PROBES = [{"verbs": ["get"], "nonResourceURLs": ["/healthz", "/readyz", "/livez"]}]


def schema(
    level: str, precedence: int, method: str, subjects: Sequence[Object], rule: Object
) -> Object:
    spec: Object = {
        "priorityLevelConfiguration": {"name": level},
        "matchingPrecedence": precedence,
        "rules": [{"subjects": list(subjects), **rule}],
    }
    return {**spec, "distinguisherMethod": {"type": method}} if method else spec


SCHEMAS: Mapping[str, Object] = {
    EXEMPT: schema(EXEMPT, 1, "", groups("system:masters"), ANYTHING),
    CATCH_ALL: schema(CATCH_ALL, 10000, USER, groups(*EVERYBODY), ANYTHING),
    "system-nodes": schema("system", 500, USER, groups("system:nodes"), ANYTHING),
    "system-node-high": schema(
        "node-high", 400, USER, groups("system:nodes"),
        {"resourceRules": [on("*", "", "nodes nodes/status"), on("*", *LEASES, cluster=False)]},
    ),
    "probes": schema(EXEMPT, 2, "", groups(*EVERYBODY), {"nonResourceRules": PROBES}),
    "system-leader-election": schema(
        "leader-election", 100, USER, [*users(MANAGER, SCHEDULER), *SYSTEM_ACCOUNTS],
        {"resourceRules": [on("get create update", *LEASES, cluster=False)]},
    ),
    "kube-controller-manager": schema("workload-high", 800, NAMESPACE, users(MANAGER), ANYTHING),
    "kube-scheduler": schema("workload-high", 800, NAMESPACE, users(SCHEDULER), ANYTHING),
    "kube-system-service-accounts":
        schema("workload-high", 900, NAMESPACE, SYSTEM_ACCOUNTS, ANYTHING),
    "service-accounts":
        schema("workload-low", 9000, USER, groups("system:serviceaccounts"), ANYTHING),
    "global-default": schema("global-default", 9900, USER, groups(*EVERYBODY), ANYTHING),
}  # fmt: skip
