"""What a name, a label, a key or a port may look like, and upstream's words where it may not.

Each rule takes the text and returns the messages, one per thing wrong; none means valid:

    dns_label("a.b") == ["must not contain dots"]        label_key("example.com/App") == []

``RULES`` has the rules that a ``Kind.name_rule`` names: ``RULES[rule](name, prefix)``, where
``prefix`` says that the name is a ``generateName``, to which something will be added.
Whole metadata is checked in ``onggi.api.meta``.

Sources: ``k8s.io/apimachinery/pkg/util/validation``, ``pkg/api/validate/content``.
Lengths are in bytes, whatever the message calls them.
"""

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

Messages = list[str]

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
VALUE = f"({KEY})?"
WILDCARD = rf"\*\.{SUBDOMAIN}"
C_IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]*"
CONFIG_KEY = "[-._a-zA-Z0-9]+"
HEADER = "[-A-Za-z0-9]+"
PERCENT = "[0-9]+%"
HTTP_PATH = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+"
CONDITION_REASON = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?"

RFC_1123 = "must consist of lower case alphanumeric characters"
ENDS = "must start and end with an alphanumeric character"

SAYS_LABEL = f"a lowercase RFC 1123 label {RFC_1123} or '-', and {ENDS}"
SAYS_SUBDOMAIN = f"a lowercase RFC 1123 subdomain {RFC_1123}, '-' or '.', and {ENDS}"
SAYS_LABEL_1035 = (
    f"a DNS-1035 label {RFC_1123} or '-', start with an alphabetic character, "
    "and end with an alphanumeric character"
)
SAYS_KEY = f"must consist of alphanumeric characters, '-', '_' or '.', and {ENDS}"
SAYS_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, "
    f"'-', '_' or '.', and {ENDS}"
)
SAYS_WILDCARD = (
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
    f"which {RFC_1123}, '-' or '.' and end with an alphanumeric character"
)
SAYS_C_IDENTIFIER = (
    "a valid C identifier must start with alphabetic character or '_', followed by a string of "
    "alphanumeric characters or '_'"
)
SAYS_CONFIG_KEY = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
SAYS_ENV_NAME = (
    "a valid environment variable name must consist only of printable ASCII characters "
    "other than '='"
)
SAYS_HEADER = "a valid HTTP header must consist of alphanumeric characters or '-'"
SAYS_PERCENT = "a valid percent string must be a numeric string followed by an ending '%'"
SAYS_CONDITION_REASON = (
    "a condition reason must start with alphabetic character, optionally followed by a string "
    "of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'"
)


@lru_cache(64)
def pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def matches(expression: str, text: str) -> bool:
    return pattern(expression).fullmatch(text) is not None


def size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def regex_message(says: str, expression: str, *examples: str) -> str:
    """Upstream's RegexError."""
    if not examples:
        return f"{says} (regex used for validation is '{expression}')"
    shown = "  or ".join(f"'{example}'," for example in examples)  # two blanks, as upstream
    return f"{says} (e.g. {shown} regex used for validation is '{expression}')"


def characters(limit: int) -> str:
    return f"must be no more than {limit} characters"


def between(low: int, high: int) -> str:
    return f"must be between {low} and {high}, inclusive"


def dns_subdomain(text: str) -> Messages:
    """Most objects' names: ``example.com``, at most 253 bytes."""
    errors = [characters(253)] if size(text) > 253 else []
    if not matches(SUBDOMAIN, text):
        errors.append(regex_message(SAYS_SUBDOMAIN, SUBDOMAIN, "example.com"))
    return errors


def dns_label(text: str) -> Messages:
    """A namespace's or a container's name: ``my-name``, at most 63 bytes."""
    errors = [characters(63)] if size(text) > 63 else []
    if matches(LABEL, text):
        return errors
    if matches(SUBDOMAIN, text):
        return [*errors, "must not contain dots"]
    return [*errors, regex_message(SAYS_LABEL, LABEL, "my-name", "123-abc")]


def dns_1035_label(text: str) -> Messages:
    """A label that starts with a letter: ``abc-123``, at most 63 bytes."""
    errors = [characters(63)] if size(text) > 63 else []
    if not matches(LABEL_1035, text):
        errors.append(regex_message(SAYS_LABEL_1035, LABEL_1035, "my-name", "abc-123"))
    return errors


def wildcard_subdomain(text: str) -> Messages:
    """``*.example.com``, as an Ingress host may be."""
    errors = [characters(253)] if size(text) > 253 else []
    if not matches(WILDCARD, text):
        errors.append(regex_message(SAYS_WILDCARD, WILDCARD, "*.example.com"))
    return errors


