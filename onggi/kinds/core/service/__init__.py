from onggi.kinds.core.service.kind import SERVICE as SERVICE
