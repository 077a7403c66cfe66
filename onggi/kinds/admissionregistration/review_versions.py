"""Which versions of a review a webhook reads: of admission and of conversion alike."""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, invalid

KNOWN = ("v1", "v1beta1")  # what this server speaks


def check_each(versions: Sequence[str], path: str) -> Iterator[FieldError]:
    """Each is named once, and as a version is."""
    for index, version in enumerate(versions):
        if version in versions[:index]:
            yield invalid(f"{path}[{index}]", version, "duplicate version")
            continue
        for message in names.dns_1035_label(version):
            yield invalid(f"{path}[{index}]", version, message)
