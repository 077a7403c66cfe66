"""Selectors over stored objects."""

import pytest

from onggi.api.errors import BadRequest
from onggi.apiserver.selection import parsed
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.store.store import Key, record


def stored(name="web", namespace="a", labels=None, **spec):
    meta = {"name": name, "namespace": namespace, "labels": labels or {}}
    return record(Key("pods", namespace, name), 1, {"metadata": meta, "spec": spec})


def matches(selector, fields, **what):
    return parsed(POD, selector, fields).matches(stored(**what))


def test_names_are_read_from_the_key_without_decoding():
    found = stored()
    found.data = b"not even json"
    found._decoded = None
    assert parsed(POD, "", "metadata.name=web,metadata.namespace!=b").matches(found)
    assert not parsed(POD, "", "metadata.name!=web").matches(found)


def test_labels_are_read_without_decoding_the_rest():
    found = stored(labels={"app": "web"}, nodeName="n1")
    found._decoded = None
    assert found.labels == {"app": "web"}
    assert parsed(POD, "app=web", "").matches(found)
    assert not parsed(POD, "app=db", "spec.nodeName=n1").matches(found)
    assert found._decoded is None
    assert parsed(POD, "app=web", "spec.nodeName=n1").matches(found)


def test_labels_and_fields_must_all_match():
    assert matches("app=web", "spec.nodeName=n1", labels={"app": "web"}, nodeName="n1")
    assert not matches("app=web", "spec.nodeName=n2", labels={"app": "web"}, nodeName="n1")
    assert not matches("app=db", "spec.nodeName=n1", labels={"app": "web"}, nodeName="n1")
    assert matches("", "spec.nodeName=")


def test_a_field_must_be_offered_by_the_kind():
    with pytest.raises(BadRequest, match=r"field label not supported: spec\.x"):
        parsed(POD, "", "spec.x=1")
    with pytest.raises(BadRequest):
        parsed(NODE, "", "status.phase=Running")
    with pytest.raises(BadRequest):
        parsed(POD, "a in b", "")
