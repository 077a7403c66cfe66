import pytest

from onggi.node.downward import Surroundings
from onggi.node.environment import Sources, environment, references
from onggi.node.parts import ConfigError
from tests.node.pods import main, pod, service

SOURCES = Sources(
    objects={
        ("configmap", "settings"): {"data": {"a": "1", "b": "2"}},
        ("secret", "key"): {"data": {"user": "Ym9i", "password": "c2VjcmV0"}},
        ("configmap", "gone"): None,
        ("secret", "gone"): None,
    },
    services=[service("db")],
    around=Surroundings(pod_ips=("10.0.0.5",), host_ips=("192.0.2.1",)),
)


def made(*env: dict, env_from: list[dict] | None = None, **spec: object) -> dict[str, str]:
    one = pod({"env": list(env), "envFrom": env_from or []}, enableServiceLinks=False, **spec)
    return environment(one, main(one), SOURCES)


def from_key(kind: str, name: str, key: str, **more: object) -> dict:
    return {"name": "X", "valueFrom": {kind: {"name": name, "key": key, **more}}}


def test_values_refer_to_what_was_declared_before_them() -> None:
    found = made(
        {"name": "A", "value": "1"},
        {"name": "B", "value": "$(A)-$(C)"},
        {"name": "C", "value": "3"},
        {"name": "A", "value": "$(A)$(A)"},
    )
    assert found == {"A": "11", "B": "1-$(C)", "C": "3"}


def test_env_overrides_whole_sources_and_later_sources_override_earlier_ones() -> None:
    found = made(
        {"name": "a", "value": "own"},
        env_from=[
            {"configMapRef": {"name": "settings"}},
            {"secretRef": {"name": "key"}, "prefix": "DB_"},
        ],
    )
    assert found == {"a": "own", "b": "2", "DB_user": "bob", "DB_password": "secret"}


def test_services_can_be_referred_to_and_come_last() -> None:
    one = pod({"env": [{"name": "URL", "value": "http://$(DB_SERVICE_HOST)/"}]})
    found = environment(one, main(one), SOURCES)
    assert found["URL"] == "http://10.96.1.2/"
    assert next(iter(found)) == "URL"
    assert found["DB_SERVICE_PORT"] == "80"


def test_a_declared_variable_hides_the_one_of_a_service() -> None:
    one = pod({"env": [{"name": "DB_SERVICE_HOST", "value": "mine"}]})
    assert environment(one, main(one), SOURCES)["DB_SERVICE_HOST"] == "mine"


def test_fields_of_the_pod_and_keys_of_objects_are_values() -> None:
    assert made({"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}) == {
        "IP": "10.0.0.5"
    }
    assert made(from_key("configMapKeyRef", "settings", "b")) == {"X": "2"}
    assert made(from_key("secretKeyRef", "key", "user")) == {"X": "bob"}
    assert made({"name": "EMPTY"}) == {"EMPTY": ""}


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        (from_key("configMapKeyRef", "gone", "k"), 'configmap "gone" not found'),
        (from_key("secretKeyRef", "gone", "k"), 'secret "gone" not found'),
        (
            from_key("configMapKeyRef", "settings", "k"),
            "couldn't find key k in ConfigMap shop/settings",
        ),
        (from_key("secretKeyRef", "key", "k"), "couldn't find key k in Secret shop/key"),
        (
            {"name": "X", "valueFrom": {"fieldRef": {"fieldPath": "spec.x"}}},
            "unsupported fieldPath: spec.x",
        ),
    ],
)
def test_what_is_missing_is_an_error_in_upstreams_words(variable: dict, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(variable)
    assert caught.value.message == message
    assert caught.value.reason == "CreateContainerConfigError"


def test_optional_sources_may_be_missing() -> None:
    assert made(from_key("configMapKeyRef", "gone", "k", optional=True)) == {}
    assert made(from_key("secretKeyRef", "key", "k", optional=True)) == {}
    assert made(env_from=[{"secretRef": {"name": "gone", "optional": True}}]) == {}


def test_a_missing_whole_source_is_an_error() -> None:
    with pytest.raises(ConfigError, match='configmap "gone" not found'):
        made(env_from=[{"configMapRef": {"name": "gone"}}])


def test_references_are_what_has_to_be_looked_up() -> None:
    container = {
        "env": [from_key("secretKeyRef", "s", "k"), {"name": "Y", "value": "1"}],
        "envFrom": [{"configMapRef": {"name": "c"}}],
    }
    assert list(references(container)) == [("configmap", "c"), ("secret", "s")]
