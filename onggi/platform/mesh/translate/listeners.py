"""The two doors, HTTP and HTTPS, and the certificates behind the second. Pure.

Certificates are resources of their own (SDS), so a renewed one takes effect for the next
handshake without touching a listener or an open connection. A host without a certificate is
shown the platform's own, as other ingress controllers do; where there is none, it has no filter
chain and its TLS handshake is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from onggi.api.objects import Object
from onggi.platform.mesh.translate.resources import ADS, socket_address, typed
from onggi.platform.mesh.translate.routes import NAME

STREAM_IDLE = "300s"  # no byte in either direction: the request is given up
CLIENT_IDLE = "75s"  # a kept-alive client connection without any request
HEADERS_WITHIN = "15s"
NAMELESS = ""  # the server name of a certificate for every host


@dataclass(frozen=True, kw_only=True)
class Doors:
    """Port 0: that door is closed."""

    addresses: Sequence[str] = ("127.0.0.1",)
    http_port: int = 80
    https_port: int = 443


class Pair(NamedTuple):
    """A certificate chain with its key, both PEM."""

    chain: str
    key: str


def listeners(doors: Doors, certificates: Mapping[str, str]) -> dict[str, Object]:
    """``certificates``: server name → name of the secret."""
    made = {}
    if doors.http_port:
        made["http"] = listener("http", doors, doors.http_port, [{"filters": [manager("http")]}])
    if doors.https_port and certificates:
        chains = [chain(secret, names) for secret, names in by_secret(certificates).items()]
        made["https"] = listener("https", doors, doors.https_port, chains)
        inspector = typed("filters.listener.tls_inspector.v3.TlsInspector")
        made["https"]["listener_filters"] = [{"name": "tls", "typed_config": inspector}]
        made["https"]["listener_filters_timeout"] = HEADERS_WITHIN
    return made


def listener(name: str, doors: Doors, port: int, chains: Sequence[Object]) -> Object:
    first, *others = doors.addresses
    return {
        "name": name,
        "address": socket_address(first, port),
        "additional_addresses": [{"address": socket_address(a, port)} for a in others],
        "filter_chains": list(chains),
        "traffic_direction": "INBOUND",
    }


def by_secret(certificates: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for server_name, secret in sorted(certificates.items()):
        groups.setdefault(secret, []).append(server_name)
    return groups


def chain(secret: str, server_names: Sequence[str]) -> Object:
    """Everything of one certificate. The nameless one takes whom nobody else knows."""
    names = [n for n in server_names if n != NAMELESS]
    match = {} if NAMELESS in server_names else {"filter_chain_match": {"server_names": names}}
    tls = typed(
        "transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context={
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "tls_certificate_sds_secret_configs": [{"name": secret, "sds_config": ADS}],
        },
    )
    return {
        "name": secret,
        **match,
        "filters": [manager("https")],
        "transport_socket": {"name": "tls", "typed_config": tls},
    }


def manager(prefix: str) -> Object:
    """The HTTP connection manager: an edge proxy that trusts nobody's X-Forwarded headers."""
    router = typed("filters.http.router.v3.Router", suppress_envoy_headers=True)
    config = typed(
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=prefix,
        rds={"route_config_name": NAME, "config_source": ADS},
        http_filters=[{"name": "envoy.filters.http.router", "typed_config": router}],
        use_remote_address=True,
        append_x_forwarded_port=True,
        normalize_path=True,
        server_header_transformation="PASS_THROUGH",
        preserve_external_request_id=True,
        upgrade_configs=[{"upgrade_type": "websocket"}],
        http_protocol_options={"accept_http_10": True},
        http2_protocol_options={"max_concurrent_streams": 250},
        stream_idle_timeout=STREAM_IDLE,
        request_headers_timeout=HEADERS_WITHIN,
        common_http_protocol_options={"idle_timeout": CLIENT_IDLE},
    )
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": config}


def secret(name: str, pair: Pair) -> Object:
    return {
        "name": name,
        "tls_certificate": {
            "certificate_chain": {"inline_string": pair.chain},
            "private_key": {"inline_string": pair.key},
        },
    }
