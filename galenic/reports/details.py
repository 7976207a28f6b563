"""What a source says of an edge beside that it holds: a role, a level, how often, how a trial ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.evidence.amounts import percent

_MOST = 3


def details(attributes: str) -> tuple[str, ...]:
    """The attributes of an assertion as a person reads them, in a fixed order; those without a wording are left out.

    >>> details('{"role": "target", "known_action": "yes", "actions": ["inhibitor"]}')
    ('target with known action, inhibitor',)
    >>> details('{"activities": [{"type": "Ki", "unit": "pChEMBL", "value": 8.25}]}')
    ('pChEMBL 8.25 (Ki)',)
    >>> details('{"trials": [{"status": "Terminated", "phase": "Phase 2", "detail": "slow accrual"}]}')
    ('terminated, phase 2 (slow accrual)',)
    >>> details('{"frequency": {"lower": 0.05, "upper": 0.21}, "placebo": {"lower": 0.17, "upper": 0.17}}')
    ('in 5% to 21%', 'under placebo in 17%')
    >>> details('{"level": "Major", "rows": 2}')
    ('level: Major',)
    """
    said: Mapping[str, Any] = json.loads(attributes or "{}")
    parts = (_role(said), _level(said), *_frequencies(said), *_trials(said), _activity(said), _significance(said))
    return tuple(part for part in parts if part)


def _role(said: Mapping[str, Any]) -> str:
    """What a source says that a gene is to a drug: 'target with known action, inhibitor', 'enzyme, substrate'."""
    role = said.get("role", "")
    if not role:
        return ", ".join(said.get("actions", ()))
    known = " with known action" if said.get("known_action") == "yes" else ""
    return ", ".join((f"{role}{known}", *said.get("actions", ())))


def _level(said: Mapping[str, Any]) -> str:
    levels = said.get("levels") or ([said["level"]] if said.get("level") else [])
    return f"level: {' and '.join(levels)}" if levels else ""


def _frequencies(said: Mapping[str, Any]) -> list[str]:
    """'in 5% to 21%', 'under placebo in 17%', or the words of the labels where they give no number."""
    told = []
    for key, before in (("frequency", "in "), ("placebo", "under placebo in ")):
        found = said.get(key)
        if isinstance(found, Mapping):
            if "lower" not in found or found.get("worded"):
                told.append(f"{'placebo: ' if key == 'placebo' else ''}{', '.join(found['texts'][:_MOST])}")
            else:
                low, high = percent(found["lower"]), percent(found["upper"])
                told.append(f"{before}{low}" if low == high else f"{before}{low} to {high}")
    return told


def _trials(said: Mapping[str, Any]) -> list[str]:
    """'terminated, phase 2 (insufficient recruitment)', one for each trial that is told of, and how many more."""
    trials = said.get("trials", ())
    told = []
    for trial in trials[:_MOST]:
        phase = f", {trial['phase'].lower()}" if trial.get("phase") else ""
        why = f" ({trial['detail']})" if trial.get("detail") else ""
        told.append(f"{trial['status'].lower()}{phase}{why}")
    return [*told, f"{len(trials) - _MOST} more trials"] if len(trials) > _MOST else told


def _activity(said: Mapping[str, Any]) -> str:
    """The first activity, which is the strongest: 'pChEMBL 6.71 (Ki)'; with '>' the concentration is higher, not the
    logarithm.
    """
    activities = said.get("activities", ())
    if not activities:
        return ""
    first = activities[0]
    relation = f" {first['relation']}" if first.get("relation") else ""
    return f"{first['unit']} {first['value']:.3g} ({first['type']}{relation})"


def _significance(said: Mapping[str, Any]) -> str:
    return ", ".join(said.get("significance", ())[:_MOST])
