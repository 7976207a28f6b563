"""The question parser: frame, sets, and the form that joins them; below the last confidence line it abstains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import FormError
from kg.logic.forms import (
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
    Minus,
    PathsForm,
)
from llm.parser import frames, lexicon
from llm.parser.clauses import Reader, read_set
from llm.parser.quantities import ALONE, having, says_quantity
from llm.parser.refusals import COMMON, PRONOUN, RESTRICTING, refusal
from llm.parser.relations import stem, wordings
from llm.parser.spans import strip_frame
from llm.parser.spelling import known_words
from llm.parser.tokens import Mark, Token, tokens, words_of
from llm.parser.yes_no import exists

MAX_CHARACTERS = 2_000
_SCOPE = "Galenic answers questions on drugs, diseases, genes and what ties them together."
_ALL_OF_A_KIND = re.compile(r"\b(?:all|every|each|complete|full|entire|are there|exist|known|in total|recorded|any)\b")
_AUXILIARY = frozenset("is was does did has can could would will may might if whether because , .".split())
_DANGLING = frozenset("of for in by with to from that which and or does do is are".split())


@dataclass(frozen=True, slots=True)
class Parsed:
    """The form, what each mark was taken for, how sure the weakest step is (0 to 1), and words that the form makes no
    use of.
    """

    form: Form
    chosen: dict[int, Entity]
    confidence: float = 1.0
    unused: tuple[str, ...] = ()


def parse(question: str, marks: Sequence[Mark]) -> Parsed:
    """The logical form of a question whose names are linked; never raises for what a person may type."""
    refused = refusal(question)
    if refused:
        return Parsed(AbstainForm(*refused), {})  # type: ignore[arg-type]
    known = [m for m in marks if m.readings]
    unknown = [m for m in marks if not m.readings]
    cleaned, kept = _clean(question, known)
    reader = Reader(kept)
    parts = _resolved(strip_punctuation(tokens(cleaned, kept)))
    if unknown and not (lexicon.LITERATURE.search(question) and kept):
        if not known and not _speaks_of_the_graph(parts):
            return Parsed(AbstainForm("out_of_scope", _SCOPE), {})
        names = ", ".join(m.text for m in unknown)
        return Parsed(AbstainForm("unknown_name", f"No name in this release matches {names}."), {})
    try:
        form = _form(reader, cleaned, parts) or _why_not(question, kept, parts)
    except FormError as problem:
        form = AbstainForm("ambiguous_question", str(problem))
    unused = () if isinstance(form, (AbstainForm, LiteratureForm)) else _unused(parts, form)
    return Parsed(form, reader.chosen, min(reader.scores, default=1.0), unused)


def _unused(parts: Sequence[Token], form: Form) -> tuple[str, ...]:
    """Words that say no relation, kind or frame: 'children' in 'drugs that treat X in children'."""
    known, said = known_words(), wordings().vocabulary
    counted = (
        ALONE if isinstance(form, (ListForm, CountForm, ExistsForm)) and isinstance(form.of, (Having, Minus)) else {}
    )
    plain = [t.text for t in parts if t.is_word and t.text.isalpha() and len(t.text) > 3 and t.text not in counted]
    foreign = (w for w in plain if w not in known and stem(w) not in said and w.removesuffix("s") not in known)
    return tuple(dict.fromkeys([*(w for w in plain if w in RESTRICTING and w not in said), *foreign]))


def _resolved(parts: Sequence[Token]) -> list[Token]:
    """'palliate X but do not treat it': a pronoun behind a name, as an object, stands for that name."""
    found: list[Token] = []
    last: Token | None = None
    for token in parts:
        if (
            token.is_word
            and token.text in ("it", "them")
            and last is not None
            and found[-1].is_word
            and found[-1].text not in _AUXILIARY
        ):
            found.append(last)
            continue
        last = token if token.mark is not None else last
        found.append(token)
    return found


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


def _form(reader: Reader, text: str, parts: list[Token]) -> Form | None:
    """Try the frames from the most to the least particular."""
    said = " ".join("@" if t.mark is not None else t.text for t in parts)
    marks = reader.marks
    if lexicon.LITERATURE.search(words_of(parts)) and (marks or len(parts) > 4):
        return LiteratureForm(text.strip(), tuple(dict.fromkeys(m.readings[0].id for m in marks)))
    if len(marks) == 2 and lexicon.PATHS.search(said) and _asks_path(said, parts):
        return PathsForm(_best(reader, 0), _best(reader, 1))
    if len(marks) == 1 and lexicon.DESCRIBE.match(said):
        return DescribeForm(_best(reader, 0))
    for frame in (frames.compare, frames.top, frames.count, exists):
        form = frame(reader, parts)
        if form is not None:
            return form
    expr = having(reader, parts)
    if expr is None and says_quantity(words_of(parts)):
        return None
    expr = expr or frames.combined(reader, parts) or frames.share(reader, parts) or read_set(reader, strip_frame(parts))
    if expr is None or isinstance(expr, Entity) or (isinstance(expr, All) and not _asks_for_all(said)):
        return None
    return ListForm(expr)


def _asks_for_all(said: str) -> bool:
    """Whether a bare kind is asked for as such, and not an unfinished question."""
    return bool(_ALL_OF_A_KIND.search(said)) and said.rsplit(maxsplit=1)[-1] not in _DANGLING


def _asks_path(said: str, parts: Sequence[Token]) -> bool:
    return not any(t.category for t in parts[:3]) or said.startswith(
        ("through which", "via which", "by what", "by which")
    )


def _best(reader: Reader, number: int) -> Entity:
    reading = reader.marks[number].readings[0]
    reader.chosen[number] = Entity(reading.id, reading.category)
    return reader.chosen[number]


def _speaks_of_the_graph(parts: Sequence[Token]) -> bool:
    """Whether any word is a kind of thing or says a relation."""
    known = wordings().vocabulary
    plain = COMMON | lexicon.DETERMINERS
    return any(
        t.category or t.text in lexicon.RELATIONAL or (t.is_word and t.text not in plain and stem(t.text) in known)
        for t in parts
    )


def _why_not(question: str, marks: Sequence[Mark], parts: Sequence[Token]) -> AbstainForm:
    """Why no form was found: a pronoun or missing name, an unknown name, or another subject."""
    vocabulary = wordings().vocabulary
    words = [t.text for t in parts if t.is_word and t.text.isalnum()]
    strange = [w for w in words if w not in COMMON and stem(w) not in vocabulary and w not in lexicon.DETERMINERS]
    domain = (
        any(t.category for t in parts)
        or any(t.text in lexicon.RELATIONAL for t in parts)
        or any(w not in COMMON and stem(w) in vocabulary for w in words)
    )
    if marks and len(parts) > 1:
        if PRONOUN.search(question):
            return AbstainForm("incomplete", "The question refers to something that it does not name.")
        return AbstainForm(
            "ambiguous_question",
            "The question names things of the graph, but how they should relate was not understood.",
        )
    elsewhere = not domain and not lexicon.NOUNS.keys() & set(words) and (strange or not PRONOUN.search(question))
    if elsewhere and not {"drug", "treat"} & set(words) and (len(words) > 3 or strange):
        return AbstainForm("out_of_scope", _SCOPE)
    if not domain and "you" in words:
        return AbstainForm("out_of_scope", _SCOPE)
    if PRONOUN.search(question) or not strange:
        return AbstainForm(
            "incomplete", "The question does not say of what: name a drug, a disease, a gene or another thing."
        )
    if (
        any(t.category for t in parts)
        or any(t.text in lexicon.RELATIONAL for t in parts)
        or (domain and len(strange) == 1)
    ):
        return AbstainForm("unknown_name", f"No name in this release matches {' '.join(strange)}.")
    return AbstainForm("out_of_scope", _SCOPE)
