from onggi.api.warnings import warnings
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.pod import POD

DISK, MEMORY = {"sizeLimit": "1Gi"}, {"sizeLimit": "1Gi", "medium": "Memory"}
SPEC = {
    "volumes": [{"name": "a", "emptyDir": MEMORY}, {"name": "b", "emptyDir": DISK}],
    "resources": {"limits": {"cpu": "1"}},
    "containers": [
        {"name": "c", "image": "i", "resources": {"limits": {"ephemeral-storage": "1Gi"}}}
    ],
}
LATER = "not supported by Onggi yet; "
TOLD = [
    f"spec.volumes[1].emptyDir.sizeLimit: {LATER}use of disk is not limited",
    f"spec.containers[0].resources.limits.ephemeral-storage: {LATER}use of disk is not limited",
    f"spec.resources: {LATER}counted by the scheduler, not enforced on the node",
]


def test_what_limits_nothing_is_told() -> None:
    assert warnings(POD, {"metadata": {"name": "web"}, "spec": SPEC}) == TOLD


def test_in_a_template_likewise_and_only_when_it_is_new() -> None:
    made = {"metadata": {"name": "web"}, "spec": {"template": {"spec": SPEC}}}
    assert warnings(DEPLOYMENT, made) == [f"spec.template.{text}" for text in TOLD]
    assert warnings(DEPLOYMENT, made, made) == []
