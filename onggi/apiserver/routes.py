"""Which function answers which verb: of any kind, of a few in their own way, of subresources."""

from collections.abc import Awaitable, Callable, Mapping

from onggi.api.http import Answer
from onggi.api.kind import PROXIED
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.verbs.below import BINDING, bind, token
from onggi.apiserver.verbs.components import get_component, list_components
from onggi.apiserver.verbs.connect import connect, log
from onggi.apiserver.verbs.create import create
from onggi.apiserver.verbs.delete import delete, delete_collection
from onggi.apiserver.verbs.evict import evict
from onggi.apiserver.verbs.get import get
from onggi.apiserver.verbs.list import list_
from onggi.apiserver.verbs.patch import patch
from onggi.apiserver.verbs.proxy import proxy
from onggi.apiserver.verbs.scale import get_scale, patch_scale, update_scale
from onggi.apiserver.verbs.update import update
from onggi.apiserver.verbs.watch import watch

Verb = Callable[[Backend, Call], Awaitable[Answer]]

VERBS: Mapping[str, Verb] = {
    "get": get,
    "list": list_,
    "watch": watch,
    "create": create,
    "update": update,
    "patch": patch,
    "delete": delete,
    "deletecollection": delete_collection,
}
STREAM: Mapping[str, Verb] = {"get": connect, "create": connect}
PROXY: Mapping[str, Verb] = dict.fromkeys(PROXIED, proxy)
OBJECT: Mapping[str, Verb] = {"get": get, "update": update, "patch": patch}

RESOURCES: Mapping[str, Mapping[str, Verb]] = {
    BINDING.resource: {"create": bind},
    "componentstatuses": {"get": get_component, "list": list_components},
}
SUBRESOURCES: Mapping[tuple[str, str], Mapping[str, Verb]] = {
    ("", "status"): OBJECT,
    ("", "scale"): {"get": get_scale, "update": update_scale, "patch": patch_scale},
    ("pods", "ephemeralcontainers"): OBJECT,
    ("pods", "binding"): {"create": bind},
    ("pods", "eviction"): {"create": evict},
    ("pods", "log"): {"get": log},
    ("pods", "exec"): STREAM,
    ("pods", "attach"): STREAM,
    ("pods", "portforward"): STREAM,
    ("pods", "proxy"): PROXY,
    ("services", "proxy"): PROXY,
    ("nodes", "proxy"): PROXY,
    ("namespaces", "finalize"): OBJECT,
    ("certificatesigningrequests.certificates.k8s.io", "approval"): OBJECT,
    ("serviceaccounts", "token"): {"create": token},
}
