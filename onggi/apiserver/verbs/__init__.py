"""Which function answers which verb, of a kind and of its subresources."""

from collections.abc import Awaitable, Callable, Mapping

from onggi.api.http import Answer
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.verbs.create import create
from onggi.apiserver.verbs.delete import delete, delete_collection
from onggi.apiserver.verbs.get import get
from onggi.apiserver.verbs.list import list_
from onggi.apiserver.verbs.patch import patch
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
OBJECT: Mapping[str, Verb] = {"get": get, "update": update, "patch": patch}

SUBRESOURCES: Mapping[tuple[str, str], Mapping[str, Verb]] = {
    ("", "status"): OBJECT,
    ("pods", "ephemeralcontainers"): OBJECT,
    ("namespaces", "finalize"): OBJECT,
}
