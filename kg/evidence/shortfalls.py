"""What the sources of a release leave out of a relation: where they hold a part, and which lists they cut."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import Direction


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a source leaves out of a relation: `because` of a part, or at most so many `kept` for each thing."""

    source: str
    relation: str
    because: str = ""
    most: int = 0
    kept: str = ""
    of: str = ""


def shortfalls(release: Release, relations: Iterable[str], ids: Collection[str] = ()) -> list[Shortfall]:
    """One for each source that holds only a part of one of the relations, or cuts its lists.

    `ids` are the things that are asked about: where their own lists are shorter than the cut, nothing is cut. Rests on
    what the manifest keeps of a source: `partial` (relation: why) and `capped` (relation: direction, number).
    """
    wanted = dict.fromkeys(relations)
    shortages = []
    for name, source in release.sources.items():
        for relation, why in source.get("partial", {}).items():
            if relation in wanted:
                shortages.append(Shortfall(source["title"], relation, why))
        for relation, (direction, most) in source.get("capped", {}).items():
            if relation in wanted and not _whole(release, name, (relation, direction, most), ids):
                of = schema().kind(schema().relation(relation).source(direction)).singular
                kept = schema().kind(schema().relation(relation).target(direction)).plural
                shortages.append(Shortfall(source["title"], relation, "", most, kept, of))
    return shortages


def _whole(release: Release, source: str, cut: tuple[str, Direction, int], ids: Collection[str]) -> bool:
    """Whether some of these things have a list, and every list is shorter than the cut."""
    relation, direction, most = cut
    end = "subject" if direction == "out" else "object"
    here = (pl.col("relation") == relation) & pl.col(end).is_in(list(ids)) & pl.col("sources").list.contains(source)
    lengths = release.scan("edges").filter(here).group_by(end).len().collect() if ids else pl.DataFrame()
    return not lengths.is_empty() and lengths.filter(pl.col("len") >= most).is_empty()
