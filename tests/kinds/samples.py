"""One small valid object of every stored kind, as a user would write it."""

from typing import Any

from onggi.api.kind import Kind
from onggi.api.objects import Object, clone
from onggi.kinds.admissionregistration.mutatingadmissionpolicy import MUTATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.mutatingadmissionpolicybinding import (
    MUTATINGADMISSIONPOLICYBINDING,
)
from onggi.kinds.admissionregistration.mutatingwebhookconfiguration import (
    MUTATINGWEBHOOKCONFIGURATION,
)
from onggi.kinds.admissionregistration.validatingadmissionpolicy import VALIDATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.validatingadmissionpolicybinding import (
    VALIDATINGADMISSIONPOLICYBINDING,
)
from onggi.kinds.admissionregistration.validatingwebhookconfiguration import (
    VALIDATINGWEBHOOKCONFIGURATION,
)
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.kinds.apiregistration.apiservice import APISERVICE
from onggi.kinds.apps.controllerrevision import CONTROLLERREVISION
from onggi.kinds.apps.daemonset import DAEMONSET
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.statefulset import STATEFULSET
from onggi.kinds.autoscaling.horizontalpodautoscaler import (
    HORIZONTALPODAUTOSCALER,
    HORIZONTALPODAUTOSCALER_V1,
)
from onggi.kinds.batch.cronjob import CRONJOB
from onggi.kinds.batch.job import JOB
from onggi.kinds.certificates.certificatesigningrequest import CERTIFICATESIGNINGREQUEST
from onggi.kinds.certificates.clustertrustbundle import CLUSTERTRUSTBUNDLE
from onggi.kinds.certificates.podcertificaterequest import PODCERTIFICATEREQUEST
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.endpoints import ENDPOINTS
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.limitrange import LIMITRANGE
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.pod import POD
from onggi.kinds.core.podtemplate import PODTEMPLATE
from onggi.kinds.core.replicationcontroller import REPLICATIONCONTROLLER
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from onggi.kinds.core.secret import SECRET
from onggi.kinds.core.service import SERVICE
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.events.event import EVENTS_EVENT
from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from onggi.kinds.flowcontrol.prioritylevelconfiguration import PRIORITYLEVELCONFIGURATION
from onggi.kinds.networking.ingress import INGRESS
from onggi.kinds.networking.ingressclass import INGRESSCLASS
from onggi.kinds.networking.ipaddress import IPADDRESS
from onggi.kinds.networking.networkpolicy import NETWORKPOLICY
from onggi.kinds.networking.servicecidr import SERVICECIDR
from onggi.kinds.node.runtimeclass import RUNTIMECLASS
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET
from onggi.kinds.rbac.clusterrole import CLUSTERROLE
from onggi.kinds.rbac.clusterrolebinding import CLUSTERROLEBINDING
from onggi.kinds.rbac.role import ROLE
from onggi.kinds.rbac.rolebinding import ROLEBINDING
from onggi.kinds.resource.deviceclass import DEVICECLASS
from onggi.kinds.resource.devicetaintrule import DEVICETAINTRULE
from onggi.kinds.resource.resourceclaim import RESOURCECLAIM
from onggi.kinds.resource.resourceclaimtemplate import RESOURCECLAIMTEMPLATE
from onggi.kinds.resource.resourceslice import RESOURCESLICE
from onggi.kinds.scheduling.priorityclass import PRIORITYCLASS
from onggi.kinds.storage.csidriver import CSIDRIVER
from onggi.kinds.storage.csinode import CSINODE
from onggi.kinds.storage.csistoragecapacity import CSISTORAGECAPACITY
from onggi.kinds.storage.storageclass import STORAGECLASS
from onggi.kinds.storage.volumeattachment import VOLUMEATTACHMENT
from onggi.kinds.storage.volumeattributesclass import VOLUMEATTRIBUTESCLASS
from onggi.kinds.storagemigration.storageversionmigration import STORAGEVERSIONMIGRATION

