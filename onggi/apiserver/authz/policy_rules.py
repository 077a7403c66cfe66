"""The rules of the roles that every cluster has, as tables.

Source: ``plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,controller_policy}.go`` and
its ``testdata``. ``core`` stands for the API group whose name is empty. The roles of controllers
that Onggi does not have yet come with them.
"""

from onggi.apiserver.authz.rules import EVERYTHING, Rule

READ = "get list watch"
WRITE = "create delete deletecollection patch update"
READ_WRITE = f"{READ} {WRITE}"
READ_UPDATE = f"{READ} update patch"
Rules = tuple[Rule, ...]


def on(verbs: str, groups: str, resources: str, names: str = "") -> Rule:
    """A rule about resources, from words; sorted, as upstream's builder sorts them."""
    return Rule(
        tuple(sorted(verbs.split())),
        tuple(sorted("" if group == "core" else group for group in groups.split())),
        tuple(sorted(resources.split())),
        tuple(sorted(names.split())),
    )


def at(paths: str) -> Rule:
    """A rule that lets read these paths."""
    return Rule(("get",), urls=tuple(sorted(paths.split())))


EVENTS = on("create update patch", "core events.k8s.io", "events")
HEALTH = "/livez /readyz /healthz"
REVIEWS = (
    on("create", "authentication.k8s.io", "tokenreviews"),
    on("create", "authorization.k8s.io", "subjectaccessreviews"),
)
APPS = "deployments deployments/scale replicasets replicasets/scale"
STATEFUL = "statefulsets statefulsets/scale daemonsets"