def path_segment(text: str) -> Messages:
    """RBAC's names: anything that can stand in a URL's path."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return path_prefix(text)


def path_prefix(text: str) -> Messages:
    return [f"may not contain '{banned}'" for banned in "/%" if banned in text]


def label_key(text: str) -> Messages:
    """A qualified name: ``app`` or ``example.com/App``."""
    if text.count("/") > 1:
        says = regex_message(SAYS_KEY, KEY, "MyName", "my.name", "123-abc")
        suffix = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return [f"a valid label key {says} {suffix}"]
    prefix, slash, name = text.rpartition("/")
    errors = key_prefix(prefix) if slash else []
    if not name:
        errors.append("name part must be non-empty")
    elif size(name) > 63:
        errors.append("name part must be no more than 63 bytes")
    if not matches(KEY, name):
        says = regex_message(SAYS_KEY, KEY, "MyName", "my.name", "123-abc")
        errors.append(f"name part {says}")
    return errors


qualified_name = label_key


def key_prefix(prefix: str) -> Messages:
    if not prefix:
        return ["prefix part must be non-empty"]
    errors = ["must be no more than 253 bytes"] if size(prefix) > 253 else []
    if not matches(SUBDOMAIN, prefix):
        errors.append(regex_message(SAYS_SUBDOMAIN, SUBDOMAIN, "example.com"))
    return [f"prefix part {error}" for error in errors]


def label_value(text: str) -> Messages:
    errors = ["must be no more than 63 bytes"] if size(text) > 63 else []
    if not matches(VALUE, text):
        errors.append(regex_message(SAYS_VALUE, VALUE, "MyValue", "my_value", "12345"))
    return errors


def port_name(text: str) -> Messages:
    """A container port's name (RFC 6335): at most 15 of ``[-a-z0-9]``, one a letter."""
    errors = [characters(15)] if size(text) > 15 else []
    if not matches("[-a-z0-9]+", text):
        errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", text):
        errors.append("must contain at least one letter (a-z)")
    if "--" in text:
        errors.append("must not contain consecutive hyphens")
    if text.startswith("-") or text.endswith("-"):
        errors.append("must not begin or end with a hyphen")
    return errors


def port_number(port: int) -> Messages:
    return in_range(port, 1, 65535)


def in_range(number: int, low: int, high: int) -> Messages:
    return [] if low <= number <= high else [between(low, high)]


def env_name(text: str) -> Messages:
    """An environment variable's name (relaxed, as it is by default since v1.34)."""
    errors = [] if text else ["environment variable name must be non-empty"]
    if any(not " " <= c <= "~" or c == "=" for c in text):
        errors.append(SAYS_ENV_NAME)
    return errors


def config_key(text: str) -> Messages:
    """A key of a ConfigMap's or a Secret's data, which may become a file's name."""
    errors = [characters(253)] if size(text) > 253 else []
    if not matches(CONFIG_KEY, text):
        errors.append(
            regex_message(SAYS_CONFIG_KEY, CONFIG_KEY, "key.name", "KEY_NAME", "key-name")
        )
    return errors + upwards(text)


def upwards(text: str) -> Messages:
    if text in (".", ".."):
        return [f"must not be '{text}'"]
    return ["must not start with '..'"] if text.startswith("..") else []


def simple(says: str, expression: str, *examples: str) -> Callable[[str], Messages]:
    """A rule that is one regular expression."""

    def rule(text: str) -> Messages:
        return [] if matches(expression, text) else [regex_message(says, expression, *examples)]

    return rule


c_identifier = simple(SAYS_C_IDENTIFIER, C_IDENTIFIER, "my_name", "MY_NAME", "MyName")
header_name = simple(SAYS_HEADER, HEADER, "X-Header-Name")
percent = simple(SAYS_PERCENT, PERCENT, "1%", "93%")
http_path = simple("Invalid path", HTTP_PATH)
condition_reason = simple(
    SAYS_CONDITION_REASON,
    CONDITION_REASON,
    "my_name",
    "MY_NAME",
    "MyName",
    "ReasonA,ReasonB",
    "ReasonA:ReasonB",
)


def generated(rule: Callable[[str], Messages]) -> Callable[[str, bool], Messages]:
    """The rule for names; of a prefix, a dash at the end is fine."""

    def named(text: str, prefix: bool = False) -> Messages:
        masked = prefix and len(text) > 1 and text.endswith("-")
        return rule(f"{text[:-2]}a" if masked else text)

    return named


def path_name(text: str, prefix: bool = False) -> Messages:
    return path_prefix(text) if prefix else path_segment(text)


def address_name(text: str, prefix: bool = False) -> Messages:
    """An IPAddress's name is its address, in the one canonical spelling."""
    plain = ".".join(part.lstrip("0") or "0" for part in text.split("."))
    try:
        found = ipaddress.ip_address(plain if plain.count(".") == 3 and ":" not in text else text)
    except ValueError:
        found = None
    if found is None or "%" in text:
        return ["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return ["must not be an IPv4-mapped IPv6 address"]
    if found.version == 4 and plain != text:
        return ["must not have leading 0s"]
    return [] if text == str(found) else [f'must be in canonical form ("{found}")']


RULES: dict[str, Callable[[str, bool], Messages]] = {
    "subdomain": generated(dns_subdomain),
    "label": generated(dns_label),
    "label1035": generated(dns_1035_label),
    "path": path_name,
    "address": address_name,
}
