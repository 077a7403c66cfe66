"""``onggi doctor``: whether this machine can run Onggi, and what to do where it cannot."""

import json
from typing import Annotated

import typer

from onggi.checks import DNS_PORT, NO_NODE, NODE, Finding, examine
from onggi.cli.options import DATA, Data, configured
from onggi.config import Config
from onggi.facts import gather, ports_of
from onggi.instance import is_running

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def doctor(
    data: Data = DATA,
    no_node: Annotated[bool, typer.Option("--no-node", help="The API server only.")] = False,
) -> None:
    """Check kernel, packages, limits and ports, and say how to mend what is wrong."""
    findings = findings_for(configured(data), node=not no_node)
    typer.echo("\n".join(map(line, findings)))
    if any(f.level == "fail" for f in findings):
        raise typer.Exit(1)


def findings_for(config: Config, *, node: bool) -> list[Finding]:
    """Ports that our own running instance holds are not in anybody's way."""
    ports = [] if is_running(config) else listening(config, node=node)
    return examine(gather(config.data, ports, node=node), NODE if node else NO_NODE)


def listening(config: Config, *, node: bool) -> list[tuple[str, int]]:
    """(address, port) that must be free. An Envoy that outlived a crash is adopted with its."""
    ports = [config.api_port, *([config.http_port, config.https_port] if node else [])]
    ours = survivors_ports(config) if node else set()
    dns = [(config.dns_service, DNS_PORT)] if node else []
    return [(config.listen[0], port) for port in ports if port and port not in ours] + dns


def survivors_ports(config: Config) -> set[int]:
    """Where our Envoy listens although no Onggi runs."""
    record = config.run / "envoy.json"
    if not record.exists():
        return set()
    from onggi.controller.child import Process

    process = Process(**json.loads(record.read_text()))
    return ports_of(process.pid) if process.alive else set()


def line(finding: Finding) -> str:
    text = f"  {MARKS[finding.level]} {finding.subject:<32}{finding.text}"
    return f"{text}\n      → {finding.mend}" if finding.mend else text
