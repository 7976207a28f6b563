"""`galenic parse`: how a question is understood."""

from __future__ import annotations

from typing import Annotated

import typer

from galenic.cli.house import Exact, Json, open_house, say, say_json
from kg.logic.forms import AbstainForm, AskBackForm


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("parse", epilog='Example: galenic parse "Which drugs treat asthma?"')(parse)


def parse(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    exact: Exact = False,
    as_json: Json = False,
) -> None:
    """Show how a question is understood: names, logical form and the Cypher it would run. Nothing is run."""
    from kg.logic.interchange import to_json
    from kg.logic.plan import plan
    from kg.logic.text import show

    with open_house() as house:
        read = house.pipeline.settled(question, house.pipeline.read(question, exact=exact))
        words = house.pipeline.said(read)
    cypher = plan(read.form)
    unanswered = isinstance(read.form, (AbstainForm, AskBackForm))
    if as_json:
        found = {
            "question": question,
            "form": show(read.form),
            "tree": to_json(read.form),
            "read_as": "" if unanswered else words,
            "confidence": round(read.confidence, 4),
            "unread": list(read.unread),
            "model": read.parser,
            "cypher": cypher,
            "entities": [
                {"mention": e.mention, "id": e.id, "name": e.name, "category": e.category} for e in read.linked
            ],
        }
        say_json(found)
    else:
        for one in read.linked:
            say(f"name    {one.mention} -> {one.id} {one.name}".rstrip())
        say(f"form    {show(read.form)}")
        if not unanswered:
            say(f"words   {words}")
            say(f"sure    {read.confidence:.2f} of 1, by {read.parser}")
        if read.unread:
            say(f"unread  {', '.join(read.unread)}")
        for statement in cypher:
            say(f"cypher  {statement}")
        if isinstance(read.form, AbstainForm):
            say(f"why     {read.form.because}")
    raise typer.Exit(3 if unanswered else 0)
