"""Sets by how many neighbours their members have: 'drugs that treat at least two diseases', 'genes with exactly one
drug'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.logic.forms import All, And, Comparison, Direction, Entity, Expr, Having, Hop, Minus, Or, category_of
from llm.patterns.clauses import read_clauses, read_set
from llm.patterns.reader import Reader
from llm.patterns.relations import Step
from llm.patterns.spans import connector_at, groups, head, strip_frame
from llm.patterns.tokens import Token
from llm.words import DETERMINERS, NUMBERS, RELATIONAL

# Each cue with its comparison and what it adds to the number said.
_CUES: tuple[tuple[str, Comparison, int], ...] = (
    ("at least", "at_least", 0),
    ("no fewer than", "at_least", 0),
    ("no less than", "at_least", 0),
    ("not fewer than", "at_least", 0),
    ("a minimum of", "at_least", 0),
    ("more than", "at_least", 1),
    ("over", "at_least", 1),
    ("upwards of", "at_least", 0),
    ("at most", "at_most", 0),
    ("no more than", "at_most", 0),
    ("not more than", "at_most", 0),
    ("up to", "at_most", 0),
    ("a maximum of", "at_most", 0),
    ("fewer than", "at_most", -1),
    ("less than", "at_most", -1),
    ("under", "at_most", -1),
    ("exactly", "exactly", 0),
    ("precisely", "exactly", 0),
    ("only", "exactly", 0),
    ("just", "exactly", 0),
    ("a total of", "exactly", 0),
)
ALONE: dict[str, tuple[Comparison, int]] = {
    "several": ("at_least", 2),
    "multiple": ("at_least", 2),
    "no": ("exactly", 0),
    "single": ("exactly", 1),
}
_OR_MORE: dict[str, Comparison] = {"more": "at_least", "fewer": "at_most", "less": "at_most"}
# 'at least one of the same diseases', 'for which at least one holds': no quantity but a way to say 'share' and 'or'.
_SHARED = frozenset(("same", "these", "following", "holds", "applies", "true"))
_BREAKS = frozenset(("that", "which", "who", "and", "but", ",", "or", "also"))
_EMPTY = frozenset(("with", "has", "have", "having", "distinct", "different", "of", "the", "a", "single"))
_RECORDED = frozenset(("known", "recorded", "reported", "listed"))
_PARTICIPLES = ("ed", "known")
_CHARACTERS = re.compile(r"[^\W_]")
_SAID = re.compile(
    rf"\b(?:{'|'.join(phrase for phrase, _, _ in _CUES)}) (?:\d+|{'|'.join(NUMBERS)})\b(?! (?:of (?:the "
    rf"same|these)|holds|applies|is true))"
)


def says_quantity(words: str) -> bool:
    """Whether a text speaks of so many at least, at most or exactly, which must not be dropped in silence."""
    return bool(_SAID.search(words))


class Cue:
    """A quantity in a question: tokens `start` to `end`, how to compare, and the place of the noun that is counted."""

    def __init__(self, start: int, end: int, comparison: Comparison, number: int) -> None:
        self.start, self.end, self.comparison, self.number = start, end, comparison, number


def having(reader: Reader, parts: Sequence[Token]) -> Expr | None:
    """The set that a quantity restricts, or None where none is said."""
    parts = strip_frame(parts)
    cue = _cue(parts)
    subject = _subject(reader, parts, cue) if cue else None
    if cue is None or subject is None:
        return None
    of, verb_from = subject
    verb = [
        t for t in parts[verb_from : cue.start] if t.is_word and t.text not in _BREAKS and _CHARACTERS.match(t.text)
    ]
    if cue.end < len(parts) and parts[cue.end].is_word and parts[cue.end].text == "of":
        return _of_names(reader, parts, cue, of, verb)
    counted = next((n for n in range(cue.end, min(cue.end + 6, len(parts))) if _kind(parts[n])), None)
    if counted is None or any(t.mark is not None for t in parts[cue.end : counted]):
        return None
    between = [t for t in parts[cue.end : counted] if t.text not in _RECORDED]
    kind = str(_kind(parts[counted]))
    if parts[counted].category or any(t.text not in _EMPTY for t in (*verb, *between)):
        noun = [] if parts[counted].category else [parts[counted]]
        step = _step(reader, [*verb, *between, *noun], of, [kind])
    else:
        step = _by_noun(reader, parts[counted].text, kind, category_of(of))
    if step is None:
        return None
    rest = list(parts[counted + 1 :])
    among, further = _rest(reader, parts[counted], rest, category_of(of))
    if further is None and among is None and any(t.mark is not None for t in rest):
        return None
    base = of if further is None else further if isinstance(of, All) else And((of, further))
    restricted = Having(base, step.relation, _turned(step), cue.comparison, cue.number, among)
    alike = (
        among.of
        if isinstance(among, Hop) and any(t.text.startswith("shar") or t.text == "common" for t in parts if t.is_word)
        else None
    )
    # Who shares targets with a drug is another drug.
    return Minus(restricted, alike) if isinstance(alike, Entity) else restricted


def _of_names(reader: Reader, parts: Sequence[Token], cue: Cue, of: Expr, verb: list[Token]) -> Expr | None:
    """'at least two of X, Y and Z': the neighbours are counted among those named."""
    rest = strip_frame(parts[cue.end + 1 :])
    spans = groups(rest)
    if len(spans) != 1 or spans[0][:2] != (0, len(rest)) or len(spans[0][2]) < 2:
        return None
    step = _step(reader, verb, of, reader.marks[spans[0][2][0]].categories)
    named = [reader.entity(number, step.source) for number in spans[0][2]] if step else []
    if step is None or None in named:
        return None
    return Having(of, step.relation, _turned(step), cue.comparison, cue.number, Or(tuple(e for e in named if e)))


def _step(reader: Reader, verb: Sequence[Token], of: Expr, sources: Sequence[str]) -> Step | None:
    text = " ".join(t.text for t in verb if t.text not in _EMPTY)
    return reader.step(f"{text} {{x}}".strip(), [category_of(of)], sources)


def _by_noun(reader: Reader, noun: str, kind: str, category: str) -> Step | None:
    """'at least two targets': the noun itself says the relation, as in 'X targets'; seen from what is counted."""
    step = reader.step(f"{{x}} {noun}", [kind], [category])
    return None if step is None else Step(step.relation, _turned(step), kind, category, step.score)


def _turned(step: Step) -> Direction:
    return "in" if step.direction == "out" else "out"


def _kind(token: Token) -> str | None:
    return token.category or (RELATIONAL.get(token.text) or None if token.is_word else None)


def _value(token: Token) -> int | None:
    if not token.is_word:
        return None
    return int(token.text) if token.text.isdigit() and len(token.text) < 7 else NUMBERS.get(token.text)


def _cue(parts: Sequence[Token]) -> Cue | None:
    """The first quantity that is said of a noun which is not the one asked for."""
    _, used = head(parts)
    for at in range(max(used, 1), len(parts)):
        for phrase, comparison, more in _CUES:
            words = phrase.split()
            end = at + len(words)
            if any(t.is_word and t.text in _SHARED for t in parts[end : end + 5]):
                continue
            if (
                [t.text for t in parts[at:end] if t.is_word] == words
                and end < len(parts)
                and (value := _value(parts[end])) is not None
            ):
                return Cue(at, end + 1, comparison, max(value + more, 0))
        value = _value(parts[at])
        following = [t.text for t in parts[at + 1 : at + 3]]
        if value is not None and following[:1] == ["or"] and following[1:] and following[1] in _OR_MORE:
            return Cue(at, at + 3, _OR_MORE[following[1]], value)
        if parts[at].is_word and parts[at].text in ALONE:
            noun = next(
                (
                    n
                    for n in range(at + 1, len(parts))
                    if not (parts[n].is_word and parts[n].text.endswith(_PARTICIPLES))
                ),
                at,
            )
            if noun > at and _kind(parts[noun]):
                return Cue(at, at + 1, *ALONE[parts[at].text])
        if value is not None and at + 1 < len(parts) and _kind(parts[at + 1]):
            return Cue(at, at + 1, "exactly", value)
    return None


def _subject(reader: Reader, parts: Sequence[Token], cue: Cue) -> tuple[Expr, int] | None:
    """What is asked for, and where the verb of the quantity begins: 'drugs that treat X and | bind at least two
    genes'.
    """
    category, used = head(parts)
    marks = [n for n, t in enumerate(parts[: cue.start]) if t.mark is not None]
    if not marks:
        return (All(category), used) if category else None
    begin = next(
        (
            n
            for n in range(cue.start - 1, marks[-1], -1)
            if connector_at(parts, n)[1] and connector_at(parts, n)[0] == "and"
        ),
        None,
    )
    if (
        begin is None
        and category
        and any(t.is_word and t.text not in DETERMINERS for t in parts[marks[-1] + 1 : cue.start])
    ):
        # 'drugs that treat X have at least two targets': the verb follows the name.
        of = read_set(reader, parts[: marks[-1] + 1])
        return (of, marks[-1] + 1) if of is not None and not isinstance(of, Entity) else None
    if begin is None:
        if category is None and len(marks) == 1 and marks[0] == 0:
            reading = reader.marks[int(parts[0].mark or 0)].readings[0]
            reader.chosen[int(parts[0].mark or 0)] = Entity(reading.id, reading.category)
            return Entity(reading.id, reading.category), 1
        return None
    of = read_set(reader, parts[:begin])
    return (of, begin + connector_at(parts, begin)[1]) if of is not None and not isinstance(of, Entity) else None


def _rest(reader: Reader, counted: Token, rest: list[Token], category: str) -> tuple[Expr | None, Expr | None]:
    """What follows the noun: a description of what is counted ('genes linked to X'), or a further clause on what is
    asked for.
    """
    if not any(t.mark is not None for t in rest):
        return None, None
    meaning, used = connector_at(rest, 0)
    if used and meaning == "and" and rest[used - 1].text != "that":
        return None, read_clauses(reader, category, rest[used:])
    kind = _kind(counted)
    inner = read_set(reader, [Token(counted.text, category=kind), *rest]) if kind else None
    return (None, None) if inner is None or isinstance(inner, Entity) else (inner, None)
