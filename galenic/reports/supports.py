"""What a sentence rests on, as a person reads it."""

from __future__ import annotations

from collections.abc import Sequence

from galenic.reports.details import details
from kg.evidence.claims import EdgeSupport, NodeSupport, PassageSupport, QuerySupport, Support

_PAPERS = 3


def in_words(support: Support) -> str:
    """A support in one line.

    >>> in_words(QuerySupport("sha256:0123456789abcdef", ("MATCH (n) RETURN n",)))
    'counted in release 0123456789ab'
    """
    match support:
        case EdgeSupport():
            papers = [p for p in support.publications if not p.startswith("DRUGBANK:")]
            said = details(support.attributes)
            parts = (support.source_title, support.how, *said, _papers(papers, support.retracted))
            return ", ".join(p for p in parts if p)
        case PassageSupport():
            year = f", {support.year}" if support.year else ""
            return f"{_spoken(support.citation)}{year}, {support.section}{' (RETRACTED)' if support.retracted else ''}"
        case NodeSupport():
            return f"{', '.join(support.source_titles)}: record {support.id}"
        case QuerySupport():
            return f"counted in release {support.release.removeprefix('sha256:')[:12]}"


def _papers(papers: Sequence[str], retracted: Sequence[str]) -> str:
    """The first publications and how many more; those that were retracted first, for nobody should miss that."""
    ordered = sorted(papers, key=lambda p: p not in retracted)
    cited = [f"{_spoken(p)}{' (RETRACTED)' if p in retracted else ''}" for p in ordered[:_PAPERS]]
    return ", ".join(cited) + (f" and {len(papers) - _PAPERS} more" if len(papers) > _PAPERS else "")


def _spoken(citation: str) -> str:
    return citation.replace("PMID:", "PMID ")
