"""Every controller of the control plane, in the order of upstream's list.

    controllers = (*CONTROLLERS, *with_keys(pem, sign, mint), *with_schemas(schema))

Source: ``cmd/kube-controller-manager/names/controller_names.go``.
"""

from onggi.api.plan import Controller
from onggi.kinds import garbage
from onggi.kinds.admissionregistration.typechecking import Schema, type_checking
from onggi.kinds.apiextensions.crd import finish as crd_finish
from onggi.kinds.apiextensions.crd import naming as crd_naming
from onggi.kinds.apps.daemonset import reconcile as daemonset
from onggi.kinds.apps.deployment import reconcile as deployment
from onggi.kinds.apps.replicaset import reconcile as replicaset
from onggi.kinds.apps.statefulset import reconcile as statefulset
from onggi.kinds.batch.cronjob import reconcile as cronjob
from onggi.kinds.batch.job import leftovers as job_leftovers
from onggi.kinds.batch.job import reconcile as job
from onggi.kinds.batch.job import ttl as job_ttl
from onggi.kinds.certificates.certificatesigningrequest import approve as csr_approve
from onggi.kinds.certificates.certificatesigningrequest import cleaner as csr_cleaner
from onggi.kinds.certificates.certificatesigningrequest.signing import Sign, signing
from onggi.kinds.core.endpoints import reconcile as endpoints
from onggi.kinds.core.event import expiry
from onggi.kinds.core.namespace import reconcile as namespace
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS, root_ca
from onggi.kinds.core.node import lifecycle as node
from onggi.kinds.core.persistentvolume import binder as volumes
from onggi.kinds.core.persistentvolumeclaim import binder as claims
from onggi.kinds.core.persistentvolumeclaim import ephemeral, protection
from onggi.kinds.core.pod import lifecycle as pod
from onggi.kinds.core.replicationcontroller import reconcile as replicationcontroller
from onggi.kinds.core.serviceaccount.tokens import Mint, account_tokens
from onggi.kinds.discovery.endpointslice import mirror
from onggi.kinds.discovery.endpointslice import reconcile as endpointslice
from onggi.kinds.flowcontrol import upkeep as flowcontrol
from onggi.kinds.policy.poddisruptionbudget import reconcile as disruption
from onggi.kinds.rbac.aggregation import CLUSTERROLE_AGGREGATION
from onggi.kinds.storagemigration import migrate

CONTROLLERS = (
    SERVICE_ACCOUNTS,
    endpoints.CONTROLLER,
    endpoints.LEFTOVERS,
    endpointslice.CONTROLLER,
    mirror.CONTROLLER,
    replicationcontroller.CONTROLLER,
    pod.GARBAGE,
    namespace.CONTROLLER,
    garbage.CONTROLLER,
    daemonset.CONTROLLER,
    job.CONTROLLER,
    cronjob.CONTROLLER,
    statefulset.CONTROLLER,
    job_leftovers.CONTROLLER,
    deployment.CONTROLLER,
    replicaset.CONTROLLER,
    disruption.CONTROLLER,
    disruption.STALE_TARGETS,
    node.CONTROLLER,
    pod.NOT_READY,
    pod.TAINT_EVICTION,
    csr_approve.CONTROLLER,
    csr_cleaner.CONTROLLER,
    job_ttl.CONTROLLER,
    CLUSTERROLE_AGGREGATION,
    claims.CONTROLLER,
    volumes.CONTROLLER,
    ephemeral.CONTROLLER,
    protection.CLAIMS,
    protection.VOLUMES,
    expiry.CONTROLLER,
    flowcontrol.LEVEL_UPKEEP,
    flowcontrol.SCHEMA_UPKEEP,
    migrate.CONTROLLER,
    crd_naming.CONTROLLER,
    crd_finish.CONTROLLER,
)


def with_schemas(schema: Schema) -> tuple[Controller, ...]:
    """Those that ask what objects of other kinds look like."""
    return (type_checking(schema),)


def with_keys(authority: str, sign: Sign, mint: Mint) -> tuple[Controller, ...]:
    """Those that spread the CA's certificate (PEM), or need somebody who holds a key."""
    return (root_ca(authority), signing(sign), account_tokens(authority, mint))
