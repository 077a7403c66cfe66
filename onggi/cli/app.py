"""The list of commands. Each lives in the module of its name."""

import typer

from onggi.cli import doctor, down, image, logs, status, uninstall, up, version

app = typer.Typer(
    name="onggi",
    help="A container platform for middleware, with a Kubernetes-compatible API.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.command()(down.down)
app.command()(status.status)
app.command()(doctor.doctor)
app.command(context_settings={"ignore_unknown_options": True})(version.kubectl)
app.command()(logs.logs)
app.command()(uninstall.uninstall)
app.add_typer(image.app, name="image", help="Build, import, list and prune images.")
app.command()(version.version)
