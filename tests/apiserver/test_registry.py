"""Kinds that come and go."""

from onggi.apiserver.registry import Registry
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.pod import POD


def test_a_kind_is_found_by_its_path_and_by_its_name():
    registry = Registry([POD, DEPLOYMENT])
    assert registry.find("", "v1", "pods") is POD
    assert registry.named("apps/v1", "Deployment") is DEPLOYMENT
    assert registry.find("", "v2", "pods") is None
    assert registry.named("v1", "Deployment") is None


def test_every_change_is_a_new_generation():
    registry = Registry([POD])
    before = registry.generation
    registry.add(DEPLOYMENT)
    assert registry.generation > before
    registry.remove(DEPLOYMENT)
    assert registry.kinds == (POD,)
    assert registry.generation > before + 1
