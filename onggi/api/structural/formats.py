"""``format`` in a custom resource's schema: what each name means; others mean nothing.

    known("date-time", "string") -> "datetime"       None where the format is to be ignored
    holds("datetime", text)

Sources: ``k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go``,
``k8s.io/kube-openapi/pkg/validation/strfmt``.
"""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from email.utils import parseaddr
from urllib.parse import urlsplit

from onggi.api import names

NUMERIC: Mapping[str, tuple[str, ...]] = {
    "integer": ("int32", "int64"),
    "number": ("float", "double"),
}
UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?%s[0-9a-f]{3}-?%s[0-9a-f]{3}-?[0-9a-f]{12}"
HEX = "[0-9a-f]"
HOST_LABEL = r"[^\W_]([^\W_]|-(?=[^\W_]))*"
CARD = (
    r"(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|"
    r"3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})"
)
BYTE = r"(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])"
RGB = rf"rgb\(\s*{BYTE}\s*,\s*{BYTE}\s*,\s*{BYTE}\s*\)"
CLOCK = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))"
GO_DURATION = r"[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)"
UNITS = (("ns", "nano"), ("us", "µs", "micro"), ("ms", "milli"), ("s", "sec"), ("m", "min"),
         ("h", "hr", "hour"), ("d", "day"), ("w", "wk", "week"))  # fmt: skip
PART = re.compile(r"(\d+)\s*([A-Za-zµ]+)")


def shaped(pattern: str, flags: int = 0) -> Callable[[str], bool]:
    compiled = re.compile(pattern, flags | re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def is_uri(text: str) -> bool:
    """``net/url.ParseRequestURI``: absolute, or a path."""
    if not text or any(c <= " " or c == "\x7f" for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme) if not text.startswith("/") else True


def is_email(text: str) -> bool:
    address = parseaddr(text)[1] if "@" in text else ""
    local, _, domain = address.rpartition("@")
    return bool(local and domain) and " " not in address and not domain.startswith(".")


def is_hostname(text: str) -> bool:
    if not 0 < len(text.encode()) <= 255:
        return False
    labels = text.split(".")
    if any(len(label.encode()) > 63 or not re.fullmatch(HOST_LABEL, label) for label in labels):
        return False
    return len(labels) == 1 or re.fullmatch(r"[^\W\d_]{2,63}", labels[-1]) is not None


def is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(p.isascii() and p.isdigit() and int(p) < 256 for p in parts)


def is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6 and "%" not in text
    except ValueError:
        return False


def is_cidr(text: str) -> bool:
    address, slash, bits = text.partition("/")
    if not slash or not (bits.isascii() and bits.isdigit()):
        return False
    return (is_ipv4(address) and int(bits) <= 32) or (is_ipv6(address) and int(bits) <= 128)


def is_mac(text: str) -> bool:
    for mark, size in ((":", 2), ("-", 2), (".", 4)):
        parts = text.split(mark)
        if len(parts) > 1:
            whole = all(re.fullmatch(rf"[0-9a-fA-F]{{{size}}}", part) for part in parts)
            return whole and len(parts) * size // 2 in (6, 8, 20)
    return False


def digits(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


def is_isbn10(text: str) -> bool:
    text = digits(text)
    if not re.fullmatch(r"[0-9]{9}[0-9X]", text):
        return False
    total = sum((i + 1) * (10 if c == "X" else int(c)) for i, c in enumerate(text))
    return total % 11 == 0


def is_isbn13(text: str) -> bool:
    text = digits(text)
    if not re.fullmatch(r"[0-9]{13}", text):
        return False
    return sum((1, 3)[i % 2] * int(c) for i, c in enumerate(text)) % 10 == 0


def is_card(text: str) -> bool:
    text = re.sub(r"[^0-9]+", "", text)
    if not re.fullmatch(CARD, text):
        return False
    doubled = (int(c) * (1 + i % 2) for i, c in enumerate(reversed(text)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def is_base64(text: str) -> bool:
    try:
        return bool(text) and base64.b64decode(text, validate=True) is not None
    except (binascii.Error, ValueError):
        return False


def is_date(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False


def is_datetime(text: str) -> bool:
    day, mark, rest = text.lower().partition("t")
    found = re.fullmatch(CLOCK, rest.partition("t")[0]) if mark and is_date(day) else None
    return found is not None and found[1] <= "23" and found[2] <= "59" and found[3] <= "59"


def is_duration(text: str) -> bool:
    """Go's, or Scala's: ``1h30m``, ``22 nanos``, ``3 weeks``."""
    if re.fullmatch(GO_DURATION, text):
        return True
    return any(is_unit(found[2].lower()) for found in PART.finditer(text))


def is_unit(word: str) -> bool:
    return any(word in names_ or word.startswith(names_[-1]) for names_ in UNITS)


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "bsonobjectid": shaped("[0-9a-f]{24}", re.IGNORECASE),
    "uri": is_uri,
    "email": is_email,
    "hostname": is_hostname,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "cidr": is_cidr,
    "mac": is_mac,
    "uuid": shaped(UUID % (HEX, HEX), re.IGNORECASE),
    "uuid3": shaped(UUID % ("3", HEX), re.IGNORECASE),
    "uuid4": shaped(UUID % ("4", "[89ab]"), re.IGNORECASE),
    "uuid5": shaped(UUID % ("5", "[89ab]"), re.IGNORECASE),
    "isbn": lambda text: is_isbn10(text) or is_isbn13(text),
    "isbn10": is_isbn10,
    "isbn13": is_isbn13,
    "creditcard": is_card,
    "ssn": shaped(r"\d{3}[- ]?\d{2}[- ]?\d{4}"),
    "hexcolor": shaped("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})"),
    "rgbcolor": shaped(RGB),
    "byte": is_base64,
    "password": lambda text: True,
    "date": is_date,
    "duration": is_duration,
    "datetime": is_datetime,
    "k8sshortname": lambda text: not names.dns_label(text),
    "k8slongname": lambda text: not names.dns_subdomain(text),
}


def known(name: str, type_: str) -> str | None:
    """The format as it is looked up; None where it says nothing of such a value."""
    if type_ in NUMERIC:
        return name if name in NUMERIC[type_] else None
    if type_ not in ("", "string"):
        return None
    plain = name.replace("-", "")
    return plain if plain in FORMATS else None


def holds(name: str, text: str) -> bool:
    return FORMATS[name](text)
