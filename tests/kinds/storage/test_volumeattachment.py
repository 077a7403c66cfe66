"""One source each, and a spec that stays."""

from onggi.kinds.storage.volumeattachment import ONE, VOLUMEATTACHMENT
from tests.kinds.samples import said, said_of_update


def test_there_is_exactly_one_source():
    assert said(VOLUMEATTACHMENT, source={}) == [f"spec.source: Required value: {ONE}"]
    both = {"persistentVolumeName": "a", "inlineVolumeSpec": {}}
    assert said(VOLUMEATTACHMENT, source=both) == [f"spec.source: Forbidden: {ONE}"]


def test_the_spec_stays():
    (error,) = said_of_update(VOLUMEATTACHMENT, {"nodeName": "n2"})
    assert error.startswith("spec: Invalid value: ")
    assert error.endswith("field is immutable")


def test_an_error_is_not_too_long():
    wrong = {"status": {"attachError": {"message": "x" * 1025, "errorCode": -1}}}
    errors = VOLUMEATTACHMENT.status_rules[0](wrong, None)
    assert [error.path for error in errors] == [
        "status.attachError.message",
        "status.attachError.errorCode",
    ]
