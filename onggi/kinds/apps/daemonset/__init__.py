from onggi.kinds.apps.daemonset.kind import DAEMONSET as DAEMONSET
