"""What ``onggi up`` can be told. None: as at the last start."""

from typing import Annotated

import typer

Foreground = Annotated[bool, typer.Option("--foreground", "-f", help="Stay, and stop on Ctrl-C.")]
NoNode = Annotated[
    bool, typer.Option("--no-node", help="API, controllers, scheduler only: no root.")
]
FakeNodes = Annotated[
    int | None,
    typer.Option(help="With --no-node: nodes that only pretend to run pods; 0: none."),
]
NodeName = Annotated[str | None, typer.Option(help="Name of the Node object.")]
Listen = Annotated[list[str] | None, typer.Option(help="Address to listen on; may be repeated.")]
Port = Annotated[int | None, typer.Option(help="Port of the API server (6443).")]
HttpPort = Annotated[int | None, typer.Option(help="Ingress, HTTP (80); 0: none.")]
HttpsPort = Annotated[int | None, typer.Option(help="Ingress, HTTPS (443); 0: none.")]
PodNetwork = Annotated[str | None, typer.Option(help="Network of the pods.")]
ServiceNetwork = Annotated[str | None, typer.Option(help="Network of the services.")]
AccountSecrets = Annotated[
    bool | None,
    typer.Option(
        "--account-secrets/--no-account-secrets",
        help="A Secret with a token for each service account, as before v1.24 (yes).",
    ),
]
AuthenticationConfig = Annotated[
    str | None,
    typer.Option(help="OpenID Connect: an AuthenticationConfiguration file; '': none."),
]
AuditPolicy = Annotated[
    str | None,
    typer.Option(help="What log/audit.log shall say: an audit Policy file; '': no log."),
]
