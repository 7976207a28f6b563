"""Evidence in words: no statistic, prediction or unknown origin is ever called curated."""

from __future__ import annotations

from typing import get_args

import pytest

from kg.evidence.tiers import TIERS, how, usual_tier
from kg.records import AgentType, KnowledgeLevel


def test_every_tier_has_its_own_words() -> None:
    assert list(TIERS) == list(range(1, 8))
    words = [word for tier in TIERS.values() for word in tier.words]
    assert len(words) == len(set(words)) and all(tier.words for tier in TIERS.values())


@pytest.mark.parametrize("level", get_args(KnowledgeLevel))
@pytest.mark.parametrize("agent", get_args(AgentType))
def test_only_what_is_asserted_is_curated(level: KnowledgeLevel, agent: AgentType) -> None:
    tier = usual_tier(level, agent)
    if how(tier, level) == "curated":
        assert level == "knowledge_assertion"
        assert agent in ("manual_agent", "automated_agent", "not_provided")


def test_a_label_a_trial_reports_and_predictions_say_what_they_are_whatever_the_level() -> None:
    for tier in (1, 3, 6, 7):
        assert {how(tier, level) for level in get_args(KnowledgeLevel)} == {TIERS[tier].name}
