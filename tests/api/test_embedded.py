from onggi.api.embedded import EMBEDDED, shown
from onggi.apiserver import schemas


def test_a_field_of_what_was_taken_in_is_named_with_it() -> None:
    assert shown("Volume", "emptyDir") == "VolumeSource.emptyDir"
    assert shown("Volume", "name") == "name"
    assert shown("Pod", "spec") == "spec"


def test_the_structs_and_their_own_fields_are_there() -> None:
    for struct, (_, own) in EMBEDDED.items():
        fields = set(schemas.read(f"io.k8s.api.core.v1.{struct}")["properties"])
        assert fields - own
        if struct not in ("SecretEnvSource", "ConfigMapEnvSource"):
            assert fields & own
