from onggi.kinds.core.pod.kind import POD as POD
