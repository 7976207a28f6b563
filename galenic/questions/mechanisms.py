"""How a drug works: the mechanisms that curators recorded of it, step by step, each with its references."""

from __future__ import annotations

from galenic.questions import compose
from galenic.questions.answer import Note
from galenic.questions.wording import listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim, PassageSupport
from kg.evidence.mechanisms import Told, chain, mechanisms_of
from kg.evidence.results import PathResult, Stop
from kg.logic.forms import MechanismForm

_NAMED = 5


def explained(form: MechanismForm, work: Work) -> Outcome:
    """A path from the drug to each disease of which a mechanism is recorded, and all of its steps in words."""
    name = work.names.get(form.of.id, form.of.id)
    found = mechanisms_of(work.desk.release, form.of.id, work.permitted)
    if not found:
        who = "no source in this release" if work.permitted.sources is None else "no permitted source"
        return Outcome(f"Not recorded: {who} holds a mechanism of {name}.", (), [])
    claims = [Claim(told.text, (_quoted(told, work),)) for told in found[: compose.SHOWN]]
    results = tuple(result for told in found if (result := _path(told)) is not None)
    diseases = list(dict.fromkeys(told.mechanism.steps[-1].object_name for told in found))
    against = listed_names(diseases[:_NAMED])
    if len(diseases) > _NAMED:
        against = f"{', '.join(diseases[:_NAMED])} and {len(diseases) - _NAMED:,} more"
    mechanisms = "1 mechanism" if len(found) == 1 else f"{len(found):,} mechanisms"
    notes = [Note("shown", {"shown": len(claims), "whole": len(found), "best": False})]
    return Outcome(
        f"{mechanisms} of {name} recorded, against {against}.",
        results,
        claims,
        notes=notes if len(claims) < len(found) else [],
    )


def _path(told: Told) -> PathResult | None:
    stops = tuple(Stop(identifier, name) for identifier, name in chain(told.mechanism))
    return PathResult(stops, len(stops) - 1, " > ".join(stop.name for stop in stops)) if stops else None


def _quoted(told: Told, work: Work) -> str:
    """The passage that says a mechanism in words, as a whole."""
    source = work.desk.release.sources.get(told.source, {})
    return work.desk.quote(
        PassageSupport(
            citation=told.mechanism.citation,
            passage=told.mechanism.passage,
            section="mechanism",
            start=0,
            end=len(told.text),
            quote=told.text,
            title=told.title,
            source=source.get("infores", told.source),
        )
    )
