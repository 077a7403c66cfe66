"""What the API server is told at its start. Built once by the composition root."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ApiConfig:
    """``services`` is the range of ClusterIPs, ``node_ports`` the first and last NodePort.
    ``address`` and ``port`` are where pods reach this server: the Service ``kubernetes``."""

    services: ipaddress.IPv4Network = field(
        default_factory=lambda: ipaddress.IPv4Network("10.96.0.0/16")
    )
    node_ports: tuple[int, int] = (30000, 32767)
    address: str = "127.0.0.1"
    port: int = 6443
    client_ca: str = ""  # PEM: what client certificates are checked against, for extensions
    front_proxy_ca: str = ""  # PEM: who signed our own certificate towards extensions …
    front_proxy: Path | None = None  # … and that certificate with its key
    version: str = "v1.37.0+onggi"
    bookmark_period: float = 60.0  # seconds
