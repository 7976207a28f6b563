"""Questions to the literature: the passages that speak of what was asked, each with the sentence that says most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from galenic.questions.answer import Note
from galenic.questions.topics import CONDITIONS, Topic, has, puts, starts_of, topic_of
from galenic.questions.wording import listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.results import Found
from kg.logic.forms import Entity, LiteratureForm
from kg.sentences import sentences
from retrieval.lexical import terms
from retrieval.passages import Filters, Hit, PassageIndex
from retrieval.speaking import Thing, speaking

_PASSAGES, _NEAREST = 8, 3
# How many passages are looked at: those that hold the words of every thing, more where none of these speaks of them,
# and those that search ranks first.
_HOLDING, _ALL_HOLDING, _RANKED = 60, 200, 30
# The least share of its words that a passage has which speaks of a question that names one thing, or none.
_BESIDE_ONE, _ALONE = 0.5, 0.7
# What a passage gains that has all the words beside the things, on the scale of the search's score.
_WORDS_WEIGH = 0.3
_LEVELS, _MOST_NARROWER = 3, 200


class _Shelf:
    """Where passages are looked for: an index, of some sources or all."""

    def __init__(self, index: PassageIndex, sources: Collection[str] | None, topic: Topic) -> None:
        self.index, self.sources, self.topic = index, sources, topic
        self._ranked = index.search(topic.query, _RANKED, Filters(sources=sources))

    def speaking(
        self, things: Sequence[Thing], described: Sequence[Thing] = (), depth: int = _HOLDING
    ) -> Iterator[Hit]:
        """The passages that speak of all things, one of each document, best first; of those described, in any words.

        Of the passages that hold the words of a name of each thing, `depth` are looked at.
        """
        # Search alone would miss papers that it ranks low; words alone those that write a name in another way.
        holding = self.index.search(self.topic.query, depth, Filters(sources=self.sources, things=things))
        shares = {h: self.topic.share(h) for h in {h.passage: h for h in (*self._ranked, *holding)}.values()}
        number = len(things) + len(described)
        least = 0.0 if number > 1 or not self.topic.words else _BESIDE_ONE if number else _ALONE
        seen: set[str] = set()
        for hit in sorted(shares, key=lambda h: (-h.score - _WORDS_WEIGH * shares[h], h.passage)):
            if hit.citation not in seen and shares[hit] >= least and _speaks(hit, things, described):
                seen.add(hit.citation)
                yield hit


def _speaks(hit: Hit, things: Sequence[Thing], described: Sequence[Thing]) -> bool:
    return bool(speaking([hit], things)) and all(
        speaking([hit], [t]) or puts(f"{hit.title}\n{hit.text}", t.names[0]) for t in described
    )


def quoted(form: LiteratureForm, work: Work, index: PassageIndex) -> Outcome:
    """Quoted sentences from the best passages that speak of all that was asked; abstains when there is none."""
    if not len(index):
        return Outcome("This release holds no passages.", reason="no_evidence")
    topic = topic_of(form, work, index)
    shelf = _Shelf(index, work.permitted.sources, topic)
    if strange := [w for w in topic.strange if not all(map(index.knows, starts_of(w)))]:
        message = f"No name in this release and no passage matches {', '.join(strange)}."
        return Outcome(message, reason="unknown_name")
    things, fitting = _widened(shelf, work)
    if not fitting:
        return _none(shelf)
    claims, chosen = [], dict[str, Hit]()
    for hit in fitting:
        chosen[hit.citation] = hit
        start, end = _best_sentence(hit, things, topic.words)
        claims.append(Claim(hit.text[start:end], (work.desk.passage(hit, start, end),), score=round(hit.score, 4)))
    retracted = [h.citation for h in chosen.values() if h.retracted]
    notes = [Note("retracted", {"citations": retracted})] if retracted else []
    results = tuple(Found(h.citation, h.title, round(h.score, 4)) for h in chosen.values())
    documents = "1 document speaks" if len(chosen) == 1 else f"{len(chosen)} documents speak"
    missing = [w for w in topic.words if not any(has(terms(f"{h.title} {h.text}"), w) for h in fitting)]
    words = "word" if len(missing) == 1 else "words"
    but = f", though none has the {words} {listed_names(missing, 'or')}" if missing else ""
    return Outcome(f"{documents} of it{but}; the sentences that fit best are quoted.", results, claims, notes=notes)


def _widened(shelf: _Shelf, work: Work) -> tuple[Sequence[Thing], list[Hit]]:
    """The best passages and the things that they speak of: as named, else by narrower names, else in other words."""
    things: Sequence[Thing] = shelf.topic.things
    fitting: list[Hit] = []
    for depth in (_HOLDING, _ALL_HOLDING):
        fitting = fitting or list(islice(shelf.speaking(things, depth=depth), _PASSAGES))
    if not fitting and any(t.id for t in things):
        things = _with_narrower(things, work, shelf.index)
        fitting = list(islice(shelf.speaking(things), _PASSAGES))
    described = [t for t in things if t.id in shelf.topic.described]
    if not fitting and 0 < len(described) < len(things):
        fitting = list(islice(shelf.speaking([t for t in things if t not in described], described), _PASSAGES))
    return things, fitting


def _with_narrower(things: Sequence[Thing], work: Work, index: PassageIndex) -> list[Thing]:
    """The things with the names of their kinds: who writes of a kind of liver cancer writes of liver cancer."""
    conditions = {linked.id: linked.category for linked in work.linked if linked.category in CONDITIONS}
    widened = []
    for thing in things:
        under: list[str] = []
        if thing.id in conditions:
            terms = work.executor.under(Entity(thing.id, conditions[thing.id]))
            under = [term for term in terms.up if len(terms.way(term)) <= _LEVELS + 1]
        names = work.desk.release.names_of_each(under[:_MOST_NARROWER]) if under else {}
        added = (n for of_one in names.values() for n in of_one if index.holds(n))
        widened.append(replace(thing, names=(*thing.names, *added)))
    return widened


def _none(shelf: _Shelf) -> Outcome:
    """That no passage speaks of all that was asked, and which speak of the most of it."""
    things = shelf.topic.things
    if len(things) < 2:
        return Outcome("No passage of this release speaks of it.", reason="no_evidence")
    every = "both" if len(things) == 2 else "all of"
    message = f"No passage of this release speaks of {every} {_named(things)}."
    parts = []
    for left in range(len(things)):
        of = [t for n, t in enumerate(things) if n != left]
        near = list(islice(shelf.speaking(of), _NEAREST))
        if near:
            parts.append(f"{_named(of)} alone: {', '.join(h.citation for h in near)}")
    nearest = f" Nearest are those on {'; on '.join(parts)}." if parts else ""
    return Outcome(message + nearest, reason="no_evidence")


def _named(things: Sequence[Thing]) -> str:
    """Things as the question words them."""
    return listed_names([t.names[0] for t in things])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as a passage of its own."""

    text: str
    title: str = ""
    mentions: frozenset[str] = frozenset()


def _best_sentence(hit: Hit, things: Sequence[Thing], words: Sequence[str]) -> tuple[int, int]:
    """Offsets of the sentence of a passage that speaks of most things, then has most of the words, then is short."""
    best, place = (-1, -1, 0), (0, len(hit.text))
    for start, end in sentences(hit.text):
        piece = _Sentence(hit.text[start:end])
        have = terms(piece.text)
        spoken = sum(bool(speaking([piece], [thing])) for thing in things)
        score = (spoken, sum(has(have, word) for word in words), start - end)
        if score > best:
            best, place = score, (start, end)
    return place
