"""The formats that a schema may ask for."""

import pytest

from onggi.api.structural.formats import holds, known

GOOD = {
    "uri": ["http://a/b", "/path"], "email": ["a@b.c"], "hostname": ["a.example.com", "host"],
    "ipv4": ["10.0.0.1", "010.0.0.1"], "ipv6": ["::1"], "cidr": ["10.0.0.0/8", "fd00::/8"],
    "mac": ["01:23:45:67:89:ab"], "uuid": ["123e4567-e89b-12d3-a456-426614174000"],
    "isbn": ["0321751043", "978-0321751041"], "creditcard": ["4111-1111-1111-1111"],
    "ssn": ["111-22-3333"], "hexcolor": ["#FFF"], "rgbcolor": ["rgb(255,255,255)"],
    "byte": ["aGk="], "password": ["x"], "date": ["2006-01-02"], "duration": ["1h3m", "22 ns"],
    "datetime": ["2014-12-15T19:30:20.000Z"], "k8sshortname": ["a-b"], "k8slongname": ["a.b"],
}  # fmt: skip
BAD = {
    "uri": ["a b", ""], "email": ["a", "@b"], "hostname": ["-a", "a..b"],
    "ipv4": ["256.0.0.1", "a"],
    "ipv6": ["10.0.0.1"], "cidr": ["10.0.0.0", "10.0.0.0/33"], "mac": ["01:23"], "uuid": ["x"],
    "isbn": ["0321751044"], "creditcard": ["4111-1111-1111-1112"], "ssn": ["1"],
    "hexcolor": ["#GGG"], "rgbcolor": ["rgb(256,0,0)"], "byte": ["a"], "date": ["2006-13-02"],
    "duration": ["x"], "datetime": ["2014-12-15", "2014-12-15T25:30:20Z"],
    "k8sshortname": ["A", "a.b"], "k8slongname": ["-"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in GOOD.items() for t in texts])
def test_what_is_of_a_format(name: str, text: str) -> None:
    assert holds(name, text)


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in BAD.items() for t in texts])
def test_what_is_not(name: str, text: str) -> None:
    assert not holds(name, text)


def test_a_format_that_nobody_knows_or_of_another_type_says_nothing() -> None:
    assert known("date-time", "string") == "datetime"
    assert known("date-time", "object") is None
    assert known("whatever", "string") is None
    assert (known("int32", "integer"), known("int32", "number")) == ("int32", None)
