"""NamespaceLifecycle."""

from tests.apiserver.world import ask, config_map

GONE = "/api/v1/namespaces/gone"


async def test_nothing_is_created_in_a_namespace_that_is_missing(running):
    code, body = await ask(running, "POST", "/api/v1/namespaces/nowhere/configmaps", {
        "metadata": {"name": "a"}
    })  # fmt: skip
    assert code == 404
    assert body["message"] == 'namespaces "nowhere" not found'


async def test_nothing_new_comes_into_a_terminating_namespace(running):
    await ask(running, "POST", "/api/v1/namespaces", {"metadata": {"name": "gone"}})
    inside = config_map()
    inside["metadata"]["namespace"] = "gone"
    await ask(running, "POST", f"{GONE}/configmaps", inside)
    await ask(running, "DELETE", GONE)
    inside["metadata"]["name"] = "late"
    code, body = await ask(running, "POST", f"{GONE}/configmaps", inside)
    assert code == 403
    assert body["message"] == (
        'configmaps "late" is forbidden: unable to create new content in namespace gone because '
        "it is being terminated"
    )
    assert body["details"]["causes"] == [
        {
            "reason": "NamespaceTerminating",
            "message": "namespace gone is being terminated",
            "field": "metadata.namespace",
        }
    ]
    inside["metadata"]["name"] = "one"
    assert (await ask(running, "PUT", f"{GONE}/configmaps/one", inside))[0] == 200
    assert (await ask(running, "DELETE", f"{GONE}/configmaps/one"))[0] == 200
