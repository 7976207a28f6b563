"""The supports of one answer, under the short names by which its claims cite them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.evidence.claims import EdgeSupport, NodeSupport, PassageSupport, QuerySupport, Support
from kg.evidence.edges import Assertion, EdgeHit
from kg.evidence.tiers import how
from kg.logic.forms import CountForm, Form
from kg.logic.naming import named_in
from kg.logic.text import show
from kg.release.release import Release
from kg.stores.reads import Row
from retrieval.passages import Hit

MOST_SOURCES = 3


class Desk:
    """Collects supports: e1, e2 for edges, c1, c2 for passages, n1 for nodes, q1 for the queries themselves."""

    def __init__(self, release: Release, form: Form, names: Mapping[str, str]) -> None:
        """`form` is what is answered, `names` are those of the things and sources in it."""
        self.release, self.form, self.things = release, show(form), _called(form, names)
        self._supports: dict[str, Support] = {}
        self._names: dict[tuple[str, str], str] = {}

    def _add(self, letter: str, key: str, support: Support) -> str:
        known = self._names.get((letter, key))
        if known:
            return known
        name = f"{letter}{1 + sum(1 for kind, _ in self._names if kind == letter)}"
        self._names[(letter, key)] = name
        self._supports[name] = support
        return name

    def edge(self, hit: EdgeHit) -> tuple[str, ...]:
        """One support for each of the best sources that say the edge, best first, then those of the is-a edges by which
        it answers.
        """
        return tuple(
            self._add("e", f"{edge.id}/{a.source}/{n}", self._edge(edge, a))
            for edge in hit.edges()
            for n, a in enumerate(edge.assertions[:MOST_SOURCES])
        )

    def _edge(self, hit: EdgeHit, said: Assertion) -> EdgeSupport:
        source = self.release.sources.get(said.source, {})
        return EdgeSupport(
            edge=hit.id,
            subject=hit.subject,
            subject_name=hit.subject_name,
            predicate=hit.relation.predicate,
            relation=hit.relation.name,
            object=hit.object,
            object_name=hit.object_name,
            negated=hit.negated,
            source=source.get("infores", said.source),
            source_title=source.get("title", said.source),
            version=source.get("version", ""),
            url=source.get("url", ""),
            tier=said.tier,
            how=how(said.tier, said.knowledge_level),
            licence=said.licence or source.get("licence", ""),
            publications=said.publications,
            attributes=said.attributes,
        )

    def passage(self, hit: Hit, start: int, end: int) -> str:
        """A quoted stretch of a passage."""
        infores = self.release.sources.get(hit.source, {}).get("infores", hit.source)
        support = PassageSupport(
            citation=hit.citation,
            passage=hit.passage,
            section=hit.section,
            start=start,
            end=end,
            quote=hit.text[start:end],
            title=hit.title,
            year=hit.year,
            retracted=hit.retracted,
            source=infores,
            score=round(hit.score, 4),
        )
        return self._add("c", f"{hit.passage}/{start}", support)

    def quote(self, support: PassageSupport) -> str:
        """A passage that was found otherwise than by searching, as a whole."""
        return self._add("c", f"{support.passage}/{support.start}", support)

    def title(self, name: str) -> str:
        """The title of the document of a quoted passage, or its citation where it has none."""
        support = self._supports[name]
        return (support.title.rstrip(".") or support.citation) if isinstance(support, PassageSupport) else ""

    def node(self, row: Row, facts: Mapping[str, str]) -> str:
        """A node's own record, with the values that are told of it."""
        titles = tuple(self.release.sources.get(s, {}).get("title", s) for s in row["sources"])
        support = NodeSupport(
            row["id"],
            row["name"],
            row["category"],
            tuple(row["sources"]),
            titles,
            tuple(row["synonyms"] or ()),
            dict(facts),
        )
        return self._add("n", row["id"], support)

    def query(self, cypher: Sequence[str]) -> str:
        """The queries themselves: what counts, comparisons and 'none recorded' rest on."""
        return self._add("q", "query", QuerySupport(self.release.id, tuple(cypher), self.form, self.things))

    def total(self, cypher: Sequence[str], form: CountForm, names: Mapping[str, str], count: int) -> str:
        """A query that counted something else than the answer's results."""
        said = show(form)
        return self._add("q", said, QuerySupport(self.release.id, tuple(cypher), said, _called(form, names), count))

    def supports(self) -> dict[str, Support]:
        """All supports by name; publications that were retracted are marked."""
        cited = {p for s in self._supports.values() if isinstance(s, EdgeSupport) for p in s.publications}
        retracted = self.release.retracted(cited)
        if not retracted:
            return dict(self._supports)
        return {
            name: replace(s, retracted=tuple(p for p in s.publications if p in retracted))
            if isinstance(s, EdgeSupport)
            else s
            for name, s in self._supports.items()
        }


def _called(form: Form, names: Mapping[str, str]) -> tuple[str, ...]:
    """What the things and sources in a form are called."""
    return tuple(names.get(one, one) for one in named_in(form))
