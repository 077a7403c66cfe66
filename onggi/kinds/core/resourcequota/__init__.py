from onggi.kinds.core.resourcequota.kind import RESOURCEQUOTA as RESOURCEQUOTA
