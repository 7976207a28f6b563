"""`galenic cypher`: one safe, read-only query."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from galenic.cli.house import Json, Licences, Sources, open_house, permitted_of, say, say_json
from galenic.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "cypher",
        epilog=(
            "Example: galenic cypher \"MATCH (d:Drug)-[:TREATS]->(x:Disease {id: 'DOID:10763'}) RETURN d.name LIMIT 5\""
        ),
    )(cypher)


def cypher(
    query: Annotated[str, typer.Argument(help="A query that only reads, in quotes.")],
    parameter: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", help="NAME=VALUE for $NAME (repeatable); VALUE is JSON or plain text."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=1_000_000, help="Refuse results of more rows than this.")] = 10_000,
    source: Sources = None,
    licence: Licences = None,
    as_json: Json = False,
) -> None:
    """Run one read-only Cypher query, checked against the schema. With --source or --licence the query must use the
    list $sources.
    """
    from kg.cypher.safe import SafeCypher, check

    bound = _bound(parameter or [])
    asked = check(query, bound).parameters
    with open_house() as house:
        scope = permitted_of(house.release, source, licence)
        if scope.sources is not None:
            if "sources" not in asked:
                raise UsageError(
                    "with --source or --licence, filter by it in the query: WHERE any(s IN r.sources WHERE s IN "
                    "$sources)"
                )
            bound["sources"] = sorted(scope.sources)
        if missing := asked - set(bound):
            raise UsageError(f"the query needs --param {' --param '.join(f'{m}=...' for m in sorted(missing))}")
        found = SafeCypher(house.cypher_store, house.sizes).run(query, bound, rows)
    if as_json:
        say_json({"rows": found.rows, "cypher": found.cypher, "notes": found.notes})
    else:
        from galenic.reports.terminal import show_rows

        show_rows(found.rows)
        for note in found.notes:
            say(f"note: {note}", err=True)


def _bound(parameters: list[str]) -> dict[str, Any]:
    from galenic.explore.reading import value_of

    bound: dict[str, Any] = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"--param {text!r}: write NAME=VALUE")
        bound[name] = value_of(name, value)
    return bound
