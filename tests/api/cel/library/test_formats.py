"""Named formats."""

import pytest

from tests.api.cel.expressions import value


@pytest.mark.parametrize(
    "source",
    [
        "!format.dns1123Label().validate('my-name').hasValue()",
        "format.dns1123Label().validate('My_Name').value()[0].startsWith('a lowercase RFC 1123')",
        "!format.dns1123LabelPrefix().validate('my-prefix-').hasValue()",
        "!format.qualifiedName().validate('example.com/name').hasValue()",
        "format.uuid().validate('x').value() == ['does not match the UUID format']",
        "format.named('date').value().validate('2026-13-01').hasValue()",
        "!format.named('unknown').hasValue()",
        "format.named('byte').value() == format.byte()",
    ],
)
def test_named_formats_say_what_is_wrong(source: str) -> None:
    assert value(source) is True
