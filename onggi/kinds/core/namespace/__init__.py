from onggi.kinds.core.namespace.kind import NAMESPACE as NAMESPACE
