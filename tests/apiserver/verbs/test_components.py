"""ComponentStatuses are made up when they are asked for."""

from tests.apiserver.world import ask

PATH = "/api/v1/componentstatuses"
TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"


async def test_all_parts_are_listed(running):
    status, found = await ask(running, "GET", PATH)
    assert (status, found["kind"]) == (200, "ComponentStatusList")
    assert [item["metadata"]["name"] for item in found["items"]] == [
        "controller-manager", "etcd-0", "scheduler",
    ]  # fmt: skip


async def test_one_is_read(running):
    _, found = await ask(running, "GET", f"{PATH}/scheduler")
    assert found["conditions"] == [{"type": "Healthy", "status": "True", "message": "ok"}]
    assert (await ask(running, "GET", f"{PATH}/cloud"))[0] == 404


async def test_they_are_selected_and_printed_as_others(running):
    chosen = f"{PATH}?fieldSelector=metadata.name=etcd-0"
    _, found = await ask(running, "GET", chosen, accept=TABLE)
    assert [row["cells"] for row in found["rows"]] == [["etcd-0", "Healthy", "ok", ""]]


async def test_nobody_writes_them(running):
    assert (await ask(running, "POST", PATH, {"metadata": {"name": "x"}}))[0] == 405
    assert (await ask(running, "DELETE", f"{PATH}/scheduler"))[0] == 405
