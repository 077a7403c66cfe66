"""Who the parts of this process are to the API server: as upstream names its components."""

from onggi.api.http import User
from onggi.apiserver.authn.users import SERVER

AUTHENTICATED = "system:authenticated"
SERVICE_ACCOUNTS = ("system:serviceaccounts", "system:serviceaccounts:kube-system", AUTHENTICATED)

SCHEDULER = User("system:kube-scheduler", (AUTHENTICATED,))
INGRESS = User("system:serviceaccount:kube-system:onggi-ingress", SERVICE_ACCOUNTS)
CACHES = User("system:kube-controller-manager", (AUTHENTICATED,))


def node(name: str) -> User:
    return User(f"system:node:{name}", ("system:nodes", AUTHENTICATED))


def controller(name: str) -> User:
    """A controller writes as its own service account: ``deployment-controller``; those that
    upstream's API server runs itself write as it does."""
    if name == SERVER.name:
        return SERVER
    return User(f"system:serviceaccount:kube-system:{name}", SERVICE_ACCOUNTS)
