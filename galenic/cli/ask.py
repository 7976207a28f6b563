"""`galenic ask`: questions in plain English."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Exact, Json, Licences, Sources, open_house, permitted_of, say, say_json
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.cli.batch import Line
    from galenic.questions.answer import Answer
    from galenic.questions.pipeline import Pipeline
    from kg.evidence.permitted import Permitted

EXIT = {"answered": 0, "failed": 1, "abstained": 3}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask", epilog='Example: galenic ask "Which drugs treat both asthma and COPD?"')(ask)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            help='JSON lines {"id", "question"}; answers come out as JSON lines in the same order. "context" may hold '
            "the form of an earlier answer, for a follow-up."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where a batch's answers go; without it, to standard output.")
    ] = None,
    source: Sources = None,
    licence: Licences = None,
    exact: Exact = False,
    all_results: Annotated[bool, typer.Option("--all", help="List every result, not only the first 20.")] = False,
    brief: Annotated[
        bool, typer.Option("--brief", help="The short answer alone, with the notes that turn it around.")
    ] = False,
    how: Annotated[bool, typer.Option("--how", help="Show form, Cypher and release too.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the results as CSV.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="With --csv: cells as they are, for programs; a spreadsheet may run them.")
    ] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the answer as Markdown.")] = False,
    as_json: Json = False,
) -> None:
    """Answer a question with evidence for every sentence. Exit code 3 when it cannot or must not be answered."""
    if (question is None) == (batch is None):
        raise UsageError('give one question in quotes, or --batch FILE: galenic ask "What drugs treat hypertension?"')
    if as_csv + as_markdown + as_json > 1:
        raise UsageError("give one of --json, --csv and --markdown")
    if raw and not as_csv:
        raise UsageError("--raw goes with --csv")
    if (said := help_for(question or "")) is not None:
        say(said)
        return
    with open_house() as house:
        pipeline, permitted = house.pipeline, permitted_of(house.release, source, licence)
        if batch is not None:
            from galenic.cli.batch import run_batch

            failed = run_batch(batch, out, ("question", "text"), lambda line: _one(pipeline, permitted, line, exact))
            raise typer.Exit(1 if failed else 0)
        answer = pipeline.ask(question or "", permitted, exact=exact)
        if as_json:
            from galenic.reports.document import document

            say_json(document(answer))
        elif as_csv or as_markdown:
            from galenic.reports.files import csv_of, markdown_of

            typer.echo(csv_of(answer, raw) if as_csv else markdown_of(answer), nl=False)
        else:
            from galenic.reports.terminal import Shown, show_answer

            show_answer(answer, shown=Shown(all_results, brief, how))
    raise typer.Exit(EXIT[answer.status])


def help_for(question: str) -> str | None:
    """What 'help', 'hello' or 'examples' is answered with, without opening anything; None for a question."""
    from galenic.questions.examples import small_talk

    return small_talk(question)


def _one(pipeline: Pipeline, permitted: Permitted, line: Line, exact: bool) -> dict[str, Any]:
    from galenic.questions.answer import Answer
    from galenic.questions.earlier import earlier
    from galenic.reports.document import document
    from kg.errors import FormError

    answer: Answer
    problem, context = line.problem, None
    if problem is None and "context" in line.fields:
        try:
            context = earlier(str(line.fields["context"]), pipeline.linker.marks)
        except FormError as wrong:
            problem = f"line {line.number}: the context cannot be used ({wrong})"
    if problem is not None:
        answer = Answer(line.text, "failed", pipeline.release.id, reason="bad_line", message=problem)
    else:
        answer = pipeline.ask(line.text, permitted, context, exact=exact)
    return document(answer)
