"""Policies and bindings for tests, and how they are put in force."""

from typing import Any

from tests.apiserver.world import ask

GROUP = "/apis/admissionregistration.k8s.io/v1"
MAPS = "/api/v1/namespaces/default/configmaps"
CONFIG_MAPS = {
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "operations": ["CREATE", "UPDATE"],
    "resources": ["configmaps"],
}


def policy(name: str = "rules", *expressions: str, rules: Any = None, **spec: Any) -> Any:
    """A ValidatingAdmissionPolicy about ConfigMaps."""
    return {
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": rules or [CONFIG_MAPS]},
            "validations": [{"expression": expression} for expression in expressions],
            **spec,
        },
    }


def mutation(name: str = "changes", *mutations: Any, **spec: Any) -> Any:
    """A MutatingAdmissionPolicy about ConfigMaps; a text is a configuration to apply."""
    return {
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [CONFIG_MAPS]},
            "reinvocationPolicy": "Never",
            "mutations": [one if isinstance(one, dict) else applied(one) for one in mutations],
            **spec,
        },
    }


def applied(expression: str) -> Any:
    return {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}


def patched(expression: str) -> Any:
    return {"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}


def binding(name: str, **spec: Any) -> Any:
    spec.setdefault("validationActions", ["Deny"])
    return {"metadata": {"name": f"{name}-binding"}, "spec": {"policyName": name, **spec}}


async def enforce(running: Any, made: Any, **bound: Any) -> None:
    """Create a policy and bind it."""
    mutating = "mutations" in made["spec"]
    kind = "mutating" if mutating else "validating"
    code, answer = await ask(running, "POST", f"{GROUP}/{kind}admissionpolicies", made)
    assert code == 201, answer
    obj = binding(made["metadata"]["name"], **bound)
    if mutating:
        del obj["spec"]["validationActions"]
    code, answer = await ask(running, "POST", f"{GROUP}/{kind}admissionpolicybindings", obj)
    assert code == 201, answer
