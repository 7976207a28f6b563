"""What product labels say in words of a relation that no source of a release states: the section that tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from galenic.questions.work import Work
from kg.evidence.claims import Claim, PassageSupport
from kg.logic.forms import Entity, Filter, Hop, Where
from kg.sentences import sentences
from retrieval.speaking import Thing, speaking

_LABELS = "product_labels"
_MOST = 8
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a section as a passage of its own."""

    text: str
    title: str = ""
    mentions: frozenset[str] = frozenset()


def quoted(section: str, drugs: Sequence[Entity], conditions: Sequence[Entity], work: Work) -> list[Claim]:
    """Sentences of a section of labels: of these drugs (all where none is named) on these conditions, where any is.

    Where the labels of a drug name no condition that was asked about, what they say there at all is quoted.
    """
    rows = _passages(section, drugs, work)
    named = [_thing(one, work) for one in conditions]
    claims = [claim for row in rows for thing in named if (claim := _speaking(row, thing, work))]
    if not claims and (drugs or not conditions):
        claims = [_first(row, work) for row in rows]
    return claims[:_MOST]


def _passages(section: str, drugs: Sequence[Entity], work: Work) -> list[dict[str, str]]:
    release = work.desk.release
    if not work.permitted.lets_in(_LABELS):
        return []
    wanted = (pl.col("source") == _LABELS) & (pl.col("section") == section)
    if drugs:
        of = (Where(Hop("mentions", "in", drug), (Filter("source", "=", _LABELS),)) for drug in drugs)
        wanted &= pl.col("citation").is_in(sorted({label for one in of for label in work.executor.ids(one)}))
    titles = release.scan("citations").select(citation="id", title="title")
    rows = release.scan("passages").filter(wanted).select("id", "citation", "section", "text")
    found = rows.join(titles, on="citation", how="left").sort("citation", "id").collect()
    return found.to_dicts()


def _thing(entity: Entity, work: Work) -> Thing:
    names = work.desk.release.names_of_each([entity.id]).get(entity.id, ())
    said = (linked.mention for linked in work.linked if linked.id == entity.id)
    return Thing(entity.id, (*said, *names))


def _speaking(row: dict[str, str], thing: Thing, work: Work) -> Claim | None:
    """The sentence of a passage that speaks of a thing, if there is one."""
    for start, end in sentences(row["text"]):
        if speaking([_Part(row["text"][start:end])], [thing]):
            return _quote(row, start, end, work)
    return None


def _first(row: dict[str, str], work: Work) -> Claim:
    """What a section begins with, up to the end of a sentence where it is long."""
    end = 0
    for _, stop in sentences(row["text"]):
        if end and stop > _LONGEST:
            break
        end = stop
    return _quote(row, 0, end or len(row["text"]), work)


def _quote(row: dict[str, str], start: int, end: int, work: Work) -> Claim:
    text = row["text"][start:end]
    infores = work.desk.release.sources.get(_LABELS, {}).get("infores", _LABELS)
    support = PassageSupport(
        citation=row["citation"],
        passage=row["id"],
        section=row["section"],
        start=start,
        end=end,
        quote=text,
        title=row["title"] or "",
        source=infores,
    )
    return Claim(text, (work.desk.quote(support),))
