"""Accept headers."""

import pytest

from onggi.api.errors import NotAcceptable
from onggi.apiserver.negotiate import (
    AS_IS,
    TRANSFORMS,
    accepted,
    is_pretty,
    media_type,
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


def test_protobuf_with_json_as_an_alternative_is_json():
    assert accepted("application/vnd.kubernetes.protobuf,application/json") == AS_IS


def test_protobuf_alone_is_not_acceptable():
    with pytest.raises(NotAcceptable) as refused:
        accepted("application/vnd.kubernetes.protobuf")
    assert refused.value.message == (
        "only the following media types are accepted: application/json, application/yaml"
    )


def test_the_best_quality_wins():
    assert accepted("application/json;q=0.5, application/yaml;q=0.9").media == "application/yaml"


def test_people_get_it_pretty_unless_they_say_otherwise():
    assert is_pretty("", "curl/7.88")
    assert not is_pretty("false", "curl/7.88")
    assert is_pretty("true", "kubectl")
    assert not is_pretty("", "kubectl")


def test_a_media_type_is_without_its_parameters():
    assert media_type("application/JSON; charset=utf-8") == "application/json"
