from onggi.kinds.policy.poddisruptionbudget.kind import (
    PODDISRUPTIONBUDGET as PODDISRUPTIONBUDGET,
)
