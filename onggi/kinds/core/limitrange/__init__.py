from onggi.kinds.core.limitrange.kind import LIMITRANGE as LIMITRANGE
