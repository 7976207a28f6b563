"""The composer of the box: claims are said as the facts word them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.evidence.claims import Claim, Support


class Verbatim:
    """Leaves every claim as it is."""

    def compose(self, question: str, claims: Sequence[Claim], supports: Mapping[str, Support]) -> Sequence[Claim]:
        """The claims, unchanged."""
        return claims
