"""ResourceQuota: what it may say, and what kubectl shows of it."""

import pytest

from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW


def scoped(scope, operator="Exists", values=(), **hard):
    expression = {"scopeName": scope, "operator": operator, "values": list(values)}
    return {
        "hard": hard or {"pods": "1"},
        "scopeSelector": {"matchExpressions": [expression]},
    }


def test_it_shows_what_is_used_of_what():
    quota = created(RESOURCEQUOTA)
    quota["status"] = {
        "hard": {"pods": "2", "limits.cpu": "4", "count/jobs.batch": "1"},
        "used": {"pods": "1"},
    }
    request, limit = (c.value(quota, NOW) for c in RESOURCEQUOTA.columns[1:3])
    assert (request, limit) == ("count/jobs.batch: 0/1, pods: 1/2", "limits.cpu: 0/4")


FINE = [
    {"hard": {"count/widgets.example.com": "1", "requests.nvidia.com/gpu": "2"}},
    {"hard": {"gold.storageclass.storage.k8s.io/requests.storage": "1Gi"}},
    {"hard": {"requests.hugepages-2Mi": "3Mi"}},
    scoped("PriorityClass", "In", ["high"]),
    scoped("CrossNamespacePodAffinity"),
    scoped("VolumeAttributesClass", "In", ["gold"], persistentvolumeclaims="1"),
]
WRONG = [
    ({"hard": {"widgets": "1"}}, "must be a standard resource type or fully qualified"),
    ({"hard": {"storage": "1"}}, "must be a standard resource for quota"),
    ({"hard": {"pods": "500m"}}, "must be an integer"),
    ({"hard": {"pods": "-1"}}, "must be greater than or equal to 0"),
    ({"hard": {"pods": "1"}, "scopes": ["Nonsense"]}, "unsupported scope"),
    ({"hard": {"services": "1"}, "scopes": ["Terminating"]}, "unsupported scope applied"),
    ({"scopes": ["BestEffort", "NotBestEffort"], "hard": {}}, "conflicting scopes"),
    (scoped("BestEffort", "In", ["x"]), "must be 'Exist' when scope is any of"),
    (scoped("PriorityClass", "In"), "must be at least one value"),
    (scoped("PriorityClass", "Exists", ["x"]), "must be no value"),
    (scoped("PriorityClass", "Gt"), "not a valid selector operator"),
]


@pytest.mark.parametrize("spec", FINE)
def test_anything_that_can_be_counted_may_be_limited(spec):
    made = created(RESOURCEQUOTA)
    made["spec"] = spec
    assert RESOURCEQUOTA.validate(made) == []


@pytest.mark.parametrize(("spec", "words"), WRONG)
def test_what_cannot_be_is_refused(spec, words):
    made = created(RESOURCEQUOTA)
    made["spec"] = spec
    assert any(words in str(error) for error in RESOURCEQUOTA.validate(made))


def test_the_scopes_stay():
    (error,) = said_of_update(RESOURCEQUOTA, {"scopes": []}, scopes=["NotBestEffort"])
    assert error.endswith("field is immutable")
    assert said(RESOURCEQUOTA) == []
