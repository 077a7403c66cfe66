"""Which of the possible nodes is best: upstream's default score plugins and weights."""

from onggi.scheduler.scores import neighbours, node, room
from onggi.scheduler.scores.score import Score as Score
from onggi.scheduler.scores.score import proportional, reversed_proportional, stretched

SCORES = (
    Score("TaintToleration", 3, node.intolerable, level=reversed_proportional),
    Score("NodeAffinity", 2, node.preferred, node.has_preferences, level=proportional),
    Score("NodeResourcesFit", 1, room.least_allocated),
    Score(
        "PodTopologySpread",
        2,
        neighbours.crowd,
        neighbours.wants_spread,
        neighbours.crowds,
        neighbours.roomiest,
    ),
    Score(
        "InterPodAffinity",
        2,
        neighbours.drawn_to,
        neighbours.is_concerned,
        neighbours.pull,
        stretched,
    ),
    Score("NodeResourcesBalancedAllocation", 1, room.balanced, room.asks),
    Score("ImageLocality", 1, node.local_images, node.has_images),
)
