from onggi.kinds.core.persistentvolumeclaim.kind import (
    PERSISTENTVOLUMECLAIM as PERSISTENTVOLUMECLAIM,
)
