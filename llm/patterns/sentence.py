"""A whole question: its frame, the sets it speaks of, and the form that joins them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kg.errors import FormError
from kg.logic.forms import (
    MOST_SCREENED,
    AbstainForm,
    All,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Form,
    Having,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Minus,
    PathsForm,
    ScreenForm,
)
from kg.logic.reading import Linked, Mark, Read, Vocabulary, masked
from kg.logic.rewriting import exactly, is_void
from llm.patterns import frames, lexicon
from llm.patterns.accounting import unaccounted
from llm.patterns.alone import meant_alone
from llm.patterns.attributes import has_value
from llm.patterns.choices import choice
from llm.patterns.clauses import read_set
from llm.patterns.filters import applied, extracted
from llm.patterns.quantities import ALONE, having, says_quantity
from llm.patterns.reader import Reader
from llm.patterns.spans import strip_frame
from llm.patterns.tokens import Token, tokens, words_of
from llm.patterns.yes_no import exists
from llm.policy import BECAUSE
from llm.wordings import wordings
from llm.words import COMMON, DETERMINERS, DRUG, NOUNS, RELATIONAL, RESTRICTING, known_words, stem

_ALL_OF_A_KIND = re.compile(r"\b(?:all|every|each|complete|full|entire|are there|exist|known|in total|recorded|any)\b")
_AUXILIARY = frozenset("is was does did has can could would will may might if whether because , .".split())
_DANGLING = frozenset("of for in by with to from that which and or does do is are".split())


def read_sentence(question: str, marks: Sequence[Mark], vocabulary: Vocabulary) -> Read:
    """The logical form of a question that stands by itself; never raises for what a person may type."""
    question, alone = meant_alone(question, marks)
    valued = has_value(question, marks, vocabulary)
    if valued is not None:
        return Read(valued, _linked([m for m in marks if m.readings], {}))
    known = [m for m in marks if m.readings]
    unknown = [m for m in marks if not m.readings]
    asks_papers = _asks_literature(tokens(*_clean(question, known)))
    plain, marks, restrictions = extracted(question, marks, vocabulary, values=not asks_papers)
    known = [m for m in marks if m.readings]
    unknown = [m for m in marks if not m.readings]
    cleaned, kept = _clean(plain, known)
    reader = Reader(kept)
    parts = _resolved(strip_punctuation(tokens(cleaned, kept)))
    if _refers_back(question, marks):
        return Read(AbstainForm("incomplete", "The question refers to something that it does not name."))
    # What the graph has no name for, papers may speak of.
    if unknown and not asks_papers:
        if not known and not _speaks_of_the_graph(parts):
            return Read(AbstainForm("out_of_scope", BECAUSE["out_of_scope"]), confidence=0.0)
        names = ", ".join(m.text for m in unknown)
        because = AbstainForm("unknown_name", f"No name in this release matches {names}.")
        return Read(because, _linked(known, {}))
    try:
        form = _form(reader, cleaned, parts, asks_papers and bool(known or unknown or len(parts) > 4)) or _why_not(
            question, kept, parts
        )
        form, unused = applied(form, restrictions)
    except FormError as problem:
        form, unused = AbstainForm("ambiguous_question", str(problem)), ()
    linked = _linked(known, reader.chosen)
    form = exactly(form, {e.id for e, mark in zip(linked, known, strict=True) if mark.start in alone})
    if isinstance(form, AbstainForm):
        # Not to have understood is no reading: a parser that comes after may be sure of one.
        return Read(form, linked, 1.0 if form.reason in ("incomplete", "unknown_name") else 0.0)
    unread = (
        *unused,
        *(() if isinstance(form, LiteratureForm) else _unused(parts, form)),
        *unaccounted(masked(cleaned, kept), parts, kept, form),
    )
    return Read(form, linked, 0.0 if is_void(form) else min(reader.scores, default=1.0), unread)


# A pronoun as the subject; 'is it true that' refers to nothing.
_BACK = re.compile(
    r"\b(?:does|do|did) (?:it|they|this|that|these|those)\b|\b(?:is|are|was) (?:it|they|this|these|those)\b"
    r"(?! (?:true|false|correct|known|possible|the case|said|so|right|likely|recorded|a fact|ok)\b)|\bwhat (?:is"
    r"|are) (?:its|their)\b",
    re.IGNORECASE,
)


def _refers_back(question: str, marks: Sequence[Mark]) -> bool:
    """Whether a pronoun stands before any name, so that it can mean none of them."""
    pronoun = _BACK.search(question)
    return pronoun is not None and not any(m.start < pronoun.end() for m in marks)


def _linked(marks: Sequence[Mark], chosen: Mapping[int, Entity]) -> tuple[Linked, ...]:
    """What each name was taken for; one that no step took, for its best reading."""
    linked = []
    for number, mark in enumerate(marks):
        taken = chosen.get(number)
        reading = next((r for r in mark.readings if taken and r.id == taken.id), mark.readings[0])
        linked.append(Linked.of(mark, reading))
    return tuple(linked)


def _unused(parts: Sequence[Token], form: Form) -> tuple[str, ...]:
    """Words that say no relation, kind or frame: 'children' in 'drugs that treat X in children'."""
    known, vocabulary = known_words(), wordings().vocabulary
    counted = (
        ALONE if isinstance(form, (ListForm, CountForm, ExistsForm)) and isinstance(form.of, (Having, Minus)) else {}
    )
    plain = [t.text for t in parts if t.is_word and t.text.isalpha() and len(t.text) > 3 and t.text not in counted]
    foreign = (w for w in plain if w not in known and stem(w) not in vocabulary and w.removesuffix("s") not in known)
    return tuple(dict.fromkeys([*(w for w in plain if w in RESTRICTING and w not in vocabulary), *foreign]))


def _resolved(parts: Sequence[Token]) -> list[Token]:
    """'palliate X but do not treat it': a pronoun behind a name, as an object, stands for that name."""
    resolved: list[Token] = []
    last: Token | None = None
    for token in parts:
        if (
            token.is_word
            and token.text in ("it", "them")
            and last is not None
            and resolved[-1].is_word
            and resolved[-1].text not in _AUXILIARY
        ):
            resolved.append(last)
            continue
        last = token if token.mark is not None else last
        resolved.append(token)
    return resolved


def strip_punctuation(parts: Sequence[Token]) -> list[Token]:
    """Tokens without closing punctuation."""
    rest = list(parts)
    while rest and rest[-1].is_word and rest[-1].text in ".?!,;:":
        rest.pop()
    return rest


def _clean(question: str, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """The question without polite openers and closers; marks move along."""
    first = marks[0].start if marks else len(question)
    opener = lexicon.OPENERS.match(question[:first])
    cut = opener.end() if opener else 0
    last = marks[-1].end if marks else cut
    end = len(question)
    while (closer := lexicon.CLOSERS.search(question[max(last, cut) : end])) and closer.group().strip(" ?.!,"):
        end = max(last, cut) + closer.start()
    text = question[cut:end]
    return text, [replace(m, start=m.start - cut, end=m.end - cut) for m in marks]


def _form(reader: Reader, text: str, parts: list[Token], asks_papers: bool) -> Form | None:
    """Try the frames from the most to the least particular."""
    wording = " ".join("@" if t.mark is not None else t.text for t in parts)
    marks = reader.marks
    mentioned = frames.mentioned(reader, wording)
    if mentioned is not None:
        return mentioned
    if asks_papers:
        return LiteratureForm(text.strip(), tuple(dict.fromkeys(m.readings[0].id for m in marks)))
    if len(marks) > 2 and lexicon.SCREEN.match(wording) and (screened := _screened(reader)) is not None:
        return screened
    if len(marks) == 2 and lexicon.PATHS.search(wording) and _asks_path(wording, parts):
        return PathsForm(_best(reader, 0), _best(reader, 1))
    if len(marks) == 1 and lexicon.DESCRIBE.match(wording):
        return DescribeForm(_best(reader, 0))
    if len(marks) == 1 and lexicon.MECHANISM.match(wording) and (drug := marks[0].of(DRUG)) is not None:
        reader.chosen[0] = Entity(drug.id, drug.category)
        return MechanismForm(reader.chosen[0])
    for frame in (choice, frames.compare, frames.top, frames.count, exists):
        form = frame(reader, parts)
        if form is not None:
            return form
    expr = having(reader, parts)
    if expr is None and says_quantity(words_of(parts)):
        return None
    expr = expr or frames.combined(reader, parts) or frames.share(reader, parts) or read_set(reader, strip_frame(parts))
    if expr is None or isinstance(expr, Entity) or (isinstance(expr, All) and not _asks_for_all(wording)):
        return None
    return ListForm(expr)


def _screened(reader: Reader) -> ScreenForm | None:
    """A screen of the drugs that a question names; None where a name is no drug's, or one is named twice."""
    drugs = [mark.of(DRUG) for mark in reader.marks]
    chosen = [Entity(drug.id, drug.category) for drug in drugs if drug is not None]
    if len(chosen) < len(drugs) or len(set(chosen)) < len(chosen) or len(chosen) > MOST_SCREENED:
        return None
    for number, entity in enumerate(chosen):
        reader.chosen[number] = entity
    return ScreenForm(tuple(chosen))


