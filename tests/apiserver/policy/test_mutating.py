"""MutatingAdmissionPolicy in force: what becomes of the object."""

from tests.apiserver.policy.policies import GROUP, MAPS, enforce, mutation, patched, policy
from tests.apiserver.world import ask, config_map


async def test_a_configuration_is_merged_into_the_object(running):
    labels = "Object{metadata: Object.metadata{labels: {'by': 'policy'}}}"
    await enforce(running, mutation("changes", labels))
    code, made = await ask(running, "POST", MAPS, config_map())
    assert code == 201, made
    assert made["metadata"]["labels"] == {"by": "policy"}
    assert made["data"] == {"key": "value"}


async def test_a_json_patch_is_applied_to_the_object(running):
    patch = '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("a"), value: "b"}]'
    await enforce(running, mutation("changes", patched(patch)))
    _, made = await ask(running, "POST", MAPS, config_map())
    assert made["data"] == {"key": "value", "a": "b"}


async def test_a_test_that_does_not_hold_leaves_the_object_as_it_is(running):
    patch = (
        '[JSONPatch{op: "test", path: "/data/key", value: "no"},'
        ' JSONPatch{op: "add", path: "/data/a", value: "b"}]'
    )
    await enforce(running, mutation("changes", patched(patch)))
    _, made = await ask(running, "POST", MAPS, config_map())
    assert made["data"] == {"key": "value"}


async def test_mutations_see_what_those_before_made_and_rules_see_all(running):
    first = "Object{data: {'n': '1'}}"
    second = "Object{data: {'m': object.data.n + '2'}}"
    await enforce(running, mutation("changes", first, second))
    await enforce(running, policy("rules", "object.data.m == '12'"))
    code, made = await ask(running, "POST", MAPS, config_map())
    assert code == 201, made
    assert made["data"]["m"] == "12"


async def test_a_mutation_that_fails_refuses(running):
    await enforce(running, mutation("changes", "Object{data: {'a': object.data.nope}}"))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert (code, body["reason"]) == (403, "Invalid")
    assert body["message"] == (
        "policy 'changes' with binding 'changes-binding' denied request: "
        "expression 'Object{data: {'a': object.data.nope}}' resulted in error: no such key: nope"
    )


async def test_a_failure_may_be_ignored(running):
    broken = "Object{data: {'a': object.data.nope}}"
    await enforce(running, mutation("changes", broken, failurePolicy="Ignore"))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_fields_nobody_knows_are_refused(running):
    await enforce(running, mutation("changes", "Object{spec: Object.spec{x: 1}}"))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 403
    assert ".spec: field not declared in schema" in body["message"]


async def test_type_names_must_be_the_fields_paths(running):
    await enforce(running, mutation("changes", "Object{metadata: Object.spec{name: 'x'}}"))
    _, body = await ask(running, "POST", MAPS, config_map())
    assert 'unexpected type name "Object.spec", expected "Object.metadata"' in body["message"]


async def test_who_asked_for_it_is_asked_again_after_a_later_change(running):
    count = "Object{data: {'keys': string(size(object.data))}}"
    await enforce(running, mutation("a-counts", count, reinvocationPolicy="IfNeeded"))
    await enforce(running, mutation("b-adds", "Object{data: {'more': 'yes'}}"))
    _, made = await ask(running, "POST", MAPS, config_map())
    assert made["data"] == {"key": "value", "keys": "3", "more": "yes"}


async def test_policies_that_cannot_be_followed_are_refused_when_they_are_written(running):
    made = mutation("changes", "Object{data: 1 + 'a'}", "[1]")
    code, body = await ask(running, "POST", f"{GROUP}/mutatingadmissionpolicies", made)
    assert code == 422
    assert "found no matching overload for '_+_' applied to '(int, string)'" in body["message"]
    assert "must evaluate to Object but got list(int)" in body["message"]
