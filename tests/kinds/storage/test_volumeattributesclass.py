"""Attributes are set once."""

from onggi.api.objects import clone
from onggi.kinds.storage.volumeattributesclass import VOLUMEATTRIBUTESCLASS
from tests.kinds.samples import created


def test_nothing_of_it_may_change():
    old = created(VOLUMEATTRIBUTESCLASS)
    new = {**clone(old), "parameters": {"iops": "1"}, "driverName": "other.example.com"}
    assert [str(error) for error in VOLUMEATTRIBUTESCLASS.validate(new, old)] == [
        "driverName: Forbidden: updates to driverName are forbidden.",
        "parameters: Forbidden: updates to parameters are forbidden.",
    ]


def test_it_says_something():
    found = {**created(VOLUMEATTRIBUTESCLASS), "parameters": {}}
    (error,) = VOLUMEATTRIBUTESCLASS.validate(found)
    assert error.detail == "must contain at least one key/value pair"
