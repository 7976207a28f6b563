"""`galenic link` and `galenic search`: names to identifiers, words to passages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Json, Licences, Sources, open_house, permitted_of, say, say_json
from galenic.errors import UsageError

if TYPE_CHECKING:
    from ontologies.names.linker import Candidate, NameLinker
    from retrieval.passages import Hit

Batch = Annotated[
    Path | None, typer.Option(help="A file of JSON lines; results come out as JSON lines in the same order.")
]
Out = Annotated[Path | None, typer.Option(help="Where a batch's results go; without it, to standard output.")]

# Candidates of one kind whose scores are so near that none is chosen for a person.
_NEAR = 0.02


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("link", epilog="Example: galenic link T2DM")(link)
    app.command("search", epilog='Example: galenic search "statins and dementia" --top 5')(search)


def category_named(text: str) -> str:
    """A Biolink category from what a person types: 'disease', 'Drug', 'side effect', 'biolink:Gene'; raises
    `UsageError`.
    """
    from kg.schema import schema

    wanted = text.casefold().replace("_", " ").removeprefix("biolink:").strip()
    for category, kind in schema().kinds.items():
        if wanted in {
            category.removeprefix("biolink:").casefold(),
            kind.label.casefold(),
            kind.singular,
            kind.plural,
            (kind.hetionet or "").casefold(),
        }:
            return category
    raise UsageError(f"unknown category {text!r}; known: {', '.join(k.singular for k in schema().kinds.values())}")


def identified(linker: NameLinker, text: str, category: str | None = None) -> str:
    """The identifier that a name stands for, of any kind or of one.

    Raises `UsageError` for an unknown name, and with its candidates for one that means several things of a kind alike.
    """
    found = linker.link(text, categories=[category] if category else None, limit=5)
    if not found:
        kind = f"{category.removeprefix('biolink:').lower()} of this release is called" if category else ""
        raise UsageError(f"no {kind or 'name in this release matches'} {text!r}; `galenic link` finds identifiers")
    if (
        category
        and len(found) > 1
        and found[0].score - found[1].score < _NEAR
        and found[0].degree < 2 * found[1].degree
    ):
        told = "; ".join(f"{c.name} ({c.id})" for c in found)
        raise UsageError(f"{text!r} may be any of: {told}. Give the identifier")
    return found[0].id


def _plain(found: list[Candidate]) -> list[dict[str, Any]]:
    return [{"id": c.id, "name": c.name, "category": c.category, "score": c.score, "why": c.why} for c in found]


def link(
    mention: Annotated[str | None, typer.Argument(help="A name: of a drug, disease, gene, tissue, ...")] = None,
    category: Annotated[str | None, typer.Option(help="Only this kind: drug, disease, gene, ...")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many candidates.")] = 10,
    batch: Batch = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Find the identifiers that a name may stand for, best first, and say why each matched. Exit code 3 for an unknown
    name.
    """
    if (mention is None) == (batch is None):
        raise UsageError("give one name, or --batch FILE: galenic link T2DM")
    only = [category_named(category)] if category else None
    with open_house() as house:
        linker = house.linker
        if batch is not None:
            from galenic.cli.batch import Line, run_batch

            def work(line: Line) -> dict[str, Any]:
                own = line.fields.get("category")
                kinds = [category_named(own)] if isinstance(own, str) else only
                return {
                    "candidates": _plain(linker.link(line.text, categories=kinds, limit=limit)),
                    **({"problem": line.problem} if line.problem else {}),
                }

            raise typer.Exit(1 if run_batch(batch, out, ("mention", "name", "text"), work) else 0)
        found = linker.link(mention or "", categories=only, limit=limit)
    if as_json:
        say_json({"mention": mention, "candidates": _plain(found)})
    elif found:
        from galenic.reports.terminal import show_candidates

        show_candidates(found)
    else:
        say(f"No name in this release matches {mention!r}.")
    raise typer.Exit(0 if found else 3)


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for, in quotes.")] = None,
    top: Annotated[int, typer.Option(min=1, help="At most so many passages.")] = 10,
    source: Sources = None,
    licence: Licences = None,
    since: Annotated[int | None, typer.Option(help="Only passages published in this year or later.")] = None,
    until: Annotated[int | None, typer.Option(help="Only passages published in this year or earlier.")] = None,
    mentions: Annotated[
        str | None, typer.Option(help="Only passages that name this entity (a name or an identifier).")
    ] = None,
    category: Annotated[
        str | None, typer.Option(help="Only passages that name a thing of this kind: drug, disease, gene, ...")
    ] = None,
    batch: Batch = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Find passages of the literature by words and by meaning. Exit code 3 when none fits."""
    if (query is None) == (batch is None):
        raise UsageError('give one query in quotes, or --batch FILE: galenic search "statins and dementia"')
    with open_house() as house:
        from retrieval.passages import Filters

        scope = permitted_of(house.release, source, licence)
        named = identified(house.linker, mentions) if mentions else None
        filters = Filters(scope.sources, since, until, None, named, category_named(category) if category else None)
        if batch is not None:
            from galenic.cli.batch import run_batch

            index = house.passages

            def found(text: str) -> list[dict[str, Any]]:
                return [_brief(h) for h in index.search(text, top, filters)]

            code = run_batch(
                batch,
                out,
                ("query", "question", "text", "claim"),
                lambda line: {"hits": found(line.text) if not line.problem else []},
            )
            raise typer.Exit(1 if code else 0)
        hits = house.passages.search(query or "", top, filters)
    _show(query or "", hits, as_json)
    raise typer.Exit(0 if hits else 3)


def _brief(hit: Hit) -> dict[str, Any]:
    return {"citation": hit.citation, "passage": hit.passage, "section": hit.section, "score": round(hit.score, 4)}


def _show(query: str, hits: list[Hit], as_json: bool) -> None:
    if as_json:
        rows = [
            {
                **_brief(h),
                "source": h.source,
                "title": h.title,
                "year": h.year,
                "retracted": h.retracted,
                "text": h.text,
            }
            for h in hits
        ]
        say_json({"query": query, "hits": rows})
    elif hits:
        from galenic.reports.terminal import show_hits

        show_hits(hits)
    else:
        say("No passage of this release fits.")
