"""Claims checked by rules: names, direction, negation, numbers; what a sentence says beyond its supports is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from kg.evidence.claims import Claim, EdgeSupport, NodeSupport, PassageSupport, QuerySupport
from llm.checking.edges import edges_carry
from llm.checking.records import quote_carries, record_carries
from llm.checking.statements import queries_carry
from llm.ports import Basis


class RuleVerifier:
    """Checks claims by what their supports say; `names` gives all names of a node, for sentences that use synonyms.

    Nothing here knows how a claim was worded: sentences are read back, and what was read is held against the supports.
    """

    def __init__(self, names: Callable[[str], Iterable[str]] = lambda identifier: ()) -> None:
        # Sentences of one answer speak of the same things.
        self._names = lru_cache(maxsize=1_024)(lambda identifier: tuple(names(identifier)))

    def carries(self, claim: Claim, basis: Basis) -> bool:
        """Whether every support of a claim is there, all are of one kind, and together they carry all that it says."""
        supports = [basis.supports[s] for s in claim.supports if s in basis.supports]
        if len(supports) != len(claim.supports) or len({s.kind for s in supports}) != 1:
            return False
        match supports[0]:
            case EdgeSupport():
                return edges_carry(claim.text, [s for s in supports if isinstance(s, EdgeSupport)], self._names)
            case PassageSupport():
                return any(quote_carries(claim.text, s.quote) for s in supports if isinstance(s, PassageSupport))
            case NodeSupport():
                return all(record_carries(claim.text, s) for s in supports if isinstance(s, NodeSupport))
            case QuerySupport():
                queries = [s for s in supports if isinstance(s, QuerySupport)]
                return queries_carry(claim.text, queries, basis.results, self._names)
