"""Where a webhook is: a URL, or a Service of the cluster. Also conversion webhooks' form.

Source: ``k8s.io/apiserver/pkg/util/webhook/validation.go``.
"""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, required
from onggi.api.objects import View
from onggi.kinds.checks import named

FORM = "; desired format: https://host[/path]"
NOT_IN_URL = "not permitted in the URL"


def check(config: View, path: str) -> Iterator[FieldError]:
    """Exactly one of the two; what a URL or a Service must be."""
    url, service = config.get("url"), config.get("service")
    if (url is None) == (service is None):
        yield required(path, "exactly one of url or service is required")
    elif url is not None:
        yield from check_url(url, f"{path}.url")
    elif service is not None:
        yield from check_service(service, f"{path}.service")


def check_url(url: str, path: str) -> Iterator[FieldError]:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        yield required(path, f"url must be a valid URL: parse {url}: {error}{FORM}")
        return
    yield from check_parts(parts, path)


def check_parts(parts: SplitResult, path: str) -> Iterator[FieldError]:
    user, at, host = parts.netloc.rpartition("@")
    if parts.scheme != "https":
        yield invalid(path, parts.scheme, f"'https' is the only allowed URL scheme{FORM}")
    if not host:
        yield invalid(path, host, f"host must be specified{FORM}")
    if at:
        yield invalid(path, user, f"user information is {NOT_IN_URL}")
    if parts.fragment:
        yield invalid(path, parts.fragment, f"fragments are {NOT_IN_URL}")
    if parts.query:
        yield invalid(path, parts.query, f"query parameters are {NOT_IN_URL}")


def check_service(service: View, path: str) -> Iterator[FieldError]:
    if not service.get("name"):
        yield required(f"{path}.name")
    if not service.get("namespace"):
        yield required(f"{path}.namespace")
    port = service.get("port") or 0
    if wrong := names.port_number(port):
        yield invalid(f"{path}.port", port, f"port is not valid: {', '.join(wrong)}")
    if below := service.get("path"):
        yield from check_path(below, f"{path}.path")


def check_path(below: str, path: str) -> Iterator[FieldError]:
    if below == "/":
        return
    if below == "//":
        yield invalid(path, below, "segment[0] may not be empty")
        return
    if not below.startswith("/"):
        yield invalid(path, below, "must start with a '/'")
    for index, segment in enumerate(below[1:].removesuffix("/").split("/")):
        if not segment:
            yield invalid(path, below, f"segment[{index}] may not be empty")
            continue
        for message in names.dns_subdomain(segment):
            yield invalid(path, below, f"segment[{index}]: {message}")


def check_name(path: str, name: str) -> Iterator[FieldError]:
    """A fully qualified one: three labels at least."""
    if not name:
        yield required(path)
    elif wrong := names.dns_subdomain(name):
        yield invalid(path, name, ",".join(wrong))
    elif name.count(".") < 2:
        why = "should be a domain with at least three segments separated by dots"
        yield from named(path, name, lambda text: [why])
