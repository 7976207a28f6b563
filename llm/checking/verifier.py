"""Claims checked by rules: names, direction, negation, numbers; what a sentence says beyond its supports is refused.

Sentences of free wording go to a trained model where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from kg.evidence.claims import Claim, EdgeSupport, NodeSupport, PassageSupport, QuerySupport, Support
from llm.checking.edges import edges_carry, edges_refute
from llm.checking.free import FreeVerifier
from llm.checking.records import quote_carries, record_carries
from llm.checking.statements import queries_carry
from llm.ports import Basis


class RuleVerifier:
    """Checks claims by what their supports say; `names` gives all names of a node, for sentences that use synonyms.

    Nothing here knows how a claim was worded: sentences are read back, and what was read is held against the supports.
    """

    def __init__(self, names: Callable[[str], Iterable[str]] = lambda identifier: ()) -> None:
        # Sentences of one answer speak of the same things.
        self.names = lru_cache(maxsize=1_024)(lambda identifier: tuple(names(identifier)))

    def carries(self, claim: Claim, basis: Basis) -> bool:
        """Whether every support of a claim is there, all are of one kind, and together they carry all that it says."""
        supports = _supports(claim, basis)
        if not supports:
            return False
        match supports[0]:
            case EdgeSupport():
                return edges_carry(claim.text, [s for s in supports if isinstance(s, EdgeSupport)], self.names)
            case PassageSupport():
                return any(quote_carries(claim.text, s.quote) for s in supports if isinstance(s, PassageSupport))
            case NodeSupport():
                return all(record_carries(claim.text, s) for s in supports if isinstance(s, NodeSupport))
            case QuerySupport():
                queries = [s for s in supports if isinstance(s, QuerySupport)]
                return queries_carry(claim.text, queries, basis.results, self.names)


class FreeWording:
    """Rules first; a sentence on edges that no rule reads is left to a verifier of free wording.

    What the rules read and do not find stays refused, and so does what rests on anything but edges.
    """

    def __init__(self, rules: RuleVerifier, free: FreeVerifier) -> None:
        self.rules, self.free = rules, free

    def carries(self, claim: Claim, basis: Basis) -> bool:
        """Whether the rules carry a claim, or do not read it and the free verifier is sure."""
        if self.rules.carries(claim, basis):
            return True
        supports = _supports(claim, basis)
        edges = [s for s in supports if isinstance(s, EdgeSupport)]
        if not edges or len(edges) != len(supports):
            return False
        return not edges_refute(claim.text, edges, self.rules.names) and self.free.carries(claim.text, edges)


def _supports(claim: Claim, basis: Basis) -> list[Support]:
    """The supports that a claim names; none unless all are there and of one kind."""
    supports = [basis.supports[s] for s in claim.supports if s in basis.supports]
    whole = len(supports) == len(claim.supports) and len({s.kind for s in supports}) == 1
    return supports if whole else []
