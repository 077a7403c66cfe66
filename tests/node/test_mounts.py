import os
from pathlib import Path

import pytest

from onggi.node.configs import Propagation
from onggi.node.layout import Layout
from onggi.node.mounting import unmount_inside
from onggi.node.mounts import container_mounts
from onggi.node.parts import ConfigError, ContainerRequest, VolumeMounted
from tests.node.pods import main, pod

root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def made(folder: Path, container: dict, known: dict | None = None, **spec: object):
    layout = Layout(data=folder / "data", run=folder / "run")
    volume = layout.volume("0000-1111", "kubernetes.io/empty-dir", "v")
    volume.mkdir(parents=True, exist_ok=True)
    one = pod(container, **spec)
    request = ContainerRequest(
        container=main(one),
        image_ref="i",
        restart_count=1,
        mounts={"v": VolumeMounted(str(volume)), "ro": VolumeMounted("/ro", readonly=True)},
        pod_ips=("10.0.0.5",),
    )
    found = container_mounts(one, request, known or {}, layout, "cluster.local")
    return {mount.container_path: mount for mount in found}


def test_volumes_hosts_and_the_termination_message_are_mounted(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        {
            "volumeMounts": [
                {"name": "v", "mountPath": "/v", "readOnly": True},
                {"name": "ro", "mountPath": "relative"},
            ],
            "terminationMessagePath": "/dev/termination-log",
        },
    )
    assert found["/v"].readonly
    assert found["/relative"].readonly
    assert "10.0.0.5\tweb\n" in Path(found["/etc/hosts"].host_path).read_text()
    log = Path(found["/dev/termination-log"].host_path)
    assert log.stat().st_mode & 0o777 == 0o666
    assert log.name == "1.termination"


def test_a_container_may_bring_its_own_hosts_file(tmp_path: Path) -> None:
    found = made(tmp_path, {"volumeMounts": [{"name": "v", "mountPath": "/etc/hosts"}]})
    assert found["/etc/hosts"].host_path.endswith("/v")


def test_on_the_hosts_network_the_hosts_file_is_the_hosts(tmp_path: Path) -> None:
    text = Path(made(tmp_path, {}, hostNetwork=True)["/etc/hosts"].host_path).read_text()
    assert text.startswith("# Kubernetes-managed hosts file (host network).\n")


@pytest.mark.parametrize(
    ("mount", "message"),
    [
        ({"name": "x"}, 'cannot find volume "x" to mount into container "main"'),
        ({"name": "v", "subPathExpr": "$(NO)"}, 'missing value for "NO"'),
        (
            {"name": "v", "subPath": "../x"},
            'failed to prepare subPath for volumeMount "v" of container "main"',
        ),
        ({"name": "v", "recursiveReadOnly": "Enabled"}, "recursive read-only"),
    ],
)
def test_what_cannot_be_mounted_is_said(tmp_path: Path, mount: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("(", "\\(")):
        made(tmp_path, {"volumeMounts": [{"mountPath": "/x", **mount}]})


@root
@pytest.mark.root
def test_a_part_of_a_volume_is_named_by_variables(tmp_path: Path) -> None:
    mounts = [{"name": "v", "mountPath": "/x", "subPathExpr": "logs/$(NAME)"}]
    try:
        found = made(tmp_path, {"volumeMounts": mounts}, {"NAME": "web-0"})
        assert "volume-subpaths/v/main/0" in found["/x"].host_path
        assert (
            tmp_path / "data/pods/0000-1111/volumes/kubernetes.io~empty-dir/v/logs/web-0"
        ).is_dir()
    finally:
        unmount_inside(tmp_path)


@root
@pytest.mark.root
def test_propagation_needs_a_shared_mount_and_makes_it_in_our_own_volumes(tmp_path: Path) -> None:
    mounts = [{"name": "v", "mountPath": "/x", "mountPropagation": "Bidirectional"}]
    try:
        found = made(tmp_path, {"volumeMounts": mounts})
        assert found["/x"].propagation is Propagation.BIDIRECTIONAL
        made(tmp_path, {"volumeMounts": mounts})
    finally:
        unmount_inside(tmp_path)
