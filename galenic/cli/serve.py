"""`galenic serve`: the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from galenic.cli.house import say


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
    from galenic.api.door import door, taken
    from galenic.api.served import Served
    from galenic.house import House
    from galenic.settings import settings
    from kg.release.release import short

    own = settings()
    listener = taken(host, port)
    # A home without a release, or with a broken one, is said in one line before anything is announced.
    served = Served(lambda: House(own))
    say(f"release {short(served.serving)} on http://{host}:{port} (Ctrl-C ends it)")
    names = [name.strip() for name in own.hosts.split(",") if name.strip()]
    app = create_app(served, names if host in ("0.0.0.0", "::") else [*names, host])
    server = uvicorn.Server(uvicorn.Config(app, http=door(), log_level="warning", timeout_graceful_shutdown=20))
    server.run(sockets=[listener])
