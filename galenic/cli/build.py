"""`galenic build`: sources to release, graph database and indexes."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.cli.house import Json, open_house, say_json
from galenic.errors import UsageError

if TYPE_CHECKING:
    from galenic.house import Made
    from ingest.build import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("build", epilog="Example: galenic build --data ../my-data")(build)


def build(
    config: Annotated[
        Path | None, typer.Argument(help="A TOML file with the keys data, sources, licences and [options.SOURCE].")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of source files; without it, the setting `data`, else the shipped sample."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="Only this source (repeatable); by default all that find files."),
    ] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", help="Only sources under this licence (repeatable), or 'commercial'."),
    ] = None,
    graph: Annotated[
        str | None,
        typer.Option(help="Load this Neo4j (bolt://host:7687) instead of the embedded engine; the setting `graph`."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Merge anew even if nothing changed.")] = False,
    as_json: Json = False,
) -> None:
    """Build the release, the graph database and the indexes. What did not change is not built again."""
    started = time.perf_counter()
    with open_house(graph=graph) as house:
        plan = plan_of(config, data or house.settings.data, source or [], licence or [])
        progress = _progress(started)
        made = house.build(plan, progress, force=force)
        if house.settings.parser != "rules":
            # Done now and once, so that no first question waits for it.
            progress("parser", "ready to read")
            _ = house.models
    if as_json:
        say_json(summary(made))
        return
    from galenic.reports.terminal import show_build

    show_build(summary(made), time.perf_counter() - started)


def plan_of(config: Path | None, data: Path | None, sources: list[str], licences: list[str]) -> Plan:
    """The plan of a configuration file and the options of the command line, which win; raises `UsageError`."""
    from galenic.house import SAMPLE
    from ingest.build import Plan

    raw: dict[str, Any] = _config(config) if config else {}
    unknown = set(raw) - {"data", "sources", "licences", "options"}
    if unknown:
        raise UsageError(f"{config}: unknown key {', '.join(sorted(unknown))}; known: data, sources, licences, options")
    own = Path(raw["data"]) if "data" in raw else None
    if own is not None and config is not None and not own.is_absolute():
        own = config.parent / own
    folder = data or own or SAMPLE
    return Plan(
        folder,
        tuple(sources or raw.get("sources", ())),
        tuple(licences or raw.get("licences", ())),
        raw.get("options", {}),
    )


def _config(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}; give a TOML file, see configs/") from problem
    except (ValueError, UnicodeDecodeError) as problem:
        raise UsageError(f"{path}: no TOML ({problem})") from problem


def _progress(started: float) -> Any:
    """Progress on standard error: one line that renews itself on a terminal, a line a step elsewhere."""
    live = sys.stderr.isatty()
    last: list[Any] = [0.0, ""]

    def show(what: str, state: str) -> None:
        now = time.perf_counter()
        line = f"{now - started:6.1f} s  {what}: {state}"
        if live:
            sys.stderr.write(f"\r\x1b[K{line}")
        elif what != last[1] or now - last[0] > 10:
            sys.stderr.write(line + "\n")
            last[:] = [now, what]
        sys.stderr.flush()

    return show


def summary(made: Made) -> dict[str, Any]:
    """A build as plain values."""
    manifest = made.release.manifest
    return {
        "release": made.release.id,
        "changed": made.changed,
        "tables": {t: d["rows"] for t, d in manifest["tables"].items()},
        "sources": [
            {
                "name": s["name"],
                "title": s["title"],
                "version": s["version"],
                "licence": s["licence"],
                "counts": s["counts"],
                "quarantined": s["merge"].get("quarantined", 0),
                "partial": s["partial"],
            }
            for s in manifest["sources"]
        ],
        "joined": manifest["joined"],
        "absent": list(made.absent),
        "passages": made.passages,
        "seconds": {k: round(v, 2) for k, v in made.seconds.items()},
    }
