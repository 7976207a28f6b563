"""How grave an interaction of two drugs is by each source, and which sources of interactions do not list the pair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from galenic.questions.answer import Note
from galenic.questions.work import Work
from kg.evidence.claims import EdgeSupport, Support
from kg.evidence.edges import EdgeHit, edges_by_id, sources_of
from kg.evidence.results import Level

RELATION = "interacts_with_drug"


def levels(supports: Mapping[str, Support], work: Work) -> list[Note]:
    """A note where an answer rests on the interaction of one pair alone: sources disagree, and none is the judge.

    Of several pairs each support says its own level.
    """
    shown = [s for s in supports.values() if isinstance(s, EdgeSupport) and s.relation == RELATION and not s.negated]
    if len({s.edge for s in shown}) != 1:
        return []
    release = work.desk.release
    (edge,) = edges_by_id(release, [shown[0].edge], work.permitted)
    told = [asdict(level) for level in told_of([edge], work)]
    others = _listing_both(edge, work) - {said.source for said in edge.assertions}
    silent = sorted({release.titles.get(source, source) for source in others} - {t["source"] for t in told})
    return [Note("levels", {"of": f"{edge.subject_name} and {edge.object_name}", "told": told, "silent": silent})]


def told_of(edges: Sequence[EdgeHit], work: Work) -> list[Level]:
    """How grave each source calls the interaction of a pair; the sources by their titles."""
    titles = work.desk.release.titles
    told = []
    for said in (s for edge in edges for s in edge.assertions):
        facts = json.loads(said.attributes or "{}")
        told.append(Level(titles.get(said.source, said.source), facts.get("level")))
    return told


def _listing_both(edge: EdgeHit, work: Work) -> frozenset[str]:
    """The sources whose silence on a pair is worth telling: they list something of both drugs, and where they say which
    drugs they looked at, one of the two is among them.
    """
    ends = (edge.subject, edge.object)
    listing = [sources_of(work.desk.release, RELATION, work.permitted, end) for end in ends]
    covering = {source for end in ends for source in work.coverage.sources(RELATION, "out", end)}
    return frozenset(s for s in listing[0] & listing[1] if s in covering or not work.coverage.looks(RELATION, s))
