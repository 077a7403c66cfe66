"""``onggi image``: images without a registry."""

from pathlib import Path
from typing import Annotated, Any

import typer

from onggi.cli.failure import Failure
from onggi.cli.options import DATA, Data, running
from onggi.cli.table import lines
from onggi.config import Config

app = typer.Typer(no_args_is_help=True)


def say(text: str) -> None:
    typer.echo(f"  {text}")


def node_of(data: Path) -> Config:
    """The running instance's settings; a Failure where it has no containers."""
    config, _ = running(data)
    if not config.node:
        raise Failure("this instance runs no containers (--no-node), so it needs no images.")
    return config


def attempt(work: Any) -> Any:
    """What ``work()`` returns; a Failure with the builder's own words where it cannot."""
    from onggi.images.errors import ImageError

    try:
        return work()
    except ImageError as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}") from error


@app.command()
def build(
    file: Annotated[Path, typer.Argument(help="What the image is made of (docs/images.md).")],
    refresh: Annotated[bool, typer.Option(help="Fetch the package lists again.")] = False,
    data: Data = DATA,
) -> None:
    """Build an image from FILE and put it on the node."""
    from onggi.images.spec import load
    from onggi.up.images import builder, containerd, layout

    config = node_of(data)

    def work() -> Any:
        built = builder(config, say).build(load(file), refresh=refresh)
        containerd(config).load(layout(config), built.name)
        return built

    built = attempt(work)
    how = "unchanged" if built.cached else "built"
    typer.echo(f"{built.name}  {built.digest}  {size(built.size)}  {how}")


@app.command("import")
def import_(
    archive: Annotated[Path, typer.Argument(help="A docker or OCI archive.")],
    name: Annotated[str, typer.Option(help="For an archive that names no image.")] = "",
    data: Data = DATA,
) -> None:
    """Put the images of ARCHIVE on the node."""
    from onggi.up.images import containerd

    config = node_of(data)
    for brought in attempt(lambda: containerd(config).bring(archive, name)):
        typer.echo(brought)


@app.command("list")
def list_(data: Data = DATA) -> None:
    """Show the images on the node."""
    from onggi.up.images import containerd

    config = node_of(data)
    rows = [("IMAGE", "DIGEST", "SIZE", "CREATED", "IN USE")]
    for image in attempt(containerd(config).list):
        created = image.created.strftime("%Y-%m-%d") if image.created else "-"
        used = "yes" if image.used else "no"
        for name in image.names or ("<none>",):
            rows.append((name, image.digest[7:19], size(image.size), created, used))
    typer.echo("\n".join(lines(rows, gap="   ")))


@app.command()
def prune(data: Data = DATA) -> None:
    """Remove images that no container uses, and the builder's cache."""
    from onggi.images.pause import NAME
    from onggi.up.images import builder, containerd, layout

    config = node_of(data)
    freed = 0
    for image in attempt(lambda: containerd(config).prune((NAME,))):
        freed += image.size
        say(f"removed {', '.join(image.names) or image.digest}")
    kept = {name for image in attempt(containerd(config).list) for name in image.names}
    freed += attempt(lambda: layout(config).prune(kept))
    freed += attempt(builder(config).apt.prune) or 0
    typer.echo(f"freed {size(freed)}")


@app.command()
def registry(
    host: Annotated[str, typer.Argument(help="docker.io, ghcr.io, …; _default: all others.")],
    mirror: Annotated[list[str], typer.Option(help="https://HOST[:PORT]; may be repeated.")],
    username: Annotated[str, typer.Option(help="For the mirrors.")] = "",
    password_file: Annotated[Path | None, typer.Option(help="File with the password.")] = None,
    ca: Annotated[str, typer.Option(help="File with the mirrors' authority.")] = "",
    insecure: Annotated[bool, typer.Option(help="Take any certificate.")] = False,
    data: Data = DATA,
) -> None:
    """Pull what HOST holds from mirrors. Takes effect at the next pull."""
    from onggi.node.registries import BadRegistry, Mirror, Registry, write
    from onggi.up.node import layout

    config = node_of(data)
    password = attempt(lambda: password_file.read_text().strip()) if password_file else ""
    mirrors = tuple(
        Mirror(url=url, username=username, password=password, ca=ca, insecure=insecure)
        for url in mirror
    )
    try:
        typer.echo(write(layout(config), Registry(host=host, mirrors=mirrors)))
    except BadRegistry as error:
        raise Failure(str(error)) from error


def size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
