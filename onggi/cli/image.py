import typer

app = typer.Typer()


@app.callback()
def image() -> None:
    """Images."""