CONTAINER = {"name": "web", "image": "nginx"}
LABELS = {"app": "web"}
WORKLOAD = {
    "selector": {"matchLabels": LABELS},
    "template": {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER]}},
}
TASK = {"spec": {"restartPolicy": "Never", "containers": [CONTAINER]}}
SCALED = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
ROLE_REF = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
CERTIFICATE_REQUEST = (  # of CN=eve
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISU1IQUNBUUF3RGpFTU1Bb0dBMVVF"
    "QXd3RFpYWmxNRmt3RXdZSEtvWkl6ajBDQVFZSUtvWkl6ajBEQVFjRApRZ0FFNlRxZFBqOFVkZkVsSVdL"
    "N3FTTlFKSEVxYUkvd3RYN1JDMXpGM0RVZlJGN0Vja2dnT2NjejVwUGFLR256ClB3bFVuVFREUXBXZ2Nj"
    "RUwyekkzVDF2VUhxQUFNQW9HQ0NxR1NNNDlCQU1DQTBnQU1FVUNJQ0RScEZKZ3Z1SFgKOXlSMlkzNEt6"
    "ZmM1NncwVWlLMHA2MFM4em9EUXpic1JBaUVBMzhyNWVyN1ptN2l2czdDMGN3cXU0TFYzeDlBOAp3YXVX"
    "RDlCWGpvbmg2U2c9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo="
)
POLICY_RULES = {
    "resourceRules": [
        {
            "apiGroups": ["apps"],
            "apiVersions": ["v1"],
            "operations": ["CREATE", "UPDATE"],
            "resources": ["deployments"],
        }
    ]
}
WEBHOOK = {
    "name": "check.example.com",
    "clientConfig": {"url": "https://hook.example.com/check"},
    "rules": [
        {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["pods"]}
    ],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
DEVICES = {"devices": {"requests": [{"name": "gpu", "exactly": {"deviceClassName": "gpu"}}]}}
# An authority, and an empty request for a certificate; both with Ed25519 keys.
AUTHORITY = """-----BEGIN CERTIFICATE-----
MIHhMIGUoAMCAQICAQEwBQYDK2VwMA8xDTALBgNVBAMMBHRlc3QwIBcNMjYwMTAx
MDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMA8xDTALBgNVBAMMBHRlc3QwKjAFBgMr
ZXADIQC7VJ1OTVCn1xNPeY3Ncetfa0Zjc9h3NHh7jgRHINTeYKMTMBEwDwYDVR0T
AQH/BAUwAwEB/zAFBgMrZXADQQBlzgzPhSGyiVHCO0Fx/F0tDg2oGAMGvz15Zak+
JpimVmMA2KO6fbDCCBxFOoi+j2ipAFkEnwDkw+PQqvu727AA
-----END CERTIFICATE-----
"""
STUB_REQUEST = (
    "MH8wMwIBADAAMCowBQYDK2VwAyEAu1SdTk1Qp9cTT3mNzXHrX2tGY3PYdzR4e44ERyDU3mCgADAFBgMrZXADQQAL+Qmv"
    "4DlGuJJsiE/kBK52sFaAYUhN7rfd/wPPbyE18JjRUFVqSUdCA4HGPRL/ZJP4K3LBzcUYFkhrdQ8FD7UE"
)

CONTENTS: dict[Kind, dict[str, Any]] = {
    POD: {"spec": {"containers": [CONTAINER]}},
    MUTATINGWEBHOOKCONFIGURATION: {"webhooks": [WEBHOOK]},
    VALIDATINGWEBHOOKCONFIGURATION: {"webhooks": [WEBHOOK]},
    VALIDATINGADMISSIONPOLICY: {
        "spec": {
            "matchConstraints": POLICY_RULES,
            "validations": [{"expression": "object.spec.replicas <= 5"}],
        }
    },
    VALIDATINGADMISSIONPOLICYBINDING: {
        "spec": {"policyName": "replicas", "validationActions": ["Deny", "Audit"]}
    },
    MUTATINGADMISSIONPOLICY: {
        "spec": {
            "matchConstraints": POLICY_RULES,
            "reinvocationPolicy": "Never",
            "mutations": [
                {
                    "patchType": "ApplyConfiguration",
                    "applyConfiguration": {"expression": "Object{spec: Object.spec{replicas: 1}}"},
                }
            ],
        }
    },
    MUTATINGADMISSIONPOLICYBINDING: {"spec": {"policyName": "replicas"}},
    APISERVICE: {
        "spec": {
            "group": "example.com",
            "version": "v1",
            "groupPriorityMinimum": 1000,
            "versionPriority": 10,
        },
    },
    NAMESPACE: {},
    NODE: {"status": {"capacity": {"cpu": "2", "memory": "4Gi"}}},
    SERVICE: {"spec": {"selector": LABELS, "ports": [{"port": 80}]}},
    ENDPOINTS: {"subsets": [{"addresses": [{"ip": "10.1.0.5"}], "ports": [{"port": 8080}]}]},
    CONFIGMAP: {"data": {"key": "value"}},
    SECRET: {"stringData": {"key": "value"}},
    SERVICEACCOUNT: {},
    LIMITRANGE: {"spec": {"limits": [{"type": "Container", "max": {"cpu": "2"}}]}},
    RESOURCEQUOTA: {"spec": {"hard": {"pods": "10", "requests.cpu": "4"}}},
    EVENT: {"involvedObject": {"kind": "Pod", "name": "web", "namespace": "default"}},
    EVENTS_EVENT: {
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "reportingController": "example.com/test",
        "reportingInstance": "test-1",
        "action": "Testing",
        "reason": "Tested",
        "type": "Normal",
        "regarding": {"kind": "Pod", "name": "web", "namespace": "default"},
    },
    LEASE: {"spec": {"holderIdentity": "me", "leaseDurationSeconds": 15}},
    ENDPOINTSLICE: {
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.0.5"], "conditions": {"ready": True}}],
        "ports": [{"port": 8080}],
    },
    REPLICASET: {"spec": WORKLOAD},
    DEPLOYMENT: {"spec": WORKLOAD},
    DAEMONSET: {"spec": WORKLOAD},
    STATEFULSET: {"spec": {**WORKLOAD, "serviceName": "web"}},
    CONTROLLERREVISION: {"data": {"spec": {}}, "revision": 1},
    PODTEMPLATE: {"template": WORKLOAD["template"]},
    JOB: {"spec": {"template": TASK}},
    CRONJOB: {"spec": {"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": TASK}}}},
    PODDISRUPTIONBUDGET: {
        "spec": {"minAvailable": 1, "selector": {"matchLabels": LABELS}},
    },
    HORIZONTALPODAUTOSCALER: {"spec": {"scaleTargetRef": SCALED, "maxReplicas": 5}},
    HORIZONTALPODAUTOSCALER_V1: {
        "spec": {
            "scaleTargetRef": SCALED,
            "maxReplicas": 5,
            "targetCPUUtilizationPercentage": 70,
        }
    },
    REPLICATIONCONTROLLER: {"spec": {"template": WORKLOAD["template"]}},
    INGRESS: {
        "spec": {
            "rules": [
                {
                    "host": "shop.example.com",
                    "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND}]},
                }
            ]
        }
    },
    INGRESSCLASS: {"spec": {"controller": "onggi.example/ingress"}},
    ROLE: {"rules": [RULE]},
    CLUSTERROLE: {"rules": [RULE, {"nonResourceURLs": ["/healthz"], "verbs": ["get"]}]},
    ROLEBINDING: {"roleRef": ROLE_REF, "subjects": [{"kind": "User", "name": "eve"}]},
    CLUSTERROLEBINDING: {
        "roleRef": ROLE_REF,
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
    },
    PRIORITYCLASS: {"value": 1000},
    PERSISTENTVOLUME: {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "hostPath": {"path": "/data"},
        }
    },
    PERSISTENTVOLUMECLAIM: {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        }
    },
    STORAGECLASS: {"provisioner": "example.com/disks"},
    CSIDRIVER: {"spec": {"attachRequired": True}},
    CSINODE: {"spec": {"drivers": [{"name": "disks.example.com", "nodeID": "n1"}]}},
    CSISTORAGECAPACITY: {"storageClassName": "fast", "capacity": "10Gi"},
    VOLUMEATTACHMENT: {
        "spec": {
            "attacher": "disks.example.com",
            "nodeName": "n1",
            "source": {"persistentVolumeName": "pv1"},
        }
    },
    VOLUMEATTRIBUTESCLASS: {"driverName": "disks.example.com", "parameters": {"iops": "100"}},
    NETWORKPOLICY: {
        "spec": {
            "podSelector": {"matchLabels": LABELS},
            "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 80}]}],
        }
    },
    IPADDRESS: {"spec": {"parentRef": {"resource": "services", "name": "web"}}},
    SERVICECIDR: {"spec": {"cidrs": ["10.9.0.0/16"]}},
    DEVICECLASS: {"spec": {"selectors": [{"cel": {"expression": "true"}}]}},
    DEVICETAINTRULE: {"spec": {"taint": {"key": "example.com/broken", "effect": "NoSchedule"}}},
    RESOURCECLAIM: {"spec": DEVICES},
    RESOURCECLAIMTEMPLATE: {"spec": {"spec": DEVICES}},
    RESOURCESLICE: {
        "spec": {
            "driver": "gpu.example.com",
            "nodeName": "n1",
            "pool": {"name": "n1", "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "gpu-0", "attributes": {"model": {"string": "a"}}}],
        }
    },
    FLOWSCHEMA: {
        "spec": {
            "priorityLevelConfiguration": {"name": "workload-low"},
            "rules": [
                {
                    "subjects": [{"kind": "User", "user": {"name": "eve"}}],
                    "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/version"]}],
                }
            ],
        }
    },
    PRIORITYLEVELCONFIGURATION: {
        "spec": {"type": "Limited", "limited": {"limitResponse": {"type": "Reject"}}}
    },
    CLUSTERTRUSTBUNDLE: {"spec": {"trustBundle": AUTHORITY}},
    PODCERTIFICATEREQUEST: {
        "spec": {
            "signerName": "example.com/signer",
            "podName": "web",
            "podUID": "p",
            "serviceAccountName": "default",
            "serviceAccountUID": "s",
            "nodeName": "n1",
            "nodeUID": "n",
            "stubPKCS10Request": STUB_REQUEST,
        }
    },
    STORAGEVERSIONMIGRATION: {"spec": {"resource": {"group": "apps", "resource": "deployments"}}},
    RUNTIMECLASS: {"handler": "runc"},
    CRD: {
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "foos", "kind": "Foo"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        }
    },
    CERTIFICATESIGNINGREQUEST: {
        "spec": {
            "request": CERTIFICATE_REQUEST,
            "signerName": "kubernetes.io/kube-apiserver-client",
            "usages": ["client auth"],
        }
    },
}

