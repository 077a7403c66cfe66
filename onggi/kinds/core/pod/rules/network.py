"""A pod's ports, DNS and hosts file.

Source: ``pkg/apis/core/validation/validation.go`` (validateContainerPorts,
AccumulateUniqueHostPorts, validatePodHostNetworkDeps, validatePodDNSConfig).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, invalid, required
from onggi.api.objects import View
from onggi.kinds.addresses import check_address
from onggi.kinds.checks import PROTOCOLS, choice, named, port_number

NAMESERVERS, SEARCHES, SEARCH_CHARACTERS = 3, 32, 2048
HOST_PORT = "must match `containerPort` when `hostNetwork` is true"
SEARCH_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
SEARCH = rf"{SEARCH_LABEL}(\.{SEARCH_LABEL})*"
SAYS_SEARCH = f"a lowercase RFC 1123 subdomain {names.RFC_1123}, '-', '_' or '.', and {names.ENDS}"
POLICIES = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")


def check_ports(ports: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at = f"{path}[{index}]"
        if name := port.get("name"):
            if errors := list(named(f"{at}.name", name, names.port_name)):
                yield from errors
            elif name in seen:
                yield duplicate(f"{at}.name", name)
            seen.add(name)
        if not port.get("containerPort"):
            yield required(f"{at}.containerPort")
        else:
            yield from port_number(f"{at}.containerPort", port["containerPort"])
        if port.get("hostPort"):
            yield from port_number(f"{at}.hostPort", port["hostPort"])
        yield from choice(f"{at}.protocol", port.get("protocol"), PROTOCOLS)


def check_host_ports(containers: Sequence[View], path: str) -> Iterator[FieldError]:
    """No two containers take the same port of the node."""
    seen: set[str] = set()
    for index, container in enumerate(containers):
        for place, port in enumerate(container.get("ports") or ()):
            number = port.get("hostPort")
            if not number:
                continue
            text = f"{port.get('protocol') or ''}/{port.get('hostIP') or ''}/{number}"
            if text in seen:
                yield duplicate(f"{path}[{index}].ports[{place}].hostPort", text)
            seen.add(text)


def check_host_network(spec: View, path: str, *, is_pod: bool) -> Iterator[FieldError]:
    """On the host's network a container's port is the host's; a template may leave it open."""
    if not spec.get("hostNetwork"):
        return
    for index, container in enumerate(spec.get("containers") or ()):
        for place, port in enumerate(container.get("ports") or ()):
            host = port.get("hostPort") or 0
            if (is_pod or host) and host != port.get("containerPort"):
                at = f"{path}.containers[{index}].ports[{place}].hostPort"
                yield invalid(at, host, HOST_PORT)


def check_dns(spec: View, path: str) -> Iterator[FieldError]:
    policy, config = spec.get("dnsPolicy"), spec.get("dnsConfig")
    yield from choice(f"{path}.dnsPolicy", policy, POLICIES)
    at = f"{path}.dnsConfig"
    if policy == "None" and config is None:
        yield required(at, "must provide `dnsConfig` when `dnsPolicy` is None")
        return
    servers = list((config or {}).get("nameservers") or ())
    if policy == "None" and not servers:
        detail = "must provide at least one DNS nameserver when `dnsPolicy` is None"
        yield required(f"{at}.nameservers", detail)
        return
    if config is not None:
        yield from check_nameservers(servers, f"{at}.nameservers")
        yield from check_searches(list(config.get("searches") or ()), f"{at}.searches")
        for index, option in enumerate(config.get("options") or ()):
            if not option.get("name"):
                yield required(f"{at}.options[{index}]", "must not be empty")


def check_nameservers(servers: list[str], path: str) -> Iterator[FieldError]:
    if len(servers) > NAMESERVERS:
        yield invalid(path, servers, f"must not have more than {NAMESERVERS} nameservers")
    for index, server in enumerate(servers):
        yield from check_address(server, f"{path}[{index}]")


def check_searches(searches: list[str], path: str) -> Iterator[FieldError]:
    if len(searches) > SEARCHES:
        yield invalid(path, searches, f"must not have more than {SEARCHES} search paths")
    if len(" ".join(searches)) > SEARCH_CHARACTERS:
        detail = (
            f"must not have more than {SEARCH_CHARACTERS} characters (including spaces) in the "
            "search list"
        )
        yield invalid(path, searches, detail)
    for index, search in enumerate(searches):
        if search != ".":
            yield from named(f"{path}[{index}]", search.removesuffix("."), search_domain)


def search_domain(text: str) -> list[str]:
    """A subdomain in which underscores are allowed too (``_tcp.example.com``)."""
    errors = [names.characters(253)] if names.size(text) > 253 else []
    if not names.matches(SEARCH, text):
        errors.append(names.regex_message(SAYS_SEARCH, SEARCH, "example.com"))
    return errors


def check_host_aliases(aliases: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, alias in enumerate(aliases):
        at = f"{path}[{index}]"
        yield from check_address(alias.get("ip") or "", f"{at}.ip")
        for place, hostname in enumerate(alias.get("hostnames") or ()):
            yield from named(f"{at}.hostnames[{place}]", hostname, names.dns_subdomain)