def _asks_literature(parts: Sequence[Token]) -> bool:
    """Whether papers are asked; words such as 'trials' do not ask them where a kind of thing is asked for."""
    asked = (m.group() for m in lexicon.LITERATURE.finditer(lexicon.TRIALLED.sub(" ", words_of(parts))))
    kinds = any(t.category for t in parts)
    return any(not (kinds and lexicon.WEAK.fullmatch(words)) for words in asked)


def _asks_for_all(wording: str) -> bool:
    """Whether a bare kind is asked for as such, and not an unfinished question."""
    return bool(_ALL_OF_A_KIND.search(wording)) and wording.rsplit(maxsplit=1)[-1] not in _DANGLING


def _asks_path(wording: str, parts: Sequence[Token]) -> bool:
    return not any(t.category for t in parts[:3]) or wording.startswith(
        ("through which", "via which", "by what", "by which")
    )


def _best(reader: Reader, number: int) -> Entity:
    reading = reader.marks[number].readings[0]
    reader.chosen[number] = Entity(reading.id, reading.category)
    return reader.chosen[number]


def _speaks_of_the_graph(parts: Sequence[Token]) -> bool:
    """Whether any word is a kind of thing or says a relation."""
    known = wordings().vocabulary
    plain = COMMON | DETERMINERS
    return any(
        t.category or t.text in RELATIONAL or (t.is_word and t.text not in plain and stem(t.text) in known)
        for t in parts
    )


