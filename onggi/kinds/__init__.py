"""Every kind the API server is born with, in discovery order."""

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
from onggi.kinds.authentication.selfsubjectreview import SELFSUBJECTREVIEW
from onggi.kinds.authentication.tokenreview import TOKENREVIEW
from onggi.kinds.authorization.localsubjectaccessreview import LOCALSUBJECTACCESSREVIEW
from onggi.kinds.authorization.selfsubjectaccessreview import SELFSUBJECTACCESSREVIEW
from onggi.kinds.authorization.selfsubjectrulesreview import SELFSUBJECTRULESREVIEW
from onggi.kinds.authorization.subjectaccessreview import SUBJECTACCESSREVIEW
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
from onggi.kinds.core.componentstatus import COMPONENTSTATUS
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

BUILTIN = (
    POD,
    NAMESPACE,
    NODE,
    SERVICE,
    ENDPOINTS,
    CONFIGMAP,
    SECRET,
    SERVICEACCOUNT,
    COMPONENTSTATUS,
    PERSISTENTVOLUME,
    PERSISTENTVOLUMECLAIM,
    LIMITRANGE,
    RESOURCEQUOTA,
    EVENT,
    EVENTS_EVENT,
    LEASE,
    ENDPOINTSLICE,
    PODTEMPLATE,
    REPLICATIONCONTROLLER,
    CONTROLLERREVISION,
    REPLICASET,
    DEPLOYMENT,
    DAEMONSET,
    STATEFULSET,
    HORIZONTALPODAUTOSCALER,
    HORIZONTALPODAUTOSCALER_V1,
    CRONJOB,
    JOB,
    PODDISRUPTIONBUDGET,
    INGRESS,
    INGRESSCLASS,
    NETWORKPOLICY,
    IPADDRESS,
    SERVICECIDR,
    ROLE,
    ROLEBINDING,
    CLUSTERROLE,
    CLUSTERROLEBINDING,
    STORAGECLASS,
    VOLUMEATTRIBUTESCLASS,
    STORAGEVERSIONMIGRATION,
    VOLUMEATTACHMENT,
    CSISTORAGECAPACITY,
    CSINODE,
    CSIDRIVER,
    PRIORITYCLASS,
    FLOWSCHEMA,
    DEVICETAINTRULE,
    RESOURCESLICE,
    RESOURCECLAIMTEMPLATE,
    RESOURCECLAIM,
    DEVICECLASS,
    PRIORITYLEVELCONFIGURATION,
    RUNTIMECLASS,
    CERTIFICATESIGNINGREQUEST,
    PODCERTIFICATEREQUEST,
    CLUSTERTRUSTBUNDLE,
    MUTATINGWEBHOOKCONFIGURATION,
    VALIDATINGWEBHOOKCONFIGURATION,
    VALIDATINGADMISSIONPOLICY,
    VALIDATINGADMISSIONPOLICYBINDING,
    MUTATINGADMISSIONPOLICY,
    MUTATINGADMISSIONPOLICYBINDING,
    APISERVICE,
    CRD,
    TOKENREVIEW,
    SELFSUBJECTREVIEW,
    SUBJECTACCESSREVIEW,
    SELFSUBJECTACCESSREVIEW,
    SELFSUBJECTRULESREVIEW,
    LOCALSUBJECTACCESSREVIEW,
)
