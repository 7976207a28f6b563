"""Sentences and edges with letters for names, so that what is judged is what is said and not of what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.evidence.claims import EdgeSupport
from kg.schema import schema
from llm.checking.places import PLACE, marked

# Letters that are no words, each one token of the model.
LETTERS = "QZKVXJWHBP"
LETTER = re.compile(rf"(?<![^\W_])[{LETTERS}](?![^\W_])")


@dataclass(frozen=True, slots=True)
class Said:
    """An edge as a model reads it: its ends as letters, its relation, whether it is denied."""

    subject: str
    relation: str
    object: str
    negated: bool = False

    def text(self) -> str:
        """The edge as a sentence of the plainest wording, each name with its kind.

        >>> Said("Q", "treats", "Z").text(), Said("Q", "binds", "Z", negated=True).text()
        ('Drug Q treats disease Z.', 'Drug Q does not bind gene Z.')
        """
        relation = schema().relation(self.relation)
        verb = relation.says
        if self.negated:
            verb = verb.replace("is ", "is not ", 1) if verb.startswith("is ") else f"does not {relation.plural}"
        subject, obj = (schema().kind(c).singular for c in (relation.subject, relation.object))
        obj = "" if verb.endswith(f" {obj}") else f"{obj} "
        return f"{subject[0].upper()}{subject[1:]} {self.subject} {verb} {obj}{self.object}."


@dataclass(frozen=True, slots=True)
class Lettered:
    """A sentence with letters for names, the edges that it rests on, and the letters that it has.

    Letters go in the order in which the sentence names things, so that direction is always told in the same letters.
    """

    sentence: str
    edges: tuple[Said, ...]
    named: frozenset[str]

    def evidence(self) -> str:
        """What the edges say."""
        return " ".join(edge.text() for edge in self.edges)


def lettered(
    text: str, edges: Sequence[EdgeSupport], names: Callable[[str], Iterable[str]] = lambda identifier: ()
) -> Lettered | None:
    """A sentence and its edges with letters; None where they name more things than there are letters, or a letter
    stands there that is none of ours.
    """
    called = {e.subject: e.subject_name for e in edges} | {e.object: e.object_name for e in edges}
    if len(called) > len(LETTERS):
        return None
    sentence, things = marked(text, called, names)
    # Of several things with the same name any may be meant; the edges tell which.
    places = [next((i for i in called if i in of), "") for of in things]
    if "" in places or LETTER.search(sentence):
        return None
    at = [int(n) for n in PLACE.findall(sentence)]
    letters = dict(zip(dict.fromkeys([*(places[n] for n in at), *called]), LETTERS, strict=False))
    sentence = PLACE.sub(lambda m: letters[places[int(m[1])]], sentence)
    said = [Said(letters[e.subject], e.relation, letters[e.object], e.negated) for e in edges]
    return Lettered(sentence, in_order(said), frozenset(letters[i] for i in places))


def in_order(edges: Iterable[Said]) -> tuple[Said, ...]:
    """Edges, each once, in the order in which a sentence names their ends."""
    places = {letter: place for place, letter in enumerate(LETTERS)}
    return tuple(
        sorted(
            dict.fromkeys(edges),
            key=lambda e: (*sorted((places[e.subject], places[e.object])), e.relation, e.subject, e.negated),
        )
    )


def relettered(sentence: str, edges: Iterable[Said]) -> Lettered:
    """The same with letters given out anew, in the order in which the sentence names things.

    >>> made = relettered("K is treated by V.", [Said("V", "treats", "K")])
    >>> made.sentence, made.evidence()
    ('Q is treated by Z.', 'Drug Z treats disease Q.')
    """
    listed = list(edges)
    named = LETTER.findall(sentence)
    order = dict.fromkeys([*named, *(x for e in listed for x in (e.subject, e.object))])
    letters = dict(zip(order, LETTERS, strict=False))
    said = [replace(e, subject=letters[e.subject], object=letters[e.object]) for e in listed]
    renamed = LETTER.sub(lambda m: letters[m[0]], sentence)
    return Lettered(renamed, in_order(said), frozenset(letters[n] for n in named))
