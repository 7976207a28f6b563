"""`galenic serve`: the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from galenic.cli.house import open_house, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog="Example: galenic serve --port 8765, then open http://127.0.0.1:8765/docs")(serve)


def serve(
    host: Annotated[
        str,
        typer.Option(
            help=(
                "Address to listen on. It has no accounts: let only a proxy that has them reach another than this "
                "machine's."
            )
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen on.")] = 8765,
) -> None:
    """Answer questions over HTTP until it is stopped; /docs describes the requests."""
    import uvicorn

    from galenic.api.app import create_app

    with open_house() as house:
        # A home without a release is said in one line, before a port is taken.
        house.store.require(house.release.id)
        say(f"release {house.release.id.removeprefix('sha256:')[:16]} on http://{host}:{port} (Ctrl-C ends it)")
        uvicorn.run(create_app(house), host=host, port=port, log_level="warning")
