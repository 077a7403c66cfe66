"""Accept headers."""

import pytest

from onggi.api.errors import NotAcceptable
from onggi.apiserver.negotiate import (
    AS_IS,
    TEXTS,
    TRANSFORMS,
    accepted,
    is_pretty,
    media_type,
    preferred,
)

ALL = frozenset(TRANSFORMS)
TABLES = (
    "application/json;as=Table;v=v1;g=meta.k8s.io,"
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
)


def test_nothing_and_anything_mean_json():
    assert accepted("") == AS_IS
    assert accepted("*/*").media == "application/json"
    assert accepted("application/json").kind == ""


def test_kubectl_gets_a_table():
    found = accepted(TABLES, ALL)
    assert (found.kind, found.group, found.version) == ("Table", "meta.k8s.io", "v1")


def test_a_transform_that_is_not_offered_is_passed_over():
    assert accepted(TABLES).kind == ""


BINARY = "application/vnd.kubernetes.protobuf"


def test_protobuf_is_spoken_of_built_in_kinds_alone():
    assert accepted(f"{BINARY},application/json").media == BINARY
    assert accepted(f"{BINARY},application/json", spoken=TEXTS) == AS_IS
    with pytest.raises(NotAcceptable) as refused:
        accepted(BINARY, spoken=TEXTS)
    assert refused.value.message == (
        "only the following media types are accepted: application/json, application/yaml, "
        "application/vnd.kubernetes.protobuf"
    )
    metadata = f"{BINARY};as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    assert accepted(metadata, ALL, TEXTS).media == BINARY


def test_a_table_is_no_message():
    with pytest.raises(NotAcceptable):
        accepted(f"{BINARY};as=Table;g=meta.k8s.io;v=v1", ALL)
    assert accepted(f"{BINARY};as=PartialObjectMetadata;g=meta.k8s.io;v=v1", ALL).media == BINARY


def test_cbor_is_passed_over_and_refused_alone():
    assert accepted("application/cbor,application/json").media == "application/json"
    with pytest.raises(NotAcceptable, match="406: Not Acceptable"):
        accepted("application/cbor")


def test_events_are_not_told_in_yaml():
    with pytest.raises(NotAcceptable) as refused:
        accepted("application/yaml", streams=True)
    assert refused.value.message == (
        "only the following media types are accepted: application/json;stream=watch, "
        f"{BINARY};stream=watch"
    )


def test_what_is_named_comes_before_what_is_not():
    assert accepted(f"*/*,{BINARY}").media == BINARY
    assert preferred(f"*/*,{BINARY}") == BINARY


def test_the_best_quality_wins():
    assert accepted("application/json;q=0.5, application/yaml;q=0.9").media == "application/yaml"


def test_people_get_it_pretty_unless_they_say_otherwise():
    assert is_pretty("", "curl/7.88")
    assert not is_pretty("false", "curl/7.88")
    assert is_pretty("true", "kubectl")
    assert not is_pretty("", "kubectl")
    assert is_pretty("", "kubectl", "application/json;pretty=1")
    assert not is_pretty("", "kubectl", "application/json;pretty=0, application/json;pretty=1")


def test_a_media_type_is_without_its_parameters():
    assert media_type("application/JSON; charset=utf-8") == "application/json"
