import pytest

from onggi.api.errors import BadRequest
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.api.schema import Struct, decode
from onggi.apiserver import schemas
from onggi.kinds import BUILTIN
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.pod import POD
from onggi.kinds.core.service import SERVICE


@pytest.mark.parametrize("kind", BUILTIN, ids=lambda k: f"{k.api_version}.{k.name}")
def test_every_kind_has_its_definition(kind: Kind) -> None:
    schema = schemas.of(kind)
    assert isinstance(schema, Struct)
    assert {"apiVersion", "kind", "metadata"} <= set(schema.fields)
    ours = {"group": kind.group, "version": kind.version, "kind": kind.name}
    assert schemas.described(schema.name)["x-kubernetes-group-version-kind"] == [ours]


def test_definitions_are_upstreams_openapi() -> None:
    spec = schemas.read("io.k8s.api.apps.v1.DeploymentSpec")["properties"]
    assert spec["replicas"] == {"type": "integer", "format": "int32"}
    assert spec["strategy"]["x-kubernetes-patch-strategy"] == "retainKeys"
    assert schemas.read("io.k8s.api.core.v1.Pod")["properties"]["kind"] == {"type": "string"}
    quantity = schemas.read("io.k8s.apimachinery.pkg.api.resource.Quantity")
    assert quantity["type"] == "string"


def test_every_definition_compiles_and_refers_to_others_that_are_there() -> None:
    there = set(schemas.names())
    for name in there:
        text = str(schemas.read(name))
        assert "'null'" not in text
        schemas.SCHEMAS.fields(name)
    assert {n for n in schemas.SCHEMAS.named if n not in there} == set()


def test_descriptions_are_there_for_who_asks() -> None:
    pod = schemas.described("io.k8s.api.core.v1.Pod")
    assert pod["description"].startswith("Pod is a collection of containers")
    assert "description" not in schemas.read("io.k8s.api.core.v1.Pod")


def test_a_pod_keeps_its_shape() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "creationTimestamp": None, "labels": {}},
        "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}], "tty": "no"}]},
    }
    found = decode(pod, schemas.of(POD))
    assert found.errors == [
        "json: cannot unmarshal string into Go struct field Container.spec.containers.tty "
        "of type bool"
    ]
    assert found.object["metadata"] == {"name": "a"}


def test_the_server_refuses_what_does_not_fit() -> None:
    decoder = schemas.KindSchemas()
    assert decoder.decode(DEPLOYMENT, {"spec": {"foo": 1}}) == ['unknown field "spec.foo"']
    with pytest.raises(BadRequest) as refused:
        decoder.decode(DEPLOYMENT, {"spec": {"replicas": "3"}})
    assert refused.value.message == (
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal '
        "string into Go struct field DeploymentSpec.spec.replicas of type int32"
    )


def test_what_upstream_always_writes_is_there() -> None:
    decoder = schemas.KindSchemas()
    service: Object = {"metadata": {"name": "a"}, "spec": {"type": "", "ports": []}}
    decoder.decode(SERVICE, service)
    assert service["status"] == {"loadBalancer": {}}
    assert service["spec"] == {}
    del service["status"]
    decoder.complete(SERVICE, service)
    assert service["status"] == {"loadBalancer": {}}


def test_pointers_keep_their_zeroes_and_values_do_not() -> None:
    spec = {"hostNetwork": False, "automountServiceAccountToken": False, "nodeName": ""}
    pod: Object = {"spec": {**spec, "containers": [{"name": "", "image": ""}]}}
    found = decode(pod, schemas.of(POD)).object["spec"]
    assert found == {
        "automountServiceAccountToken": False,
        "containers": [{"name": "", "resources": {}}],
    }


def test_messages_name_gos_types() -> None:
    pod: Object = {"spec": {"restartPolicy": 5, "volumes": [{"name": "a", "emptyDir": "x"}]}}
    assert decode(pod, schemas.of(POD)).errors == [
        "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy "
        "of type v1.RestartPolicy",
        "json: cannot unmarshal string into Go struct field Volume.spec.volumes.VolumeSource"
        ".emptyDir of type v1.EmptyDirVolumeSource",
    ]