def _why_not(question: str, marks: Sequence[Mark], parts: Sequence[Token]) -> AbstainForm:
    """Why no form was found: a pronoun or missing name, an unknown name, or another subject."""
    vocabulary = wordings().vocabulary
    words = [t.text for t in parts if t.is_word and t.text.isalnum()]
    strange = [w for w in words if w not in COMMON and stem(w) not in vocabulary and w not in DETERMINERS]
    domain = (
        any(t.category for t in parts)
        or any(t.text in RELATIONAL for t in parts)
        or any(w not in COMMON and stem(w) in vocabulary for w in words)
    )
    if marks and len(parts) > 1:
        if lexicon.PRONOUN.search(question):
            return AbstainForm("incomplete", "The question refers to something that it does not name.")
        return AbstainForm(
            "ambiguous_question",
            "The question names things of the graph, but how they should relate was not understood.",
        )
    elsewhere = not domain and not NOUNS.keys() & set(words) and (strange or not lexicon.PRONOUN.search(question))
    if elsewhere and not {"drug", "treat"} & set(words) and (len(words) > 3 or strange):
        return AbstainForm("out_of_scope", BECAUSE["out_of_scope"])
    if not domain and "you" in words:
        return AbstainForm("out_of_scope", BECAUSE["out_of_scope"])
    if lexicon.PRONOUN.search(question) or not strange:
        return AbstainForm("incomplete", BECAUSE["incomplete"])
    if any(t.category for t in parts) or any(t.text in RELATIONAL for t in parts) or (domain and len(strange) == 1):
        return AbstainForm("unknown_name", f"No name in this release matches {' '.join(strange)}.")
    return AbstainForm("out_of_scope", BECAUSE["out_of_scope"])
