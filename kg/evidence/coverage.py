"""Which things the sources of a release cover for a relation: of them alone 'none' is known; of others it is not
recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import polars as pl

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.records import Side
from kg.release.release import Release
from kg.schema import schema
from kg.schema.relations import ANY, Direction


@dataclass(frozen=True, slots=True)
class Total:
    """How many of all things of a kind (a Biolink category) a source covers on one side of a relation."""

    relation: str
    source: str
    side: Side
    category: str
    covered: int
    whole: int


class Coverage:
    """The coverage of a release. A relation's table is read when it is first asked for and kept.

    How whole the sources themselves are is another question: `kg.evidence.shortfalls` answers it.
    """

    def __init__(self, release: Release) -> None:
        self._release = release
        self._tables: dict[tuple[str, Side], pl.DataFrame] = {}

    def covered(
        self, relation: str, direction: Direction, ids: Collection[str], permitted: Permitted = ALL_SOURCES
    ) -> frozenset[str]:
        """Those of the identifiers of which a permitted source knows all neighbours, be there any or none.

        The direction is that of a hop that starts from them: 'out' when they are subjects whose objects are looked
        at, 'in' when they are objects. Raises `SchemaError` for an unknown relation.
        """
        if not ids:
            return frozenset()
        rows = self._table(relation, direction, permitted).filter(pl.col("entity").is_in(list(ids)))
        return frozenset(rows["entity"].to_list())

    def extent(self, relation: str, direction: Direction, permitted: Permitted = ALL_SOURCES) -> int:
        """How many things are covered on the side from which a hop starts: among so many 'only' and 'every' were looked
        for when the hop is walked back.
        """
        return self._table(relation, direction, permitted)["entity"].n_unique()

    def sources(self, relation: str, direction: Direction, identifier: str) -> tuple[str, ...]:
        """The sources that cover a thing, in alphabetical order; none where its neighbours are not recorded."""
        rows = self._table(relation, direction).filter(pl.col("entity") == identifier)
        return tuple(sorted(rows["source"].to_list()))

    def looks(self, relation: str, source: str) -> bool:
        """Whether a source covers anything at all for a relation, as a subject or as an object."""
        return any(source in self._table(relation, direction)["source"] for direction in ("out", "in"))

    def totals(self) -> list[Total]:
        """How much each source covers, by relation in the order of the schema, then by source and side.

        Only things of the kind that the relation wants are counted, not those that stand in for them.
        """
        nodes = self._release.scan("nodes").select(entity="id", category="category")
        kinds: dict[str, int] = dict(nodes.group_by("category").len().collect().iter_rows())
        rows = self._release.scan("coverage").join(nodes, on="entity")
        counted = rows.group_by("relation", "source", "side", "category").len().collect()
        counts: dict[tuple[str, str, Side], dict[str, int]] = {}
        for name, source, side, category, number in counted.iter_rows():
            counts.setdefault((name, source, side), {})[category] = number
        return sorted((_total(*of, numbers, kinds) for of, numbers in counts.items()), key=_in_order)

    def _table(self, relation: str, direction: Direction, permitted: Permitted = ALL_SOURCES) -> pl.DataFrame:
        """Columns entity and source of what is covered on the side from which a hop starts."""
        symmetric = schema().relation(relation).symmetric
        side: Side = "subject" if direction == "out" or symmetric else "object"
        if (relation, side) not in self._tables:
            wanted = (pl.col("relation") == relation) & (pl.col("side") == side)
            self._tables[relation, side] = (
                self._release.scan("coverage").filter(wanted).drop("relation", "side").collect()
            )
        rows = self._tables[relation, side]
        return rows if permitted.sources is None else rows.filter(pl.col("source").is_in(list(permitted.sources)))


def _total(name: str, source: str, side: Side, covered: Mapping[str, int], kinds: Mapping[str, int]) -> Total:
    relation = schema().relation(name)
    category = relation.subject if side == "subject" else relation.object
    if category == ANY:
        return Total(name, source, side, category, sum(covered.values()), sum(kinds.values()))
    return Total(name, source, side, category, covered.get(category, 0), kinds.get(category, 0))


def _in_order(total: Total) -> tuple[int, str, bool]:
    return (list(schema().relations).index(total.relation), total.source, total.side == "object")
