from onggi.kinds.core.serviceaccount.kind import SERVICEACCOUNT as SERVICEACCOUNT
