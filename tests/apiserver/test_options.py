"""Query options, and upstream's words for wrong ones."""

import pytest

from onggi.api.errors import BadRequest, Invalid
from onggi.api.http import Request
from onggi.apiserver.options import WriteOptions, list_options, revision, write_options


def request(**query):
    return Request(method="GET", path="/", query={name: [value] for name, value in query.items()})


def refusal(make, *args):
    with pytest.raises(Invalid) as refused:
        make(*args)
    return refused.value.message


def test_without_a_query_fields_are_checked_with_warnings():
    assert write_options(request(), "CreateOptions") == WriteOptions(False, "Warn", "", False)


def test_a_dry_run_is_for_all_or_not_at_all():
    assert write_options(request(dryRun="All"), "CreateOptions").dry_run
    assert refusal(write_options, request(dryRun="Some"), "CreateOptions") == (
        'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: '
        'supported values: "All"'
    )


def test_an_unknown_field_validation_is_refused():
    message = refusal(write_options, request(fieldValidation="Maybe"), "UpdateOptions")
    assert 'fieldValidation: Unsupported value: "Maybe"' in message


def test_force_is_for_apply_only():
    message = refusal(write_options, request(force="true"), "PatchOptions")
    assert message.endswith("force: Forbidden: may not be specified for non-apply patch")


def test_a_field_manager_is_short_and_printable():
    assert "fieldManager: Too long" in refusal(
        write_options, request(fieldManager="x" * 129), "CreateOptions"
    )
    assert "invalid character U+000A (at position 1)" in refusal(
        write_options, request(fieldManager="a\nb"), "CreateOptions"
    )


def test_list_options_are_read():
    found = list_options(
        request(labelSelector="a=b", limit="5", resourceVersion="7", timeoutSeconds="3")
    )
    assert (found.labels, found.limit, found.version, found.timeout) == ("a=b", 5, "7", 3)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (
            {"resourceVersionMatch": "Exact"},
            "resourceVersionMatch is forbidden unless resourceVersion is provided",
        ),
        (
            {"resourceVersionMatch": "Exact", "resourceVersion": "0"},
            'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
        ({"sendInitialEvents": "true"}, "sendInitialEvents is forbidden for list"),
        (
            {"sendInitialEvents": "true", "watch": "true"},
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ),
        (
            {"resourceVersionMatch": "NotOlderThan", "watch": "true"},
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        ),
    ],
)
def test_options_that_contradict_each_other_are_refused(query, words):
    assert words in refusal(list_options, request(**query))


def test_numbers_are_numbers():
    with pytest.raises(BadRequest):
        list_options(request(limit="many"))
    assert revision("") == 0
    assert revision("12") == 12
    for wrong in ("-1", "x", "1.5", "9" * 30):
        with pytest.raises(BadRequest, match="invalid resource version"):
            revision(wrong)


def test_a_watch_without_a_version_says_where_its_start_ends():
    assert list_options(request(watch="1")).initial is True
    assert list_options(request(watch="1", resourceVersion="0")).initial is True
    assert list_options(request(watch="1", resourceVersion="7")).initial is None
    assert list_options(request()).initial is None


def test_a_flag_is_true_unless_it_says_no():
    for text in ("true", "1", "", "maybe", "TRUE"):
        assert list_options(request(watch=text)).watch is True
    for text in ("false", "FALSE", "0"):
        assert list_options(request(watch=text)).watch is False
