from onggi.kinds.autoscaling.horizontalpodautoscaler.kind import (
    HORIZONTALPODAUTOSCALER as HORIZONTALPODAUTOSCALER,
)
from onggi.kinds.autoscaling.horizontalpodautoscaler.kind import (
    HORIZONTALPODAUTOSCALER_V1 as HORIZONTALPODAUTOSCALER_V1,
)
