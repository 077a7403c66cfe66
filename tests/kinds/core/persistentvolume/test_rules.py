"""What a PersistentVolume may say, and what stays as it was."""

from onggi.api.objects import clone
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.rules import check_inline
from tests.kinds.samples import created, said, said_of_update

CSI = {"driver": "disks.example.com", "volumeHandle": "d1"}


def test_it_needs_modes_capacity_and_a_source():
    assert said(PERSISTENTVOLUME, accessModes=[], capacity={}, hostPath=None) == [
        "spec.accessModes: Required value",
        "spec.capacity: Required value",
        'spec.capacity: Unsupported value: null: supported values: "storage"',
        "spec: Required value: must specify a volume type",
    ]


def test_capacity_is_storage_and_more_than_nothing():
    assert said(PERSISTENTVOLUME, capacity={"storage": "0"}) == [
        'spec.capacity[storage]: Invalid value: "0": must be greater than zero'
    ]


def test_one_pod_shares_with_nobody():
    assert said(PERSISTENTVOLUME, accessModes=["ReadWriteOncePod", "ReadOnlyMany"]) == [
        "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes"
    ]


def test_a_local_volume_is_on_some_node():
    assert said(PERSISTENTVOLUME, hostPath=None, local={"path": "/data"}) == [
        "spec.nodeAffinity: Required value: Local volume requires node affinity"
    ]


def test_the_root_of_the_host_is_not_recycled():
    errors = said(PERSISTENTVOLUME, hostPath={"path": "/"}, persistentVolumeReclaimPolicy="Recycle")
    assert errors == [
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount "
        "of '/'"
    ]


def test_attributes_are_for_csi_volumes():
    assert said(PERSISTENTVOLUME, volumeAttributesClassName="gold") == [
        "spec.csi: Required value: has to be specified when using volumeAttributesClassName"
    ]


def test_the_source_stays():
    (error,) = said_of_update(PERSISTENTVOLUME, {"hostPath": {"path": "/elsewhere"}})
    assert error.startswith("spec.persistentvolumesource: Forbidden: ")
    assert "is immutable after creation" in error


def test_a_secret_for_expansion_may_come_later():
    later = {"csi": {**CSI, "controllerExpandSecretRef": {"name": "s", "namespace": "n"}}}
    assert said_of_update(PERSISTENTVOLUME, later, hostPath=None, csi=CSI) == []


def test_the_affinity_is_set_once():
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}
    affinity = {"required": {"nodeSelectorTerms": [term]}}
    assert said_of_update(PERSISTENTVOLUME, {"nodeAffinity": affinity}) == []
    (error,) = said_of_update(PERSISTENTVOLUME, {"nodeAffinity": None}, nodeAffinity=affinity)
    assert error.endswith("field is immutable")


def test_mount_options_in_the_old_annotation_are_for_some_sources_only():
    volume = created(PERSISTENTVOLUME)
    volume["metadata"]["annotations"] = {"volume.beta.kubernetes.io/mount-options": "ro"}
    (error,) = PERSISTENTVOLUME.validate(volume)
    assert "may not specify mount options for this volume type" in str(error)
    network = clone(volume)
    network["spec"] |= {"nfs": {"server": "s", "path": "/"}}
    del network["spec"]["hostPath"]
    assert PERSISTENTVOLUME.validate(network) == []


def test_a_volume_inside_an_attachment_is_csi_and_nothing_more():
    assert [str(e) for e in check_inline({"csi": CSI, "accessModes": ["ReadWriteOnce"]}, "s")] == []
    errors = [e.path for e in check_inline({"capacity": {"storage": "1"}}, "s")]
    assert errors == ["s.capacity", "s.csi", "s.accessModes", "s"]
