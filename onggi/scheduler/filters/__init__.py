"""Which nodes a pod may go to: upstream's default filter plugins, in upstream's order."""

from onggi.scheduler.filters import neighbours, node, room, spread
from onggi.scheduler.filters.filter import Filter as Filter
from onggi.scheduler.filters.filter import Reason as Reason

FILTERS = (
    Filter("NodeUnschedulable", node.schedulable),
    Filter("NodeName", node.named, node.has_name),
    Filter("TaintToleration", node.tolerated),
    Filter("NodeAffinity", node.selected, node.is_choosy),
    Filter("NodePorts", room.free_ports, room.wants_ports),
    Filter("NodeResourcesFit", room.fits),
    Filter("PodTopologySpread", spread.even, spread.is_spread, spread.prepare),
    Filter("InterPodAffinity", neighbours.neighbourly, neighbours.is_concerned, neighbours.prepare),
)
