from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api import names

SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
    "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (names.dns_subdomain, ["a", "1", "a-b.c", "x" * 253]),
        (names.dns_label, ["a", "1a", "a-b", "x" * 63]),
        (names.dns_1035_label, ["a", "a-1"]),
        (names.wildcard_subdomain, ["*.a", "*.a.b"]),
        (names.path_segment, ["system:node", "", "a b", "..."]),
        (names.label_key, ["a", "A.b_c-d", "example.com/A", "1/1"]),
        (names.label_value, ["", "a", "A.b_c-1", "x" * 63]),
        (names.port_name, ["http", "8a", "a-b"]),
        (names.env_name, ["A", "1", "a b", "my.env-name"]),
        (names.config_key, ["a", ".a", "a..b", "A_b-c"]),
        (names.c_identifier, ["_a", "A1"]),
        (names.header_name, ["X-A"]),
        (names.percent, ["5%", "100%"]),
        (names.http_path, ["/a/b?".rstrip("?")]),
        (names.condition_reason, ["A", "AsExpected", "a:b,c_"]),
    ],
)
def test_good_names_pass(rule: Callable[[str], list[str]], good: list[str]) -> None:
    assert {text: rule(text) for text in good} == {text: [] for text in good}


@pytest.mark.parametrize(
    ("rule", "text", "messages"),
    [
        (names.dns_subdomain, "A", [SUBDOMAIN]),
        (names.dns_subdomain, "a\n", [SUBDOMAIN]),
        (names.dns_subdomain, "a" * 254, ["must be no more than 253 characters"]),
        (names.dns_label, "a.b", ["must not contain dots"]),
        (names.dns_label, "a_b", [LABEL]),
        (names.dns_label, "x" * 64, ["must be no more than 63 characters"]),
        (names.path_segment, "..", ["may not be '..'"]),
        (names.path_segment, "a/b%", ["may not contain '/'", "may not contain '%'"]),
        (names.label_key, "", ["name part must be non-empty", NAME_PART]),
        (names.label_key, "/a", ["prefix part must be non-empty"]),
        (names.label_key, "A/a", ["prefix part " + SUBDOMAIN]),
        (names.label_key, "x" * 64, ["name part must be no more than 63 bytes"]),
        (names.label_value, "x" * 64, ["must be no more than 63 bytes"]),
        (
            names.port_name,
            "-1--2",
            [
                "must contain at least one letter (a-z)",
                "must not contain consecutive hyphens",
                "must not begin or end with a hyphen",
            ],
        ),
        (names.port_name, "a" * 16, ["must be no more than 15 characters"]),
        (names.env_name, "", ["environment variable name must be non-empty"]),
        (names.env_name, "a=b", [names.SAYS_ENV_NAME]),
        (names.config_key, "..", ["must not be '..'"]),
        (names.config_key, "..a", ["must not start with '..'"]),
    ],
)
def test_bad_names_are_refused_in_upstreams_words(
    rule: Callable[[str], list[str]], text: str, messages: list[str]
) -> None:
    assert rule(text) == messages


def test_a_key_with_two_slashes_is_told_what_a_key_is() -> None:
    (message,) = names.label_key("a/b/c")
    assert message.startswith("a valid label key must consist of")
    assert message.endswith("optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")


def test_a_prefix_of_a_generated_name_may_end_with_a_dash() -> None:
    assert names.RULES["subdomain"]("web-", True) == []
    assert names.RULES["subdomain"]("web-", False) == [SUBDOMAIN]
    assert names.RULES["path"](".", True) == []
    assert names.RULES["path"](".", False) == ["may not be '.'"]


def test_ports_are_numbers_in_a_range() -> None:
    assert names.port_number(1) == names.port_number(65535) == []
    assert names.port_number(0) == ["must be between 1 and 65535, inclusive"]


@given(st.text())
def test_a_label_is_always_a_subdomain(text: str) -> None:
    if not names.dns_label(text):
        assert not names.dns_subdomain(text)
