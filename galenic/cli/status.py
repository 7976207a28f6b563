"""`galenic status, doctor, down, sources, releases, export`: what is here and how it fares."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from galenic.cli.house import Json, open_house, say, say_json
from galenic.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("status", epilog="Example: galenic status")(status)
    app.command("doctor", epilog="Example: galenic doctor")(doctor)
    app.command("down", epilog="Example: galenic down")(down)
    app.command("sources", epilog="Example: galenic sources --release")(sources)
    app.command("releases", epilog="Example: galenic releases --use 9425851583222abc")(releases)
    app.command("export", epilog="Example: galenic export --kgx my-folder --layout jsonl")(export)


def status(
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage", help="How much each source covers: where it covers nothing, 'none' is 'not recorded'."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Say which release serves, what it holds and whether the graph server runs."""
    if coverage:
        _coverage(as_json)
        return
    with open_house() as house:
        release = house.release
        running = None if house.settings.graph else house.server.running()
        tables = {t: d["rows"] for t, d in release.manifest["tables"].items()}
        facts: dict[str, Any] = {
            "home": str(house.home),
            "release": release.id,
            "tables": tables,
            "sources": list(release.sources),
            "graph": house.settings.graph
            or ({"process": running.pid, "port": running.port, "release": running.release} if running else None),
        }
    if as_json:
        say_json(facts)
        return
    say(f"home     {facts['home']}")
    say(f"release  {release.id.removeprefix('sha256:')[:16]}")
    say("holds    " + ", ".join(f"{rows:,} {table}" for table, rows in tables.items()))
    say(f"sources  {', '.join(facts['sources'])}")
    say(f"graph    {_graph(facts['graph'])}")


def _coverage(as_json: bool) -> None:
    from kg.evidence.coverage import Coverage
    from kg.schema import schema

    with open_house() as house:
        totals = Coverage(house.release).totals()
    if as_json:
        say_json([asdict(t) for t in totals])
        return
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for t in totals:
        row = rows.setdefault((t.relation, t.source), {"relation": t.relation, "source": t.source, "object": ""})
        row[t.side] = f"{t.covered:,} of {t.whole:,} {schema().kind(t.category).plural}"
    columns = {"relation": "", "source": "", "subject": "", "object": ""}
    _table([{**columns, **row} for row in rows.values()], as_json)


def _graph(found: Any) -> str:
    if found is None:
        return "server not running; the next question starts it"
    return (
        found
        if isinstance(found, str)
        else f"server running, process {found['process']}, port {found['port']} on loopback"
    )


def doctor(as_json: Json = False) -> None:
    """Check packages, engine, GPU, disk, release and indexes, and say how to mend what is wrong. Exit code 1 if
    something is.
    """
    from galenic.doctor import examine

    with open_house() as house:
        checks = list(examine(house))
    if as_json:
        say(
            json.dumps([{"what": c.what, "state": c.state, "found": c.found, "mend": c.mend} for c in checks], indent=1)
        )
    else:
        from galenic.reports.terminal import show_checks

        show_checks(checks)
    raise typer.Exit(1 if any(c.state == "bad" for c in checks) else 0)


def down() -> None:
    """Stop the embedded graph server."""
    with open_house() as house:
        stopped = house.server.stop()
    say("graph server stopped" if stopped else "no graph server was running")


def sources(
    release: Annotated[
        bool,
        typer.Option(
            "--release", help="Those in the release that serves, with counts, instead of all that can be read."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """List the sources: what each reads, its licence and where it comes from."""
    rows: list[dict[str, Any]]
    if release:
        with open_house() as house:
            rows = [
                {
                    "name": s["name"],
                    "title": s["title"],
                    "version": s["version"],
                    "licence": s["licence"],
                    "counts": ", ".join(f"{n:,} {t}" for t, n in s["counts"].items()),
                    "partial": "; ".join(s["partial"]),
                }
                for s in house.release.sources.values()
            ]
    else:
        from galenic.house import SAMPLE
        from galenic.settings import settings
        from ingest.tables.own import sources_for

        folder = settings().data or SAMPLE
        rows = [
            {
                "name": s.name,
                "title": s.title,
                "licence": s.licence,
                "commercial": "yes" if s.commercial else "no",
                "reads": ", ".join(s.patterns),
                "url": s.url,
            }
            for s in (sources_for(folder) if folder.is_dir() else sources_for(SAMPLE)).values()
        ]
    _table(rows, as_json)


def releases(
    use: Annotated[str | None, typer.Option(help="Let this release serve: its name or the beginning of it.")] = None,
    as_json: Json = False,
) -> None:
    """List the releases on this machine, or go back to an earlier one."""
    with open_house() as house:
        if use:
            say(f"release {house.go_back(use).folder.name} serves now")
            return
        shelf = house.shelf
        names = shelf.names()
        serving = shelf.current().folder.name if names else ""
        rows = []
        for name in names:
            tables = json.loads((shelf.folder / name / "manifest.json").read_text("utf-8")).get("tables", {})
            sizes = {t: f"{tables[t]['rows']:,}" for t in ("nodes", "edges", "passages") if t in tables}
            rows.append({"release": name, "serves": "yes" if name == serving else "", **sizes})
    _table(rows, as_json)


def export(
    kgx: Annotated[Path | None, typer.Option(help="Write the release as KGX files into this folder.")] = None,
    layout: Annotated[str, typer.Option(help="tsv or jsonl.")] = "tsv",
    neo4j_import: Annotated[
        Path | None, typer.Option(help="Write the files that `neo4j-admin database import` reads into this folder.")
    ] = None,
) -> None:
    """Write the release that serves for other tools, without loss."""
    if (kgx is None) == (neo4j_import is None):
        raise UsageError("say what and where to: galenic export --kgx FOLDER, or galenic export --neo4j-import FOLDER")
    if layout not in ("tsv", "jsonl"):
        raise UsageError(f"unknown layout {layout!r}; known: tsv, jsonl")
    if kgx is not None:
        from kg.release.kgx import export as write

        with open_house() as house:
            for path in write(house.release, kgx, layout):
                say(str(path))
    elif neo4j_import is not None:
        _export_for_neo4j(neo4j_import)


def _export_for_neo4j(folder: Path) -> None:
    from kg.stores.neo4j_export import command
    from kg.stores.neo4j_export import export as write

    with open_house() as house:
        database = house.settings.graph_database
        for path in write(house.release, folder, database):
            say(str(path))
    say(f"\nWith Neo4j stopped, in {folder} (or: sh {folder / 'import.sh'}):\n  {command(database)}")
    say(f"Then start Neo4j and make the indexes:\n  cypher-shell -d {database} -f {folder / 'indexes.cypher'}")


def _table(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        say_json(rows)
    elif rows:
        from galenic.reports.terminal import show_rows

        show_rows(rows)
    else:
        say("none")
