from onggi.kinds.apps.statefulset.kind import STATEFULSET as STATEFULSET
