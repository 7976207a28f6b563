"""`galenic audit`: what is wrong, doubtful or worth knowing in the release that serves."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from galenic.cli.house import Json, open_house, say, say_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", epilog="Example: galenic audit --coverage")(audit)


def audit(
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Also count edges by source, and things with any.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the release that serves. Exit code 1 when there is an error; warnings and notes do not fail.

    Each finding has a code that stays the same from version to version; docs/reference/audit.md explains them.
    """
    from kg.release.audit import audit as examine
    from kg.release.audit import coverage as covered
    from kg.release.audit import covered_things

    with open_house() as house:
        findings = list(examine(house.release))
        rows = covered(house.release) if coverage else []
        things = covered_things(house.release) if coverage else {}
        release = house.release.id
    failed = any(f.severity == "error" for f in findings)
    if as_json:
        table = [{"relation": r, "source": s, "edges": n} for r, s, n in rows]
        told = {"release": release, "clean": not failed, "findings": [asdict(f) for f in findings]}
        say_json({**told, "coverage": table, "things": things} if coverage else told)
    else:
        for finding in findings:
            say(f"{finding.severity:8} {finding.code:26} {finding.count:>10,}  {finding.what}")
            for example in finding.examples:
                say(f"{'':47}{example}")
        say("no errors" if not failed else "there are errors")
        for relation, source, number in rows:
            say(f"{relation:38} {source:28} {number:>10,}")
        for category, counted in things.items():
            for relation, number in sorted(counted.items()):
                say(f"{category.removeprefix('biolink:'):20} with any {relation:38} {number:>10,}")
    if failed:
        raise typer.Exit(1)