TO_ADMIN: Rules = (
    on("create", "authorization.k8s.io", "localsubjectaccessreviews"),
    on(READ_WRITE, "rbac.authorization.k8s.io", "roles rolebindings"),
)
TO_EDIT: Rules = (
    on(
        READ,
        "core",
        "pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy",
    ),
    on("impersonate", "core", "serviceaccounts"),
    on(WRITE, "core", "pods pods/attach pods/proxy pods/exec pods/portforward"),
    on("create", "core", "pods/eviction"),
    on(
        WRITE,
        "core",
        "replicationcontrollers replicationcontrollers/scale serviceaccounts services "
        "services/proxy persistentvolumeclaims configmaps secrets events",
    ),
    on("create", "core", "serviceaccounts/token"),
    on(WRITE, "apps", f"{STATEFUL} {APPS} deployments/rollback"),
    on(WRITE, "autoscaling", "horizontalpodautoscalers"),
    on(WRITE, "batch", "jobs cronjobs"),
    on(
        WRITE,
        "extensions",
        f"daemonsets {APPS} deployments/rollback ingresses replicationcontrollers/scale "
        "networkpolicies",
    ),
    on(WRITE, "policy", "poddisruptionbudgets"),
    on(WRITE, "networking.k8s.io", "networkpolicies ingresses"),
    on(READ_WRITE, "coordination.k8s.io", "leases"),
    on(WRITE, "resource.k8s.io", "resourceclaims resourceclaimtemplates"),
)
TO_VIEW: Rules = (
    on(
        READ,
        "core",
        "pods replicationcontrollers replicationcontrollers/scale serviceaccounts services "
        "services/status endpoints persistentvolumeclaims persistentvolumeclaims/status "
        "configmaps",
    ),
    on(
        READ,
        "core",
        "limitranges resourcequotas bindings events pods/status resourcequotas/status "
        "namespaces/status replicationcontrollers/status pods/log",
    ),
    on(READ, "core", "namespaces"),
    on(READ, "discovery.k8s.io", "endpointslices"),
    on(
        READ,
        "apps",
        f"controllerrevisions {STATEFUL} statefulsets/status daemonsets/status {APPS} "
        "deployments/status replicasets/status",
    ),
    on(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
    on(READ, "batch", "jobs jobs/status cronjobs cronjobs/status"),
    on(
        READ,
        "extensions",
        f"daemonsets daemonsets/status {APPS} deployments/status replicasets/status ingresses "
        "ingresses/status replicationcontrollers/scale networkpolicies",
    ),
    on(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
    on(READ, "networking.k8s.io", "networkpolicies ingresses ingresses/status"),
    on(
        READ,
        "resource.k8s.io",
        "resourceclaims resourceclaims/status resourceclaimtemplates",
    ),
)
NODE: Rules = (
    on("create", "authentication.k8s.io", "tokenreviews"),
    on("create", "authorization.k8s.io", "subjectaccessreviews localsubjectaccessreviews"),
    on(READ, "core", "services"),
    on(f"create {READ}", "core", "nodes"),
    on("update patch", "core", "nodes/status"),
    on("update patch", "core", "nodes"),
    on("create update patch", "core", "events"),
    on(READ, "core", "pods"),
    on("create delete", "core", "pods"),
    on("update patch", "core", "pods/status"),
    on("create", "core", "pods/eviction"),
    on(READ, "core", "secrets configmaps"),
    on("get", "core", "persistentvolumeclaims persistentvolumes"),
    on("get", "core", "endpoints"),
    on(f"create {READ}", "certificates.k8s.io", "certificatesigningrequests"),
    on("get create update patch delete", "coordination.k8s.io", "leases"),
    on("get", "storage.k8s.io", "volumeattachments"),
    on("create", "core", "serviceaccounts/token"),
    on("get update patch", "core", "persistentvolumeclaims/status"),
    on(READ, "storage.k8s.io", "csidrivers"),
    on("get create update patch delete", "storage.k8s.io", "csinodes"),
    on(READ, "node.k8s.io", "runtimeclasses"),
)
CONTROLLER_MANAGER: Rules = (
    EVENTS,
    on("create", "coordination.k8s.io", "leases"),
    on("get update", "coordination.k8s.io", "leases", "kube-controller-manager"),
    on("create", "core", "secrets serviceaccounts"),
    on("delete", "core", "secrets"),
    on("get", "core", "namespaces secrets serviceaccounts configmaps"),
    on("update", "core", "secrets serviceaccounts"),
    *REVIEWS,
    on("list watch", "*", "*"),
    on("create", "core", "serviceaccounts/token"),
)
SCHEDULER: Rules = (
    EVENTS,
    on("create", "coordination.k8s.io", "leases"),
    on("get update", "coordination.k8s.io", "leases", "kube-scheduler"),
    on(READ, "core", "nodes"),
    on(f"{READ} delete", "core", "pods"),
    on("create", "core", "pods/binding bindings"),
    on("patch update", "core", "pods/status"),
    on(READ, "core", "services replicationcontrollers"),
    on(READ, "apps extensions", "replicasets"),
    on(READ, "apps", "statefulsets"),
    on(READ, "policy", "poddisruptionbudgets"),
    on(READ, "core", "persistentvolumeclaims persistentvolumes"),
    *REVIEWS,
    on(READ, "storage.k8s.io", "csinodes"),
    on(READ, "core", "namespaces"),
    on(READ, "storage.k8s.io", "csidrivers"),
    on(READ, "storage.k8s.io", "csistoragecapacities"),
)
SIGNERS = (
    "legacy-unknown",
    "kubelet-serving",
    "kube-apiserver-client",
    "kube-apiserver-client-kubelet",
)
CSR = "system:certificates.k8s.io:certificatesigningrequests"

CLUSTER_ROLES: dict[str, Rules] = {
    "cluster-admin": EVERYTHING,
    "system:discovery": (
        at(f"{HEALTH} /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*"),
    ),
    "system:monitoring": (at(f"{HEALTH} /metrics /metrics/slis /livez/* /readyz/* /healthz/*"),),
    "system:basic-user": (
        on("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"),
        on("create", "authentication.k8s.io", "selfsubjectreviews"),
    ),
    "system:public-info-viewer": (at(f"{HEALTH} /version /version/"),),
    "system:service-account-issuer-discovery": (
        at(
            "/.well-known/openid-configuration /.well-known/openid-configuration/ "
            "/openid/v1/jwks /openid/v1/jwks/"
        ),
    ),
    "system:aggregate-to-admin": TO_ADMIN,
    "system:aggregate-to-edit": TO_EDIT,
    "system:aggregate-to-view": TO_VIEW,
    "system:node": NODE,
    "system:node-problem-detector": (
        on("get", "core", "nodes"),
        on("patch", "core", "nodes/status"),
        EVENTS,
    ),
    "system:kubelet-api-admin": (
        on(READ, "core", "nodes"),
        on("proxy", "core", "nodes"),
        on("*", "core", "nodes/proxy nodes/metrics nodes/stats nodes/log"),
    ),
    "system:node-bootstrapper": (
        on(f"create {READ}", "certificates.k8s.io", "certificatesigningrequests"),
    ),
    "system:auth-delegator": REVIEWS,
    "system:kube-aggregator": (on(READ, "core", "services endpoints"),),
    "system:heapster": (
        on(READ, "core", "events pods nodes namespaces"),
        on(READ, "extensions", "deployments"),
    ),
    "system:kube-controller-manager": CONTROLLER_MANAGER,
    "system:kube-scheduler": SCHEDULER,
    "system:kube-dns": (on("list watch", "core", "endpoints services"),),
    "system:node-proxier": (
        on("list watch", "core", "services endpoints"),
        on(READ, "core", "nodes"),
        EVENTS,
        on("list watch", "networking.k8s.io", "servicecidrs"),
        on("list watch", "discovery.k8s.io", "endpointslices"),
    ),
    "system:persistent-volume-provisioner": (
        on(f"{READ} create delete", "core", "persistentvolumes"),
        on(f"{READ} update", "core", "persistentvolumeclaims"),
        on(READ, "storage.k8s.io", "storageclasses"),
        on("watch", "core", "events"),
        EVENTS,
    ),
    "system:volume-scheduler": (
        on(READ_UPDATE, "core", "persistentvolumes"),
        on(READ, "storage.k8s.io", "storageclasses"),
        on(READ_UPDATE, "core", "persistentvolumeclaims"),
    ),
    f"{CSR}:nodeclient": (
        on("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient"),
    ),
    f"{CSR}:selfnodeclient": (
        on("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient"),
    ),
    **{
        f"system:certificates.k8s.io:{signer}-approver": (
            on("approve", "certificates.k8s.io", "signers", f"kubernetes.io/{signer}"),
        )
        for signer in SIGNERS
    },
}

WORKLOADS = "apps extensions"
CONTROLLERS: dict[str, Rules] = {
    "clusterrole-aggregation-controller": (
        on(f"escalate {READ} patch update", "rbac.authorization.k8s.io", "clusterroles"),
    ),
    "deployment-controller": (
        on(f"{READ} update patch", WORKLOADS, "deployments"),
        on("update", WORKLOADS, "deployments/status"),
        on("update", WORKLOADS, "deployments/finalizers"),
        on(f"{READ} create update patch delete", WORKLOADS, "replicasets"),
        on(f"{READ} update", "core", "pods"),
        EVENTS,
    ),
    "replicaset-controller": (
        on(f"{READ} update patch", WORKLOADS, "replicasets"),
        on("update", WORKLOADS, "replicasets/status"),
        on("update", WORKLOADS, "replicasets/finalizers"),
        on("list watch create patch delete", "core", "pods"),
        EVENTS,
    ),
    "replication-controller": (
        on(f"{READ} update", "core", "replicationcontrollers"),
        on("update", "core", "replicationcontrollers/status"),
        on("update", "core", "replicationcontrollers/finalizers"),
        on("list watch patch create delete", "core", "pods"),
        EVENTS,
    ),
    "daemon-set-controller": (
        on(READ, WORKLOADS, "daemonsets"),
        on("update", WORKLOADS, "daemonsets/status"),
        on("update", WORKLOADS, "daemonsets/finalizers"),
        on("list watch", "core", "nodes"),
        on("list watch create delete patch", "core", "pods"),
        on("create", "core", "pods/binding"),
        on(f"{READ} create delete update patch", "apps", "controllerrevisions"),
        EVENTS,
    ),
    "statefulset-controller": (
        on("list watch", "core", "pods"),
        on(READ, "apps", "statefulsets"),
        on("update", "apps", "statefulsets/status"),
        on("update", "apps", "statefulsets/finalizers"),
        on("get create delete update patch", "core", "pods"),
        on(f"{READ} create delete update patch", "apps", "controllerrevisions"),
        on("get create", "core", "persistentvolumeclaims"),
        on("update delete", "core", "persistentvolumeclaims"),
        EVENTS,
    ),
    "job-controller": (
        on(f"{READ} update patch", "batch", "jobs"),
        on("update", "batch", "jobs/status"),
        on("update", "batch", "jobs/finalizers"),
        on("list watch create delete patch", "core", "pods"),
        EVENTS,
    ),
    "ttl-after-finished-controller": (on(f"{READ} delete", "batch", "jobs"), EVENTS),
    "cronjob-controller": (
        on(f"{READ} update", "batch", "cronjobs"),
        on(f"{READ} create update delete patch", "batch", "jobs"),
        on("update", "batch", "cronjobs/status"),
        on("update", "batch", "cronjobs/finalizers"),
        on("list delete", "core", "pods"),
        EVENTS,
    ),
    "disruption-controller": (
        on(READ, WORKLOADS, "deployments"),
        on(READ, WORKLOADS, "replicasets"),
        on(READ, "core", "replicationcontrollers"),
        on(READ, "policy", "poddisruptionbudgets"),
        on(READ, "apps", "statefulsets"),
        on("update", "policy", "poddisruptionbudgets/status"),
        on("patch update", "core", "pods/status"),
        on("get", "*", "*/scale"),
        EVENTS,
    ),
    "horizontal-pod-autoscaler": (
        on(READ, "autoscaling", "horizontalpodautoscalers"),
        on("update", "autoscaling", "horizontalpodautoscalers/status"),
        on("get update", "*", "*/scale"),
        on("list", "core", "pods"),
        on("list", "metrics.k8s.io", "pods"),
        on("get list", "custom.metrics.k8s.io external.metrics.k8s.io", "*"),
        EVENTS,
    ),
    "endpoint-controller": (
        on(READ, "core", "services pods"),
        on(f"{READ} create update patch delete", "core", "endpoints"),
        on("create", "core", "endpoints/restricted"),
        EVENTS,
    ),
    "endpointslice-controller": (
        on(READ, "core", "services pods nodes"),
        on("update", "core", "services/finalizers"),
        on(f"{READ} create update patch delete", "discovery.k8s.io", "endpointslices"),
        EVENTS,
    ),
    "endpointslicemirroring-controller": (
        on(READ, "core", "services endpoints"),
        on("update", "core", "services/finalizers"),
        on("update", "core", "endpoints/finalizers"),
        on(f"{READ} create update patch delete", "discovery.k8s.io", "endpointslices"),
        EVENTS,
    ),
    "generic-garbage-collector": (
        on(f"{READ} patch update delete", "*", "*"),
        EVENTS,
    ),
    "onggi-ingress": (  # ours: Envoy, in place of an ingress controller of one's own
        on(f"{READ} create", "networking.k8s.io", "ingressclasses"),
        on(READ, "networking.k8s.io", "ingresses"),
        on("patch update", "networking.k8s.io", "ingresses/status"),
        on("get list watch", "core", "secrets services"),
        on(READ, "discovery.k8s.io", "endpointslices"),
        EVENTS,
    ),
    "namespace-controller": (
        on(f"{READ} delete", "core", "namespaces"),
        on("update", "core", "namespaces/finalize namespaces/status"),
        on(f"{READ} delete deletecollection", "*", "*"),
    ),
    "node-controller": (
        on(f"{READ} update delete patch", "core", "nodes"),
        on("patch update", "core", "nodes/status"),
        on("patch update", "core", "pods/status"),
        on(f"{READ} delete", "core", "pods"),
        EVENTS,
    ),
    "pod-garbage-collector": (
        on("list watch delete", "core", "pods"),
        on(READ, "core", "nodes"),
        on("patch", "core", "pods/status"),
    ),
    "event-ttl-controller": (on("delete", "core events.k8s.io", "events"),),
    "persistent-volume-binder": (
        on(f"{READ} update create delete", "core", "persistentvolumes"),
        on("update", "core", "persistentvolumes/status"),
        on(f"{READ} update", "core", "persistentvolumeclaims"),
        on("update", "core", "persistentvolumeclaims/status"),
        on(READ, "core", "pods nodes"),
        on(READ, "storage.k8s.io", "storageclasses"),
        EVENTS,
    ),
    "ephemeral-volume-controller": (
        on(READ, "core", "pods"),
        on("update", "core", "pods/finalizers"),
        on(f"{READ} create", "core", "persistentvolumeclaims"),
        EVENTS,
    ),
    "pvc-protection-controller": (
        on(f"{READ} update", "core", "persistentvolumeclaims"),
        on(READ, "core", "pods"),
        EVENTS,
    ),
    "pv-protection-controller": (on(f"{READ} update", "core", "persistentvolumes"), EVENTS),
    "certificate-controller": (
        on(f"{READ} delete", "certificates.k8s.io", "certificatesigningrequests"),
        on(
            "update",
            "certificates.k8s.io",
            "certificatesigningrequests/status certificatesigningrequests/approval",
        ),
        on(
            "approve",
            "certificates.k8s.io",
            "signers",
            "kubernetes.io/kube-apiserver-client-kubelet",
        ),
        on(
            "sign",
            "certificates.k8s.io",
            "signers",
            " ".join(f"kubernetes.io/{signer}" for signer in SIGNERS),
        ),
        on("create", "authorization.k8s.io", "subjectaccessreviews"),
        EVENTS,
    ),
    "resourcequota-controller": (
        on("list watch", "*", "*"),
        on("update", "core", "resourcequotas/status"),
        EVENTS,
    ),
    "validatingadmissionpolicy-status-controller": (
        on(READ, "admissionregistration.k8s.io", "validatingadmissionpolicies"),
        on(
            "get patch update", "admissionregistration.k8s.io", "validatingadmissionpolicies/status"
        ),
        EVENTS,
    ),
    "storage-version-migrator-controller": (
        on(READ, "storagemigration.k8s.io", "storageversionmigrations"),
        on("update", "storagemigration.k8s.io", "storageversionmigrations/status"),
    ),
    "root-ca-cert-publisher": (on("create update patch", "core", "configmaps"), EVENTS),
    "service-account-controller": (on("create", "core", "serviceaccounts"), EVENTS),
    "token-controller": (  # upstream's writes as the controller manager itself
        on("get", "core", "serviceaccounts"),
        on("update", "core", "serviceaccounts"),
        on("create get update delete", "core", "secrets"),
    ),
    "taint-eviction-controller": (
        on(f"{READ} delete", "core", "pods"),
        on("patch update", "core", "pods/status"),
        on(READ, "core", "nodes"),
        EVENTS,
    ),
}

SYSTEM_ROLES: dict[str, Rules] = {
    "extension-apiserver-authentication-reader": (
        on(READ, "core", "configmaps", "extension-apiserver-authentication"),
    ),
    "system::leader-locking-kube-controller-manager": (
        on("watch", "core", "configmaps"),
        on("get update", "core", "configmaps", "kube-controller-manager"),
        on(f"{READ} create update", "coordination.k8s.io", "leases"),
    ),
    "system::leader-locking-kube-scheduler": (
        on("watch", "core", "configmaps"),
        on("get update", "core", "configmaps", "kube-scheduler"),
    ),
}
