from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.selectors import (
    EVERYTHING,
    NOTHING,
    SelectorError,
    check_label_selector,
    label_selector,
    of_labels,
    of_object,
)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("", [{}, None, {"a": "b"}], []),
        ("a=b", [{"a": "b"}], [{"a": "c"}, {}, None]),
        ("a == b", [{"a": "b"}], [{"a": "c"}]),
        ("a!=b", [{"a": "c"}, {}], [{"a": "b"}]),
        ("a", [{"a": ""}, {"a": "b"}], [{}]),
        ("!a", [{}, None], [{"a": "b"}]),
        ("a in (b,c)", [{"a": "b"}, {"a": "c"}], [{"a": "d"}, {}]),
        ("a notin (b,c)", [{"a": "d"}, {}], [{"a": "b"}]),
        ("a in ()", [{"a": ""}], [{"a": "b"}, {}]),
        ("a in (b,,c,)", [{"a": ""}, {"a": "b"}], [{}]),
        ("a=", [{"a": ""}], [{"a": "b"}, {}]),
        ("a=,b", [{"a": "", "b": "x"}], [{"a": ""}]),
        ("a>1,a<10", [{"a": "5"}], [{"a": "1"}, {"a": "x"}, {}]),
        ("in in (in, notin)", [{"in": "notin"}], [{"in": "x"}]),
        ("x.y/a=b,\tc", [{"x.y/a": "b", "c": "1"}], [{"c": "1"}]),
    ],
)
def test_a_selector_matches_as_upstreams_does(text: str, yes: list[Any], no: list[Any]) -> None:
    selector = label_selector(text)
    assert [labels for labels in yes if not selector.matches(labels)] == []
    assert [labels for labels in no if selector.matches(labels)] == []


NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",a", "found ',', expected: !, identifier, or 'end of string'"),
        ("a,", "found '', expected: identifier after ','"),
        ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
        ("a=b c", "found 'c', expected: ',' or 'end of string'"),
        ("a==!b", "unable to parse requirement: found '!', expected: identifier"),
        ("a in b", "unable to parse requirement: found 'b' expected: '('"),
        ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
        ("a in (b c)", "unable to parse requirement: found 'c', expected: ',' or ')'"),
        ("a in (=", "unable to parse requirement: found '=', expected: ',', ')' or identifier"),
        ("a in (b,=)", "unable to parse requirement: found '=', expected: ',', or identifier"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("-a=b", f'unable to parse requirement: <nil>: Invalid value: "-a": {NAME_PART}'),
        (
            f"a={'x' * 64}",
            f'unable to parse requirement: values[0][a]: Invalid value: "{"x" * 64}": '
            "must be no more than 63 bytes",
        ),
        (
            "a>b",
            'unable to parse requirement: values[0]: Invalid value: "b": '
            "for 'Gt', 'Lt' operators, the value must be an integer",
        ),
    ],
)
def test_what_cannot_be_parsed_is_refused_in_upstreams_words(text: str, message: str) -> None:
    with pytest.raises(SelectorError) as refused:
        label_selector(text)
    assert str(refused.value) == message


def test_an_absent_selector_object_matches_nothing_and_an_empty_one_everything() -> None:
    assert of_object(None) == NOTHING
    assert not of_object(None).matches({"a": "b"})
    assert of_object({}) == EVERYTHING
    assert of_object({}).matches(None)


def test_a_selector_object_means_all_its_parts() -> None:
    selector = of_object(
        {
            "matchLabels": {"b": "1"},
            "matchExpressions": [
                {"key": "a", "operator": "In", "values": ["y", "x"]},
                {"key": "c", "operator": "DoesNotExist"},
            ],
        }
    )
    assert str(selector) == "a in (x,y),b=1,!c"
    assert selector.matches({"a": "x", "b": "1"})
    assert not selector.matches({"a": "x", "b": "1", "c": ""})
    assert (selector.exact("b"), selector.exact("a"), selector.exact("z")) == ("1", None, None)
    with pytest.raises(SelectorError, match=r'"Gt" is not a valid label selector operator'):
        of_object({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]})


def test_a_bad_selector_object_is_refused_field_by_field() -> None:
    selector = {
        "matchLabels": {"a": "-"},
        "matchExpressions": [
            {"key": "a", "operator": "In"},
            {"key": "a", "operator": "Exists", "values": ["b"]},
            {"key": "a", "operator": "Like"},
            {"key": "", "operator": "Exists"},
        ],
    }
    errors = check_label_selector(selector, "spec.selector")
    assert [(error.path, error.reason) for error in errors] == [
        ("spec.selector.matchLabels", "FieldValueInvalid"),
        ("spec.selector.matchExpressions[0].values", "FieldValueRequired"),
        ("spec.selector.matchExpressions[1].values", "FieldValueForbidden"),
        ("spec.selector.matchExpressions[2].operator", "FieldValueInvalid"),
        ("spec.selector.matchExpressions[3].key", "FieldValueInvalid"),
        ("spec.selector.matchExpressions[3].key", "FieldValueInvalid"),
    ]
    assert check_label_selector(None, "x") == []


keys = st.sampled_from(["a", "b", "example.com/c", "in"])
values = st.sampled_from(["", "1", "2", "x"])
requirements = st.one_of(
    st.builds("{}={}".format, keys, values),
    st.builds("{}!={}".format, keys, values),
    st.builds("!{}".format, keys),
    keys,
    st.builds(
        lambda k, o, v: f"{k} {o} ({','.join(v)})", keys, st.sampled_from(["in", "notin"]),
        st.lists(values, min_size=1),
    ),
)  # fmt: skip


@given(st.lists(requirements).map(",".join), st.dictionaries(keys, values))
def test_a_printed_selector_means_the_same(text: str, labels: dict[str, str]) -> None:
    selector = label_selector(text)
    assert label_selector(str(selector)).matches(labels) == selector.matches(labels)


@given(st.dictionaries(keys, values), st.dictionaries(keys, values))
def test_a_set_of_labels_selects_its_supersets(wanted: dict[str, str], has: dict[str, str]) -> None:
    assert of_labels(wanted).matches(has) == (wanted.items() <= has.items())
