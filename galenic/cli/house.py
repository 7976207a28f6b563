"""What commands share: the house of this process and the options that several of them take."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from galenic.errors import UsageError
from galenic.reports.plain import json_text, plain

if TYPE_CHECKING:
    from galenic.house import House
    from kg.evidence.permitted import Permitted
    from kg.release.release import Release

Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="Count only evidence from this source (repeatable); see `galenic sources`."),
]
Licences = Annotated[
    list[str] | None,
    typer.Option("--licence", help="Count only evidence under this licence (repeatable), or 'commercial'."),
]
Exact = Annotated[bool, typer.Option("--exact", help="Let what is named stand for itself, without its narrower terms.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def say(text: str, err: bool = False) -> None:
    """A line for the person at the terminal; nothing in it steers the terminal."""
    typer.echo(plain(text), err=err)


def say_json(value: Any) -> None:
    """A value for programs, as JSON."""
    typer.echo(json_text(value, 1))


@contextlib.contextmanager
def open_house(**more: Any) -> Iterator[House]:
    """The house of the settings, closed at the end; options of a command that were given win over the settings."""
    from galenic.house import House
    from galenic.settings import settings

    house = House(settings().model_copy(update={name: value for name, value in more.items() if value is not None}))
    try:
        yield house
    finally:
        house.close()


def permitted_of(release: Release, sources: list[str] | None, licences: list[str] | None) -> Permitted:
    """What `--source` and `--licence` let in; raises `UsageError` for what the release does not have."""
    from kg.evidence.permitted import Permitted

    try:
        return Permitted.of(release, sources or [], licences or [])
    except ValueError as problem:
        raise UsageError(str(problem)) from problem
