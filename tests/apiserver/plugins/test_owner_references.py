"""OwnerReferencesPermissionEnforcement."""

import pytest

from onggi.api.errors import Forbidden
from onggi.api.http import User
from onggi.apiserver.admission import Review
from onggi.apiserver.authz.attributes import Decision
from onggi.apiserver.call import Call
from onggi.apiserver.path import parse
from onggi.apiserver.plugins.owner_references import owner_permissions
from onggi.apiserver.registry import Registry
from onggi.kinds import BUILTIN
from onggi.kinds.core.pod import POD

OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "u"}
BLOCKING = OWNER | {"blockOwnerDeletion": True}


class May:
    """Who may do what, as (verb, resource/subresource)."""

    def __init__(self, *rights):
        self.rights = rights

    def authorize(self, asked):
        what = f"{asked.resource}/{asked.subresource}" if asked.subresource else asked.resource
        return Decision((asked.verb, what) in self.rights, "no")


def ask(operation, *rights, new=(), old=None, subresource=""):
    method = {"CREATE": "POST", "UPDATE": "PUT"}[operation]
    path = "/api/v1/namespaces/a/pods" + ("" if operation == "CREATE" else "/p" + subresource)
    call = Call(None, parse(method, path), User("eve"), POD, "a")
    obj = {"metadata": {"name": "p", "ownerReferences": list(new)}}
    before = None if old is None else {"metadata": {"ownerReferences": list(old)}}
    check = owner_permissions(May(*rights), Registry(BUILTIN))
    check(Review(operation, call, obj, before, None), None)


def test_who_creates_an_object_may_say_whose_it_is():
    ask("CREATE", new=[OWNER])


def test_who_changes_that_must_be_able_to_delete_it():
    with pytest.raises(Forbidden, match="cannot set an ownerRef on a resource you can't delete"):
        ask("UPDATE", new=[OWNER], old=[])
    ask("UPDATE", ("delete", "pods"), new=[OWNER], old=[])
    ask("UPDATE", new=[OWNER], old=[OWNER])
    ask("UPDATE", new=[OWNER], old=[], subresource="/status")


def test_who_makes_the_owner_wait_must_be_able_to_hold_it():
    with pytest.raises(Forbidden, match="a resource you can't set finalizers on: no, <nil>"):
        ask("CREATE", new=[BLOCKING])
    ask("CREATE", ("update", "replicasets/finalizers"), new=[BLOCKING])
    ask("UPDATE", ("delete", "pods"), new=[BLOCKING, OWNER | {"uid": "v"}], old=[BLOCKING])


def test_an_owner_of_an_unknown_kind_holds_nothing():
    unknown = BLOCKING | {"kind": "Unknown"}
    with pytest.raises(Forbidden, match="cannot find RESTMapping for APIVersion apps/v1"):
        ask("CREATE", new=[unknown])
