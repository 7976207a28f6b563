"""The `galenic` command: every sub-command is registered here, and every error becomes one line and an exit code."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from galenic import __version__
from galenic.cli import (
    ask,
    audit,
    build,
    evaluate,
    explore,
    finetune,
    graph,
    hypotheses,
    models,
    names,
    parse,
    serve,
    status,
)
from galenic.reports.plain import plain

app = typer.Typer(
    name="galenic",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help='A biomedical knowledge graph that answers with evidence you can open.\n\nStart with `galenic build`, then `galenic ask "What drugs treat hypertension?"`.',  # noqa: E501
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (build, ask, parse, explore, hypotheses, names, graph, serve, status, audit, evaluate, finetune, models):
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


class _Plain(logging.Formatter):
    """Log lines that steer no terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return plain(super().format(record))


def run() -> None:
    """The entry point: 0 ok, 1 failed, 2 usage, 3 abstained."""
    logged = logging.StreamHandler()
    logged.setFormatter(_Plain("galenic: %(message)s"))
    # Some libraries set the level of their own logger when they are imported.
    logged.setLevel(logging.ERROR)
    logging.basicConfig(level=logging.ERROR, handlers=[logged])
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit("galenic: stopped")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as problem:
        told = _told(problem)
        if told is None:
            raise
        line, code = told
        sys.stderr.write(f"galenic: {plain(line)}\n")
        sys.exit(code)


def _told(problem: Exception) -> tuple[str, int] | None:
    """What a person is told of an error, and the exit code; None for a fault of the program."""
    from pydantic import ValidationError

    from ontologies.errors import Problem

    if isinstance(problem, ValidationError):
        wrong = [f"setting {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors()]
        return f"{'; '.join(wrong)} (see docs/reference/settings.md)", 2
    if isinstance(problem, Problem):
        return " ".join(str(problem).split()), problem.exit_code
    if type(problem).__module__.startswith("polars."):
        # Of its size a table may look whole and yet be damaged.
        why = " ".join(str(problem).split())[:200]
        return f"a table cannot be read ({why}); `galenic doctor` says which is damaged and how to mend it", 1
    return (" ".join(str(problem).split()), 1) if isinstance(problem, OSError) else None
