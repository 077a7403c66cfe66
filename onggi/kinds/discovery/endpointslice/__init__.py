from onggi.kinds.discovery.endpointslice.kind import ENDPOINTSLICE as ENDPOINTSLICE
