"""The smallest program with Typer: what any command line made with it takes to start."""

import typer

app = typer.Typer()


@app.command()
def hello(name: str) -> None:
    """Greet."""
    typer.echo(name)


app()
