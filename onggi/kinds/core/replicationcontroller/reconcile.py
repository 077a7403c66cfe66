"""Keep as many pods as a ReplicationController wants: by the same rules as a ReplicaSet.

Source: ``pkg/controller/replication/replication_controller.go``, which converts likewise.
"""

from onggi.api.objects import Object, View
from onggi.api.plan import Controller
from onggi.kinds.apps.replicas.keeper import Keeper
from onggi.kinds.core.pod import POD
from onggi.kinds.core.replicationcontroller.kind import REPLICATIONCONTROLLER


def as_set(rc: View) -> Object:
    """In the form of a ReplicaSet; its kind and name stay its own."""
    spec = rc["spec"]
    return {**rc, "spec": {**spec, "selector": {"matchLabels": spec["selector"]}}}


KEEPER = Keeper(REPLICATIONCONTROLLER, as_set)
CONTROLLER = Controller(
    name="replicationcontroller-controller",
    kind=REPLICATIONCONTROLLER,
    reconcile=KEEPER.reconcile,
    owns=(POD,),
    watches=KEEPER.watches,
    source="replication-controller",
    account="replication-controller",
)
