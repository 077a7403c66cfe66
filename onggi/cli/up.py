"""``onggi up``: start the platform, show each step, and say what to do next."""

import sys
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import typer

from onggi.checks import NO_NODE, NODE, examine
from onggi.cli import up_options as opt
from onggi.cli.daemon import Outcome, in_background, in_foreground
from onggi.cli.doctor import line, listening
from onggi.cli.failure import Failure
from onggi.cli.options import DATA, Data, configured
from onggi.config import BadSetting, Config, changed, is_own, save, with_free_networks
from onggi.facts import gather, networks
from onggi.instance import Instance, find


def up(
    data: Data = DATA,
    foreground: opt.Foreground = False,
    no_node: opt.NoNode = False,
    fake_nodes: opt.FakeNodes = None,
    node_name: opt.NodeName = None,
    listen: opt.Listen = None,
    port: opt.Port = None,
    http_port: opt.HttpPort = None,
    https_port: opt.HttpsPort = None,
    pod_network: opt.PodNetwork = None,
    service_network: opt.ServiceNetwork = None,
    account_secrets: opt.AccountSecrets = None,
    authentication_config: opt.AuthenticationConfig = None,
    audit_policy: opt.AuditPolicy = None,
) -> None:
    """Start the platform. Options are remembered: later just `onggi up`."""
    given = {
        "node": False if no_node else None,
        "fake_nodes": fake_nodes,
        "node_name": node_name,
        "listen": tuple(listen) if listen else None,
        "api_port": port,
        "http_port": http_port,
        "https_port": https_port,
        "pod_network": pod_network,
        "service_network": service_network,
        "account_secrets": account_secrets,
        "authentication": resolved(authentication_config),
        "audit_policy": resolved(audit_policy),
    }
    start(prepared(data, given), foreground)


def start(config: Config, foreground: bool) -> None:
    if (instance := find(config)) is not None:
        already(config, instance)
        return
    inspect(config)
    if foreground:
        sys.exit(in_foreground(config))
    finish(config, in_background(config))


def resolved(path: str | None) -> str | None:
    """As a later start finds it, wherever that happens."""
    return str(Path(path).resolve()) if path else path


def prepared(data: Path, options: dict[str, Any]) -> Config:
    """The settings to start with, stored for the next time."""
    try:
        stored = configured(data)
        config = changed(stored, options)
        if not is_own(config.data):
            raise Failure(f"{config.data} holds other things: choose an empty one with --data.")
        if stored.node and not config.node and (config.data / "config.json").exists():
            raise Failure(
                f"{config.data} belongs to an instance that runs containers: uninstall it first, "
                "or give this one another directory with --data."
            )
        chosen = options["pod_network"] or options["service_network"]
        if config.node and not chosen and not (config.data / "config.json").exists():
            config = with_free_networks(config, taken())
        config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if find(config) is None:
            save(config)
    except BadSetting as error:
        raise Failure(str(error)) from error
    except PermissionError as error:
        raise Failure(
            f"{error.filename} may not be written: run as root, or choose a directory of your "
            "own (--no-node --data DIR)."
        ) from error
    except OSError as error:
        raise Failure(
            f"{error.filename}: {error.strerror}. Choose another directory with --data."
        ) from error
    return config


def taken() -> list[Any]:
    return [
        IPv4Network(network, strict=False)
        for addresses in networks().values()
        for network in addresses
    ]


def inspect(config: Config) -> None:
    """Stop before anything is touched if the machine cannot do it."""
    facts = gather(config.data, listening(config, node=config.node), node=config.node)
    findings = examine(facts, NODE if config.node else NO_NODE)
    failures = [finding for finding in findings if finding.level == "fail"]
    if failures:
        shown = "\n".join(map(line, failures))
        raise Failure(f"this machine cannot run it yet:\n{shown}\n(`onggi doctor` shows all)")
    if config.node and (other := rival(config)):
        raise Failure(
            f"{config.pod_network} is the network of another instance that runs (bridge {other}): "
            "stop that one, or give --pod-network and --service-network."
        )


def rival(config: Config) -> str:
    """The bridge of another instance in our pods' network; empty where there is none."""
    mine = IPv4Network(config.pod_network)
    for bridge, addresses in networks().items():
        others = bridge.startswith("onggi") and bridge != config.bridge
        if others and any(IPv4Network(a, strict=False).overlaps(mine) for a in addresses):
            return bridge
    return ""


def already(config: Config, instance: Instance) -> None:
    typer.echo(f"Onggi runs already: {instance.server} (pid {instance.pid})")
    typer.echo(f"  export KUBECONFIG={config.kubeconfig}")


def finish(config: Config, outcome: Outcome) -> None:
    if outcome.failure:
        raise Failure(f"{outcome.failure}\n(`onggi logs --data {config.data}` shows more)")
    typer.echo(f"Ready in {outcome.seconds:.2f} s.\n")
    typer.echo(f"  export KUBECONFIG={config.kubeconfig}")
    for text in suggestions(config):
        typer.echo(f"  {text}")


def suggestions(config: Config) -> list[str]:
    own = "" if config.name == "onggi" else f" --data {config.data}"
    return [f"onggi kubectl{own} get namespaces", f"onggi status{own}", f"onggi down{own}"]
