"""Questions to the literature: the passages that fit, each with the sentence that says most."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from galenic.questions import compose
from galenic.questions.answer import Answer, Claim, Result
from galenic.questions.supports import Desk
from galenic.questions.verify import verify
from kg.logic.forms import LiteratureForm
from kg.release.release import Release
from retrieval.lexical import terms
from retrieval.passages import Filters, Hit, PassageIndex

_PASSAGES = 8
# Below this share of the question's own content words in title and passage, a hit is near in meaning at best.
_OVERLAP = 0.34


def answer(
    blank: Answer,
    form: LiteratureForm,
    index: PassageIndex,
    release: Release,
    sources: Collection[str] | None,
    names: Mapping[str, str],
) -> Answer:
    """Quoted sentences from the best passages; abstains when none speaks of what was asked."""
    query = re.sub(r"[?!]+$", "", form.text).strip()
    hits = index.search(query, 40, Filters(sources=sources) if sources is not None else None)
    wanted = set(terms(query))
    mentioned = [set(terms(names[e])) for e in form.entities if e in names]
    fitting = [h for h in hits if _fits(h, wanted, mentioned)]
    if not fitting:
        message = "No passage of this release speaks of it." if len(index) else "This release holds no passages."
        return replace(blank, status="abstained", reason="no_evidence", message=message)
    desk = Desk(release)
    claims, seen = [], dict[str, Hit]()
    for hit in fitting:
        if hit.citation in seen or len(seen) >= _PASSAGES:
            continue
        seen[hit.citation] = hit
        start, end = compose.best_sentence(hit.text, wanted)
        quote = hit.text[start:end]
        support = {
            "citation": hit.citation,
            "passage": hit.passage,
            "section": hit.section,
            "start": start,
            "end": end,
            "quote": quote,
            "title": hit.title,
            "year": hit.year,
            "retracted": hit.retracted,
            "source": release.sources.get(hit.source, {}).get("infores", hit.source),
            "score": round(hit.score, 4),
        }
        claims.append(Claim(quote, (desk.passage(support),), score=round(hit.score, 4)))
    kept, dropped = verify(claims, desk.supports)
    retracted = [h.citation for h in seen.values() if h.retracted]
    notes = (f"Retracted: {', '.join(retracted)}. Do not rely on it.",) if retracted else ()
    results = tuple(Result(h.citation, h.title, round(h.score, 4)) for h in seen.values())
    message = f"{len(seen)} document{'s' if len(seen) > 1 else ''} speak{'' if len(seen) > 1 else 's'} of it; the sentences that fit best are quoted."  # noqa: E501
    return replace(
        blank, message=message, results=results, claims=kept, supports=desk.supports, dropped=dropped, notes=notes
    )


def _fits(hit: Hit, wanted: set[str], mentioned: list[set[str]]) -> bool:
    """Whether a passage has enough of the question's words, and every named thing's last word at least."""
    have = set(terms(f"{hit.title} {hit.text}"))
    share = len(have & wanted) / max(len(wanted), 1)
    return share >= _OVERLAP and all(not name or name & have for name in mentioned)