# Kinds on which nothing acts yet: each write of them says so.
WARNED = {
    HORIZONTALPODAUTOSCALER, HORIZONTALPODAUTOSCALER_V1,
    CSIDRIVER, CSINODE, CSISTORAGECAPACITY, DEVICECLASS, DEVICETAINTRULE, IPADDRESS,
    NETWORKPOLICY, RESOURCECLAIM, RESOURCECLAIMTEMPLATE, RESOURCESLICE, SERVICECIDR,
}  # fmt: skip
NAMES = {
    CRD: "foos.example.com",
    IPADDRESS: "10.0.0.9",
    APISERVICE: "v1.example.com",
}  # what may not be called "web"


def sample(kind: Kind, **spec: Any) -> Object:
    """As it is sent; ``spec`` adds to or replaces fields of the spec."""
    obj = clone({"apiVersion": kind.api_version, "kind": kind.name, **CONTENTS[kind]})
    name = NAMES.get(kind, "web")
    obj["metadata"] = {"name": name, **({"namespace": "default"} if kind.namespaced else {})}
    if spec:
        obj["spec"] = {**obj.get("spec", {}), **clone(spec)}
    return obj


def created(kind: Kind, **spec: Any) -> Object:
    """As it goes into validation on creation."""
    return completed(kind, sample(kind, **spec))


def completed(kind: Kind, obj: Object) -> Object:
    kind.default(obj)
    if kind.status and kind is not NODE:
        obj.pop("status", None)
    if kind.prepare:
        kind.prepare(obj, None)
    return obj


def said(kind: Kind, **spec: Any) -> list[str]:
    """What validation says of the sample with these fields in its spec."""
    return [str(error) for error in kind.validate(created(kind, **spec))]


def said_of_update(kind: Kind, change: dict[str, Any], **spec: Any) -> list[str]:
    """What validation says when these fields of the spec change."""
    old = created(kind, **spec)
    new = clone(old)
    new["spec"] = {**new.get("spec", {}), **clone(change)}
    kind.default(new)
    if kind.prepare:
        kind.prepare(new, old)
    return [str(error) for error in kind.validate(new, old)]
