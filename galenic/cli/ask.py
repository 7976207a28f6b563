"""`galenic ask` and `galenic parse`: questions in plain English."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Json, Licences, Sources, open_house
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.cli.batch import Line
    from galenic.questions.ask import Asker
    from galenic.questions.work import Scope
    from kg.release.release import Release

EXIT = {"answered": 0, "failed": 1, "abstained": 3}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ask", epilog='Example: galenic ask "Which drugs treat both asthma and COPD?"')(ask)
    app.command("parse", epilog='Example: galenic parse "Which drugs treat asthma?"')(parse)


def scope_of(release: Release, sources: list[str] | None, licences: list[str] | None) -> Scope:
    """What `--source` and `--licence` let in."""
    from galenic.questions.ask import permitted_sources
    from galenic.questions.work import Scope

    try:
        return Scope(permitted_sources(release, sources or [], licences or []))
    except ValueError as problem:
        raise UsageError(str(problem)) from problem


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    batch: Annotated[
        Path | None,
        typer.Option(help='JSON lines {"id", "question"}; answers come out as JSON lines in the same order.'),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where a batch's answers go; without it, to standard output.")
    ] = None,
    source: Sources = None,
    licence: Licences = None,
    as_json: Json = False,
) -> None:
    """Answer a question with evidence for every sentence. Exit code 3 when it cannot or must not be answered."""
    if (question is None) == (batch is None):
        raise UsageError('give one question in quotes, or --batch FILE: galenic ask "What drugs treat hypertension?"')
    with open_house() as house:
        asker, scope = house.asker, scope_of(house.release, source, licence)
        if batch is not None:
            from galenic.cli.batch import run_batch

            raise typer.Exit(
                1 if run_batch(batch, out, ("question", "text"), lambda line: _one(asker, scope, line)) else 0
            )
        answer = asker.ask(question or "", scope)
        if as_json:
            typer.echo(json.dumps(answer.to_json(), ensure_ascii=False, indent=1))
        else:
            from galenic.reports.terminal import show_answer

            show_answer(answer)
    raise typer.Exit(EXIT[answer.status])


def _one(asker: Asker, scope: Scope, line: Line) -> dict[str, Any]:
    from galenic.questions.answer import Answer

    if line.problem:
        return Answer(line.text, "failed", asker.release.id, reason="bad_line", message=line.problem).to_json()
    return asker.ask(line.text, scope).to_json()


def parse(question: Annotated[str, typer.Argument(help="The question, in quotes.")], as_json: Json = False) -> None:
    """Show how a question is understood: names, logical form and the Cypher it would run. Nothing is run."""
    from kg.logic.forms import AbstainForm
    from kg.logic.interchange import to_json
    from kg.logic.plan import plan
    from kg.logic.text import show

    with open_house() as house:
        marks, parsed = house.asker.parse(question)
    names = [
        (m.text, m.readings[0].id, m.readings[0].name, m.readings[0].category)
        if m.readings
        else (m.text, "", "unknown", "")
        for m in marks
    ]
    cypher = plan(parsed.form)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "question": question,
                    "form": show(parsed.form),
                    "tree": to_json(parsed.form),
                    "confidence": round(parsed.confidence, 4),
                    "cypher": cypher,
                    "entities": [{"mention": m, "id": i, "name": n, "category": c} for m, i, n, c in names],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for mention, identifier, name, _ in names:
            typer.echo(f"name    {mention} -> {identifier} {name}".rstrip())
        typer.echo(f"form    {show(parsed.form)}")
        for statement in cypher:
            typer.echo(f"cypher  {statement}")
        if isinstance(parsed.form, AbstainForm):
            typer.echo(f"why     {parsed.form.because}")
    raise typer.Exit(3 if isinstance(parsed.form, AbstainForm) else 0)
