"""Each source says what it must."""

import pytest

from onggi.kinds.core.persistentvolume.sources import NEEDED, SOURCES, check_sources

NAME = "x" * 60


def said(**spec):
    return [str(error) for error in check_sources(spec, NAME, "spec")]


@pytest.mark.parametrize("source", SOURCES)
def test_an_empty_source_lacks_something(source):
    assert said(**{source: {}}) != []


@pytest.mark.parametrize("source", NEEDED)
def test_what_is_needed_is_named(source):
    paths = {error.partition(":")[0].rpartition(".")[2] for error in said(**{source: {}})}
    assert set(NEEDED[source]) <= paths


def test_one_source_is_enough():
    errors = said(nfs={"server": "s", "path": "/"}, cephfs={"monitors": ["m"]})
    assert errors == ["spec.cephFS: Forbidden: may not specify more than 1 volume type"]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ({"nfs": {"server": "s", "path": "relative"}}, "spec.nfs.path"),
        ({"gcePersistentDisk": {"pdName": "d", "partition": 300}}, "spec.persistentDisk.partition"),
        ({"iscsi": {"targetPortal": "t", "iqn": "foo"}}, "spec.iscsi.iqn"),
        (
            {"iscsi": {"targetPortal": "portal", "iqn": "iqn.2026-01.example:x",
                       "initiatorName": "iqn.2026-01.example:y"}},
            "spec.iscsi.targetportal",
        ),
        ({"fc": {"targetWWNs": ["a"]}}, "spec.fc.lun"),
        ({"fc": {"targetWWNs": ["a"], "wwids": ["b"], "lun": 0}}, "spec.fc.targetWWNs"),
        ({"flexVolume": {"driver": "d", "options": {"x.k8s.io/a": "b"}}},
         "spec.flexVolume.options[x.k8s.io/a]"),
        ({"quobyte": {"registry": "nowhere", "volume": "v"}}, "spec.quobyte.registry"),
        ({"azureDisk": {"diskName": "d", "diskURI": "x", "kind": "Managed"}},
         "spec.azureDisk.diskURI"),
        ({"cinder": {"volumeID": "v", "secretRef": {"name": "s"}}},
         "spec.cinder.secretRef.namespace"),
        ({"csi": {"driver": "a_b", "volumeHandle": "v"}}, "spec.csi.driver"),
        ({"csi": {"driver": "a", "volumeHandle": "v", "nodeExpandSecretRef": {"name": "s"}}},
         "spec.csi.nodeExpandSecretRef.namespace"),
    ],
)  # fmt: skip
def test_a_source_is_checked(source, wrong):
    assert [error.partition(": ")[0] for error in said(**source)] == [wrong]
