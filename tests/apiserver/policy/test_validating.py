"""ValidatingAdmissionPolicy in force: who is refused, with which words, and what is noted."""

from tests.apiserver.policy.policies import CONFIG_MAPS, GROUP, MAPS, enforce, policy
from tests.apiserver.world import ask, config_map


async def test_a_rule_that_does_not_hold_refuses_the_write(running):
    await enforce(running, policy("rules", "object.data.key == 'other'"))
    code, body = await ask(running, "POST", MAPS, config_map())
    text = (
        "ValidatingAdmissionPolicy 'rules' with binding 'rules-binding' denied request: "
        "failed expression: object.data.key == 'other'"
    )
    assert (code, body["reason"]) == (422, "Invalid")
    assert body["message"] == f'configmaps "one" is forbidden: {text}'
    assert body["details"]["causes"] == [{"message": text}]


async def test_a_policy_without_a_binding_does_nothing(running):
    url = f"{GROUP}/validatingadmissionpolicies"
    assert (await ask(running, "POST", url, policy("rules", "false")))[0] == 201
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_the_message_and_reason_are_the_policys(running):
    made = policy()
    made["spec"]["validations"] = [
        {
            "expression": "variables.size < 3",
            "messageExpression": "'data has ' + string(variables.size) + ' keys'",
            "reason": "Forbidden",
        }
    ]
    made["spec"]["variables"] = [{"name": "size", "expression": "size(object.data)"}]
    await enforce(running, made)
    data = {"a": "1", "b": "2", "c": "3"}
    code, body = await ask(running, "POST", MAPS, config_map(data=data))
    assert (code, body["reason"]) == (403, "Forbidden")
    assert body["message"].endswith("denied request: data has 3 keys")
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_an_expression_that_fails_refuses_unless_the_policy_ignores_failures(running):
    await enforce(running, policy("strict", "object.nope == 1"))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 422
    assert "expression 'object.nope == 1' resulted in error: no such key: nope" in body["message"]
    await ask(running, "DELETE", f"{GROUP}/validatingadmissionpolicybindings/strict-binding")
    await enforce(running, policy("lenient", "object.nope == 1", failurePolicy="Ignore"))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_a_warning_is_told_and_the_write_done(running):
    await enforce(running, policy("rules", "false"), validationActions=["Warn", "Audit"])
    request = await ask(running, "POST", MAPS, config_map())
    assert request[0] == 201


async def test_match_conditions_leave_out_what_they_do_not_hold_for(running):
    conditions = [{"name": "not-me", "expression": "request.userInfo.username != 'admin'"}]
    await enforce(running, policy("rules", "false", matchConditions=conditions))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_excluded_resources_and_selectors_are_left_alone(running):
    excluded = [{**CONFIG_MAPS, "resourceNames": ["free"]}]
    constraints = {
        "resourceRules": [CONFIG_MAPS],
        "excludeResourceRules": excluded,
        "objectSelector": {"matchLabels": {"checked": "yes"}},
    }
    await enforce(running, policy("rules", "false", matchConstraints=constraints))
    labels = {"checked": "yes"}
    free = config_map("free")
    free["metadata"]["labels"] = labels
    assert (await ask(running, "POST", MAPS, free))[0] == 201
    assert (await ask(running, "POST", MAPS, config_map("plain")))[0] == 201
    caught = config_map("caught")
    caught["metadata"]["labels"] = labels
    assert (await ask(running, "POST", MAPS, caught))[0] == 422


async def test_parameters_are_objects_that_the_binding_names(running):
    kind = {"apiVersion": "v1", "kind": "ConfigMap"}
    rule = "object.metadata.name.startsWith(params.data.prefix)"
    conditions = [{"name": "not-limits", "expression": "object.metadata.name != 'limits'"}]
    reference = {"name": "limits", "parameterNotFoundAction": "Deny"}
    made = policy("rules", rule, paramKind=kind, matchConditions=conditions)
    await enforce(running, made, paramRef=reference)
    code, body = await ask(running, "POST", MAPS, config_map("x-1"))
    assert code == 422
    assert "no params found for policy binding with `Deny` parameterNotFoundAction" in str(body)
    ref = {"name": "limits", "parameterNotFoundAction": "Allow"}
    spec = {"policyName": "rules", "validationActions": ["Deny"], "paramRef": ref}
    url = f"{GROUP}/validatingadmissionpolicybindings/rules-binding"
    await ask(running, "PUT", url, {"metadata": {"name": "rules-binding"}, "spec": spec})
    limits = config_map("limits", data={"prefix": "x-"})
    assert (await ask(running, "POST", MAPS, limits))[0] == 201
    assert (await ask(running, "POST", MAPS, config_map("x-1")))[0] == 201
    code, body = await ask(running, "POST", MAPS, config_map("y-1"))
    assert code == 422


async def test_an_unknown_kind_of_parameters_refuses(running):
    kind = {"apiVersion": "example.com/v1", "kind": "Widget"}
    await enforce(running, policy("rules", "true", paramKind=kind))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 422
    assert (
        "failed to configure policy: failed to find resource referenced by paramKind: "
        in (body["message"])
    )


async def test_a_policy_sees_namespace_old_object_and_authorizer(running):
    rules = (
        "namespaceObject.metadata.name == 'default'",
        "oldObject == null || oldObject.metadata.uid == object.metadata.uid",
        "authorizer.requestResource.check('create').allowed()",
        "authorizer.group('apps').resource('deployments').namespace('default')"
        ".check('get').allowed()",
        "request.operation == 'CREATE' ? request.kind.kind == 'ConfigMap' : true",
        "!has(request.subResource) && request.namespace == 'default'",
    )
    await enforce(running, policy("rules", *rules))
    code, body = await ask(running, "POST", MAPS, config_map())
    assert code == 201, body
    code, body = await ask(running, "PUT", f"{MAPS}/one", config_map(data={"a": "b"}))
    assert code == 200, body


async def test_a_policy_that_changes_is_compiled_again(running):
    await enforce(running, policy("rules", "false"))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 422
    url = f"{GROUP}/validatingadmissionpolicies/rules"
    assert (await ask(running, "PUT", url, policy("rules", "true")))[0] == 200
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 201


async def test_policies_never_lock_out_policies(running):
    rules = [{**CONFIG_MAPS, "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}]
    await enforce(running, policy("rules", "false", rules=rules))
    assert (await ask(running, "POST", MAPS, config_map()))[0] == 422
    code, _ = await ask(running, "DELETE", f"{GROUP}/validatingadmissionpolicies/rules")
    assert code == 200
