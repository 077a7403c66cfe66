"""Kinds come and go with their definitions, and what deals with everything deals with them."""

import asyncio
from typing import Any

import pytest

from onggi.controller.definitions import Definitions
from onggi.controller.runtime import Runtime
from onggi.kinds import BUILTIN, garbage
from onggi.kinds.apiextensions.crd import finish, naming
from onggi.kinds.apiextensions.crd.kind import CRD
from onggi.kinds.core.configmap import CONFIGMAP
from tests.apiserver.crds import PATH, crontab, definition
from tests.apiserver.world import ask, client, server
from tests.world import NOW

CONTROLLERS = (naming.CONTROLLER, finish.CONTROLLER, garbage.CONTROLLER)


@pytest.fixture
async def running():
    """A server with the controllers that definitions need."""
    made = server()
    await made.start()
    runtime = Runtime(client(made), CONTROLLERS, BUILTIN, lambda: NOW)
    Definitions(runtime)
    task = asyncio.ensure_future(runtime.run())
    await runtime.synced.wait()
    yield made
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def eventually(look: Any) -> Any:
    async with asyncio.timeout(10):
        while not (found := await look()):  # noqa: ASYNC110  all of it is in this loop
            await asyncio.sleep(0)
    return found


async def test_a_definition_is_served_and_its_objects_are_collected(running):
    await client(running).create(CRD, definition())

    async def served():
        return (await ask(running, "GET", PATH))[0] == 200

    await eventually(served)
    owner = await client(running).create(
        CONFIGMAP, {"metadata": {"name": "owner", "namespace": "default"}}
    )
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner"}
    owned = crontab()
    owned["metadata"]["ownerReferences"] = [{**reference, "uid": owner["metadata"]["uid"]}]
    assert (await ask(running, "POST", PATH, owned))[0] == 201
    await client(running).delete(CONFIGMAP, owner)

    async def gone():
        return (await ask(running, "GET", f"{PATH}/one"))[0] == 404

    await eventually(gone)


async def test_a_definition_goes_when_its_last_object_has_gone(running):
    await client(running).create(CRD, definition())

    async def created():
        held = crontab()
        held["metadata"]["finalizers"] = ["example.com/held"]
        return (await ask(running, "POST", PATH, held))[0] == 201

    await eventually(created)
    await client(running).delete(CRD, {"metadata": {"name": "crontabs.example.com"}})

    async def going():
        code, found = await ask(running, "GET", f"{PATH}/one")
        return code == 200 and "deletionTimestamp" in found["metadata"]

    await eventually(going)
    headers = {"content_type": "application/merge-patch+json"}
    await ask(running, "PATCH", f"{PATH}/one", {"metadata": {"finalizers": None}}, **headers)

    async def gone():
        return not (await client(running).list(CRD)).items

    await eventually(gone)
    assert (await ask(running, "GET", PATH))[0] == 404


async def test_who_comes_at_once_need_not_come_again(running):
    await client(running).create(CRD, definition())
    assert (await ask(running, "POST", PATH, crontab()))[0] == 201
