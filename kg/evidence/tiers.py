"""How good evidence is, in numbers and in words: the tiers from 1 (guideline) to 7 (prediction)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.records import AgentType, KnowledgeLevel


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier: `name` marks evidence of it, `kind` stands before the word evidence, `words` mean it in a question."""

    number: int
    name: str
    kind: str
    words: tuple[str, ...]


_TIERS = (
    Tier(1, "guideline or label", "guideline or label", ("guideline", "guidelines", "label", "labels", "labelled")),
    Tier(2, "curated", "curated", ("curated",)),
    Tier(3, "trial or meta-analysis", "trial", ("trial", "trials", "meta-analysis", "meta-analyses")),
    Tier(4, "observational", "observational", ("observational",)),
    Tier(5, "text-mined", "text-mined", ("text-mined", "mined")),
    Tier(6, "spontaneous reports", "spontaneous-report", ("spontaneous",)),
    Tier(7, "prediction", "predicted", ("predicted", "predictions")),
)
TIERS: Mapping[int, Tier] = MappingProxyType({t.number: t for t in _TIERS})
# What the knowledge level says better than these tiers do; a label, a trial, reports and predictions say it themselves.
_LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "statistical_association": "statistical association",
        "logical_entailment": "computed",
        "not_provided": "kind of evidence not recorded",
    }
)
_SAID_BY_LEVEL = (2, 4, 5)


def how(tier: int, level: str = "") -> str:
    """A piece of evidence in words, by its tier and knowledge level.

    >>> how(2), how(4, "statistical_association"), how(1, "not_provided")
    ('curated', 'statistical association', 'guideline or label')
    """
    return _LEVELS[level] if tier in _SAID_BY_LEVEL and level in _LEVELS else TIERS[tier].name


def usual_tier(level: KnowledgeLevel, agent: AgentType) -> int:
    """The tier of what a source says without naming one, by how it came to know.

    A statistic is no better than observational, and text-mined where it counts mentions; what a model says is a
    prediction; what nobody says the origin of is no better than text-mined. Only what is asserted is curated.

    >>> usual_tier("knowledge_assertion", "manual_agent"), usual_tier("statistical_association", "text_mining_agent")
    (2, 5)
    """
    if level == "prediction" or agent == "computational_model":
        return 7
    if agent == "text_mining_agent" or (level == "not_provided" and agent != "manual_agent"):
        return 5
    if level in ("statistical_association", "observation") or agent == "data_analysis_pipeline":
        return 4
    return 2
