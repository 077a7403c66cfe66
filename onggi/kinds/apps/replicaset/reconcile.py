"""Keep as many pods as a ReplicaSet wants."""

from onggi.api.plan import Controller
from onggi.kinds.apps.replicas.keeper import Keeper
from onggi.kinds.apps.replicaset.kind import REPLICASET
from onggi.kinds.core.pod import POD

KEEPER = Keeper(REPLICASET)
CONTROLLER = Controller(
    name="replicaset-controller",
    kind=REPLICASET,
    reconcile=KEEPER.reconcile,
    owns=(POD,),
    watches=KEEPER.watches,
)
