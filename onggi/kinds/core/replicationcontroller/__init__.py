from onggi.kinds.core.replicationcontroller.kind import (
    REPLICATIONCONTROLLER as REPLICATIONCONTROLLER,
)
