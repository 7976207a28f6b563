"""Sentences that rest on edges: each clause says one edge, in its direction, with its verb and its negation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from kg.evidence.claims import EdgeSupport
from kg.schema import schema
from llm.checking.places import PLACE, Things, marked

Words = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
# How a clause says no, as words that stand before what it denies, and what is left when they are gone.
_DENIALS: tuple[tuple[Words, Words], ...] = (
    (("is", "recorded", "as", "not"), ()),
    (("are", "recorded", "as", "not"), ()),
    (("does", "not"), ()),
    (("do", "not"), ()),
    (("doesn't",), ()),
    (("don't",), ()),
    (("is", "not"), ("is",)),
    (("are", "not"), ("are",)),
    (("isn't",), ("is",)),
    (("aren't",), ("are",)),
)
# 'chronic myeloid leukemia, a kind of cancer'.
_KIND = re.compile(r"⟦(\d+)⟧, a (kind|part) of ⟦(\d+)⟧,?")
# Names one after the other, with nothing said of one of them alone.
_LIST = re.compile(r"(?:\bboth )?⟦\d+⟧(?:(?:,| and|, and) (?:the )?⟦\d+⟧)+")
_NO = frozenset("not no never none nor neither cannot without fails lacks".split())


def edges_carry(text: str, edges: Sequence[EdgeSupport], names: Callable[[str], Iterable[str]]) -> bool:
    """Whether each clause says edges of the supports, and each edge is said by a clause."""
    called = {e.subject: e.subject_name for e in edges} | {e.object: e.object_name for e in edges}
    sentence, things = marked(text, called, names)
    covered: set[str] = set()
    for clause in sentence.strip().rstrip(".").split(";"):
        plain, lineage = _climbed(clause, things, edges)
        if lineage is None:
            return False
        covered |= lineage
        for single in _one_by_one(plain):
            carried = {e.edge for e in edges if _says(single, things, e)}
            if not carried:
                return False
            covered |= carried
    return covered == {e.edge for e in edges}


def edges_refute(text: str, edges: Sequence[EdgeSupport], names: Callable[[str], Iterable[str]]) -> bool:
    """Whether these rules read a clause, or all clauses, and do not find it said by the supports.

    Where no clause is in wordings known here, they have no opinion.
    """
    called = {e.subject: e.subject_name for e in edges} | {e.object: e.object_name for e in edges}
    sentence, things = marked(text, called, names)
    clauses = [single for clause in sentence.strip().rstrip(".").split(";") for single in _one_by_one(clause)]
    read = [clause for clause in clauses if _known(clause)]
    if len(read) == len(clauses):
        return not edges_carry(text, edges, names)
    return any(not any(_says(clause, things, e) for e in edges) for clause in read)


@lru_cache(maxsize=1)
def _verbs() -> frozenset[Words]:
    """All ways to say any relation, with the noun of a kind behind it or without."""
    nouns = [tail for kind in schema().kinds.values() for tail in _before(kind.singular)]
    verbs = {verb for name in schema().relations for way in phrasings(name) for verb in way}
    return frozenset(verb + tail for verb in verbs for tail in nouns)


def _known(clause: str) -> bool:
    """Whether a clause is two names with a known wording between them and nothing else."""
    parts = PLACE.sub("⟦⟧", clause).split("⟦⟧")
    if len(parts) != 3 or words_of(parts[2]) or _signs(*parts):
        return False
    nouns = {tail for kind in schema().kinds.values() for tail in _before(kind.singular)}
    predicate = affirmed(words_of(parts[1]))
    return words_of(parts[0]) in nouns and predicate is not None and predicate[0] in _verbs()


def _one_by_one(clause: str) -> list[str]:
    """The clause for each thing of its lists, since what is said of several things is said of each.

    >>> _one_by_one("both ⟦0⟧ and ⟦1⟧ treat ⟦2⟧")
    ['⟦0⟧ treat ⟦2⟧', '⟦1⟧ treat ⟦2⟧']
    """
    listed = _LIST.search(clause)
    # Clauses about more than two groups say no edge, and could be taken apart without end.
    if listed is None or len(PLACE.findall(_LIST.sub("⟦0⟧", clause))) != 2:
        return [clause]
    before, after = clause[: listed.start()], clause[listed.end() :]
    return [single for n in PLACE.findall(listed[0]) for single in _one_by_one(f"{before}⟦{n}⟧{after}")]


def _climbed(clause: str, things: Things, edges: Sequence[EdgeSupport]) -> tuple[str, set[str] | None]:
    """A clause without what it says its ends are kinds of, and the is-a edges that carry this; None where none do."""
    carried: set[str] = set()
    for start, word, end in _KIND.findall(clause):
        lineage = [e for e in edges if e.relation in schema().taxonomic and not e.negated]
        above = _reached(things[int(start)], [(e.subject, e.object) for e in lineage])
        below = _reached(things[int(end)], [(e.object, e.subject) for e in lineage])
        way = [e for e in lineage if e.subject in above & below and e.object in above & below]
        parts = any(e.relation == "part_of" for e in way)
        if not way or not above & things[int(end)] or (word == "part") != parts:
            return clause, None
        carried |= {e.edge for e in way}
    return _KIND.sub(r"⟦\1⟧", clause), carried


def _reached(start: Iterable[str], steps: Sequence[tuple[str, str]]) -> set[str]:
    """All that steps lead to, with where they start."""
    reached, fresh = set(start), set(start)
    while fresh:
        fresh = {end for begin, end in steps if begin in fresh} - reached
        reached |= fresh
    return reached


def words_of(text: str) -> Words:
    """The words of a text in lower case."""
    return tuple(_WORD.findall(text.casefold().replace("’", "'")))


@lru_cache(maxsize=256)
def phrasings(name: str) -> tuple[frozenset[Words], frozenset[Words]]:
    """The ways to say a relation from its subject, and from its object.

    The little words count: 'is treated by' is not 'treats', 'has the part' is not 'is part of'.

    >>> forward, backward = phrasings("treats")
    >>> ("treats",) in forward, ("is", "treated", "by") in backward, ("is", "treated", "by") in forward
    (True, True, False)
    """
    relation = schema().relation(name)
    forward = {words_of(relation.says), words_of(relation.plural)}
    backward = {words_of(relation.passive)}
    before, _, after = relation.those.partition("{}")
    if not after.strip() and not before.startswith(("that ", "of ")):
        backward |= {("is", *words_of(before)), ("are", *words_of(before))}
    # 'is a kind of' without its verb says nothing: 'kind of' is no way to say it.
    both = forward | backward if relation.symmetric else set[Words]()
    return frozenset(forward | both), frozenset(backward | both)


def affirmed(words: Words) -> tuple[Words, bool] | None:
    """The words without their negation, and whether there was one; None where they deny in a way not known here.

    >>> affirmed(("does", "not", "treat"))
    (('treat',), True)
    """
    for denial, left in _DENIALS:
        if words[: len(denial)] == denial:
            rest = left + words[len(denial) :]
            return None if _NO & set(rest) else (rest, True)
    return None if _NO & set(words) else (words, False)


def _says(clause: str, things: Things, edge: EdgeSupport) -> bool:
    """Whether a clause says an edge: both ends, in its direction, with its verb and its negation, and nothing else."""
    places = [things[int(n)] for n in PLACE.findall(clause)]
    if len(places) != 2:
        return False
    before, between, after = PLACE.sub("⟦⟧", clause).split("⟦⟧")
    relation = schema().relation(edge.relation)
    subject, obj = (schema().kind(c).singular for c in (relation.subject, relation.object))
    predicate = affirmed(words_of(between))
    if predicate is None or predicate[1] != edge.negated or _signs(before, between, after):
        return False
    for active, (first, second), (first_kind, second_kind) in (
        (True, (edge.subject, edge.object), (subject, obj)),
        (False, (edge.object, edge.subject), (obj, subject)),
    ):
        if first in places[0] and second in places[1]:
            plain = words_of(after) == () and words_of(before) in _before(first_kind)
            verbs = phrasings(edge.relation)[0 if active else 1]
            if plain and any(predicate[0] == verb + tail for verb in verbs for tail in _before(second_kind)):
                return True
    return False


def _signs(*parts: str) -> bool:
    """Whether there is more than words and spaces: a number, a percent sign, a bracket."""
    return bool(re.search(r"[^\w\s'’:\-]|\d", "".join(parts)))


def _before(kind: str) -> tuple[Words, ...]:
    """What may stand before a name and says no more than its kind."""
    return ((), ("the",), ("the", *words_of(kind)))
