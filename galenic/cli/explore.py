"""`galenic explore`: Cypher and plain language side by side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from galenic.cli.house import Licences, Sources, open_house, permitted_of
from galenic.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explore",
        epilog=(
            "Example: galenic explore   Or in a pipe: printf 'What drugs treat gout?\\n:evidence 1\\n' | galenic "
            "explore"
        ),
    )(explore)


def explore(
    replay: Annotated[
        Path | None,
        typer.Option(help="Run a saved notebook again and say what changed; exit code 1 when something did."),
    ] = None,
    source: Sources = None,
    licence: Licences = None,
) -> None:
    """Ask, follow up and write Cypher in one prompt; open evidence, walk the graph, save notebooks. Piped input runs
    without a prompt.
    """
    terminal = replay is None and sys.stdin.isatty() and sys.stdout.isatty()
    if terminal:
        # Imports and indexes take a second or two; a person should not look at nothing.
        sys.stdout.write("Opening the release ...")
        sys.stdout.flush()
    from galenic.explore.loop import at_terminal, from_pipe, over_notebook
    from galenic.explore.session import Session
    from galenic.reports.console import console

    with open_house() as house:
        out = console()

        def made(names: tuple[str, ...] | None = None) -> Session:
            # Sources that are said now win over those that a notebook was made with.
            wanted = source or (list(names) if names is not None and not licence else None)
            return Session(house, permitted_of(house.release, wanted, licence))

        if replay is not None:
            code = over_notebook(made, replay, out)
        elif terminal:
            sys.stdout.write("\r" + " " * 30 + "\r")
            code = at_terminal(made, out)
        else:
            if sys.stdin.isatty():
                raise UsageError("the prompt needs a terminal for its output; pipe the input in too")
            code = from_pipe(made(), sys.stdin, out)
    raise typer.Exit(code)
