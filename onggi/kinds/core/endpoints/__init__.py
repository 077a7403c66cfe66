from onggi.kinds.core.endpoints.kind import ENDPOINTS as ENDPOINTS
