import base64
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.gobase64 import Base64Error, canonical


@pytest.mark.parametrize(
    ("text", "read"),
    [("", ""), ("YQ==", "YQ=="), ("YWI=", "YWI="), ("Y\nQ\r\n==\n", "YQ=="), ("YR==", "YQ==")],
)
def test_base64_is_read_and_written_anew(text: str, read: str) -> None:
    assert canonical(text) == read


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("a", 0), ("YQ", 0), ("YWJjYQ", 4), ("YQ=", 3), ("Y===", 1), ("====", 0), ("YQ=a", 2),
        ("YQ==YQ==", 4), ("Y Q=", 1), ("옹", 0), ("YWI\n옹", 4), ("YWI==", 4), ("not base64!", 3),
    ],
)  # fmt: skip
def test_the_first_wrong_byte_is_named_as_go_names_it(text: str, at: int) -> None:
    with pytest.raises(Base64Error) as refused:
        canonical(text)
    assert str(refused.value) == f"illegal base64 data at input byte {at}"


@given(st.binary())
def test_what_was_written_is_read_back(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert canonical(text) == text


@given(st.text(alphabet="YQ=\n +a/"))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Base64Error):
        assert canonical(canonical(text)) == canonical(text)
