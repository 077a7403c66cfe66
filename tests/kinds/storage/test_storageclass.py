"""What a StorageClass may say; that it says the same for ever; which one is the default."""

from onggi.api.objects import clone
from onggi.apiserver.tables import row
from onggi.kinds.storage.storageclass import STORAGECLASS, is_default
from tests.kinds.samples import created
from tests.world import NOW


def said(**fields):
    found = {**created(STORAGECLASS), **fields}
    return [str(error) for error in STORAGECLASS.validate(found)]


def test_a_provisioner_has_a_domain_and_parameters_have_names():
    assert said(provisioner="", parameters={"": "x"}) == [
        "provisioner: Required value",
        'parameters: Invalid value: "": field can not be empty.',
    ]


def test_topologies_differ():
    term = {"matchLabelExpressions": [{"key": "zone", "values": ["a", "a"]}]}
    assert [text.partition(": ")[0] for text in said(allowedTopologies=[term, term])] == [
        "allowedTopologies[0].matchLabelExpressions[0].values[1]",
        "allowedTopologies[1].matchLabelExpressions[0].values[1]",
        "allowedTopologies[1].matchLabelExpressions",
    ]


def test_only_expansion_may_change():
    old = created(STORAGECLASS)
    new = {**clone(old), "reclaimPolicy": "Retain", "allowVolumeExpansion": True}
    assert [error.path for error in STORAGECLASS.validate(new, old)] == ["reclaimPolicy"]


def test_the_default_one_is_marked():
    marked = created(STORAGECLASS)
    marked["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    assert is_default(marked)
    assert row(STORAGECLASS.columns, marked, "v1", "None", NOW)["cells"][0] == "web (default)"
