"""Certificates, tokens and claims, each controller with the rights of its role."""

import asyncio
from base64 import b64decode

import pytest

from onggi.api.objects import get
from onggi.client.cluster import reference
from onggi.kinds.certificates.certificatesigningrequest import CERTIFICATESIGNINGREQUEST as CSR
from onggi.kinds.controllers import CONTROLLERS, with_keys
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.secret import SECRET
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.kinds.certificates.requests import CLIENT, NODE_CLIENT, NODE_USAGES, pem, self_signed
from tests.stories.conftest import guarded
from tests.stories.machine import running

pytestmark = [
    pytest.mark.looptime,
    pytest.mark.parametrize("machine", [guarded], ids=["guarded"], indirect=True),
]
KEYED = with_keys("CA", lambda order: self_signed(), lambda account, secret: "minted")
ALL = (*CONTROLLERS, *KEYED)


def asking(signer, usages, content):
    spec = {"request": content, "signerName": signer, "usages": list(usages)}
    return {"metadata": {"name": "csr"}, "spec": spec}


async def types(machine):
    (found,) = (await machine.list(CSR)).items
    return [c["type"] for c in get(found, "status.conditions") or ()], found["status"]


async def test_a_nodes_certificate_comes_by_itself_and_is_forgotten(machine):
    async with running(machine, ALL):
        content = pem("system:node:n1", ("system:nodes",))
        await machine.create(CSR, asking(NODE_CLIENT, NODE_USAGES, content))
        await asyncio.sleep(1)
        conditions, status = await types(machine)
        assert conditions == ["Approved"]
        assert status["certificate"]
        await asyncio.sleep(3700)
        assert (await machine.list(CSR)).items == []


async def test_a_users_certificate_waits_for_somebody(machine):
    async with running(machine, ALL):
        made = await machine.create(CSR, asking(CLIENT, ["client auth"], pem()))
        await asyncio.sleep(10)
        assert (await types(machine))[0] == []
        approved = {"status": {"conditions": [{"type": "Approved", "status": "True"}]}}
        await machine.patch(CSR, made, approved, subresource="approval")
        await asyncio.sleep(1)
        assert (await types(machine))[1]["certificate"]


async def test_a_secret_for_a_token_lives_as_long_as_its_account(machine):
    async with running(machine, ALL):
        meta = {"name": "bot", "namespace": "default"}
        account = await machine.create(SERVICEACCOUNT, {"metadata": meta})
        annotations = {"kubernetes.io/service-account.name": "bot"}
        meta = {"name": "token", "namespace": "default", "annotations": annotations}
        type = "kubernetes.io/service-account-token"
        await machine.create(SECRET, {"metadata": meta, "type": type})
        await asyncio.sleep(1)
        secret = await machine.get(SECRET, "default", "token")
        assert b64decode(secret["data"]["token"]) == b"minted"
        await machine.delete(SERVICEACCOUNT, account)
        await asyncio.sleep(1)
        assert await machine.names(SECRET) == []


async def test_a_claim_that_nobody_uses_goes_at_once(machine):
    async with running(machine, ALL):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        meta = {"name": "c", "namespace": "default"}
        made = await machine.create(PERSISTENTVOLUMECLAIM, {"metadata": meta, "spec": spec})
        assert made["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
        await machine.delete(PERSISTENTVOLUMECLAIM, reference("default", "c"))
        await asyncio.sleep(1)
        assert await machine.names(PERSISTENTVOLUMECLAIM) == []
