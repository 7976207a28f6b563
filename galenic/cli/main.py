"""The `galenic` command: every sub-command is registered here, and every error becomes one line and an exit code."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from galenic import __version__
from galenic.cli import ask, build, explore, graph, names, serve, status

app = typer.Typer(
    name="galenic",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help='A biomedical knowledge graph that answers with evidence you can open.\n\nStart with `galenic build`, then `galenic ask "What drugs treat hypertension?"`.',  # noqa: E501
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (build, ask, explore, names, graph, serve, status):
    module.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"galenic {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Options that stand before a command."""


def _expected() -> tuple[type[Exception], ...]:
    """Errors that are a message to the person and no fault of the program."""
    from pydantic import ValidationError

    from galenic.errors import GalenicError
    from ingest.errors import IngestError
    from kg.errors import GraphError
    from ontologies.errors import OntologyError
    from retrieval.errors import RetrievalError

    return (GalenicError, GraphError, IngestError, OntologyError, RetrievalError, ValidationError, OSError)


def run() -> None:
    """The entry point: 0 ok, 1 failed, 2 usage, 3 abstained."""
    logging.basicConfig(level=logging.ERROR, format="galenic: %(message)s")
    logging.getLogger("bm25s").setLevel(logging.ERROR)
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit("galenic: stopped")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as problem:
        if not isinstance(problem, _expected()):
            raise
        sys.stderr.write(f"galenic: {_line(problem)}\n")
        sys.exit(_code(problem))


def _line(problem: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(problem, ValidationError):
        return "; ".join(
            f"setting {'.'.join(map(str, e['loc']))}: {e['msg']} (see docs/reference/settings.md)"
            for e in problem.errors()
        )
    return " ".join(str(problem).split())


def _code(problem: Exception) -> int:
    from pydantic import ValidationError

    from galenic.errors import UsageError
    from kg.errors import QueryRefused

    return 2 if isinstance(problem, (UsageError, ValidationError, QueryRefused)) else 1
