"""Which function answers which verb."""

from onggi.apiserver.verbs.create import create
from onggi.apiserver.verbs.get import get
from onggi.apiserver.verbs.list import list_
from onggi.apiserver.verbs.watch import watch

VERBS = {
    "get": get,
    "list": list_,
    "watch": watch,
    "create": create,
}
SUBRESOURCES: dict = {}
