"""Scales: out of an object and into it."""

import pytest

from onggi.api.errors import Invalid
from onggi.apiserver.scales import into, of
from onggi.kinds.apps.deployment import DEPLOYMENT


def deployment():
    return {"metadata": {"name": "web", "uid": "u"}, "spec": {"replicas": 2}}


def test_the_replicas_go_out_and_in():
    obj = deployment()
    scale = of(DEPLOYMENT, obj)
    assert (scale["spec"], scale["metadata"]) == ({"replicas": 2}, {"name": "web", "uid": "u"})
    scale["spec"]["replicas"] = 5
    into(DEPLOYMENT, obj, scale)
    assert obj["spec"]["replicas"] == 5


def test_fewer_than_none_is_refused():
    with pytest.raises(Invalid):
        into(DEPLOYMENT, deployment(), {"metadata": {}, "spec": {"replicas": -1}})
