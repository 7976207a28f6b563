"""`galenic models`: the encoders that embed passages and questions - what there is, bring one, work with one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from galenic.cli.house import Json, open_house, say, say_json


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        no_args_is_help=True,
        help="The encoders that embed passages and questions.",
        epilog="Example: galenic models use bge-small",
    )
    group.command("list", epilog="Example: galenic models list")(listed)
    group.command("add", epilog="Example: galenic models add bge-small")(add)
    group.command("use", epilog="Example: galenic models use bge-small")(use)
    app.add_typer(group, name="models")


def listed(as_json: Json = False) -> None:
    """List the encoders: which is in use, which are there, their size and licence."""
    from retrieval.catalogue import CARDS, Wheel

    rows: list[dict[str, Any]] = []
    with open_house() as house:
        encoders = house.encoders
        for card in CARDS.values():
            there = not encoders.shelf.wrong(card)
            near = "can be made here" if encoders.shelf.at_hand(card) else "not here"
            origin = card.origin
            rows.append(
                {
                    "name": card.name,
                    "model": card.model,
                    "in use": card is encoders.card,
                    "files": "there" if there else near,
                    "size": f"{card.megabytes} MB",
                    "licence": card.licence,
                    "from": origin.distribution
                    if isinstance(origin, Wheel)
                    else f"{origin.group}:{origin.artifact}:{origin.version}",
                }
            )
    if as_json:
        say_json(rows)
        return
    from galenic.reports.terminal import show_rows

    # Where they come from is too long for a line.
    shown = [{k: v for k, v in row.items() if k != "from"} for row in rows]
    show_rows([{**row, "in use": "yes" if row["in use"] else ""} for row in shown])


def add(
    name: Annotated[str, typer.Argument(help="An encoder; `galenic models list` names them.")],
    given: Annotated[
        Path | None, typer.Option("--from", help="Take the jar from this file instead of fetching it.")
    ] = None,
) -> None:
    """Bring an encoder's files, checked by their SHA-256, into the home; it is not used for that yet."""
    with open_house() as house:
        card = house.encoders.add(name, given)
        say(f"{card.name} is there ({card.megabytes} MB, {card.licence}): {house.encoders.shelf.folder(card)}")
        if card is not house.encoders.card:
            say(f"in use is {house.encoders.card.name}; change that with `galenic models use {card.name}`")


def use(name: Annotated[str, typer.Argument(help="An encoder; `galenic models list` names them.")]) -> None:
    """Work with an encoder in this home from the next build on; its files are brought where they are not there."""
    with open_house() as house:
        card = house.encoders.use(name)
    say(f"{card.name} is in use in this home")
    say("the next `galenic build` embeds the passages with it that it has not embedded yet; search waits for that")
