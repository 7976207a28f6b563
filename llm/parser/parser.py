"""The question parser: frame, sets, and the form that joins them; below the last confidence line it abstains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import FormError
from kg.logic.forms import (
    AbstainForm,
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Hop,
    ListForm,
    LiteratureForm,
    Minus,
    PathsForm,
    TopForm,
    category_of,
    check,
)
from llm.parser import lexicon
from llm.parser.clauses import Reader, groups, read_clause, read_clauses, read_set, strip_frame
from llm.parser.refusals import COMMON, PRONOUN, refusal
from llm.parser.relations import stem, steps, wordings
from llm.parser.tokens import Mark, Token, spoken, tokens

MAX_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """The form, what each mark was taken for, and how sure the weakest step is (0 to 1)."""

    form: Form
    chosen: dict[int, Entity]
    confidence: float = 1.0


def parse(question: str, marks: Sequence[Mark]) -> Parsed:
    """The logical form of a question whose names are linked; never raises for what a person may type."""
    refused = refusal(question)
    if refused:
        return Parsed(AbstainForm(*refused), {})  # type: ignore[arg-type]
    known = [m for m in marks if m.readings]
    unknown = [m for m in marks if not m.readings]
    cleaned, kept = _clean(question, known)
    reader = Reader(kept)
    parts = strip_punctuation(tokens(cleaned, kept))
    if unknown and not (lexicon.LITERATURE.search(question) and kept):
        names = ", ".join(m.text for m in unknown)
        return Parsed(AbstainForm("unknown_name", f"No name in this release matches {names}."), {})
    form = _form(reader, cleaned, parts)
    if form is None:
        form = _why_not(question, kept, parts)
    try:
        check(form)
    except FormError as problem:
        form = AbstainForm("ambiguous_question", str(problem))
    return Parsed(form, reader.chosen, min(reader.scores, default=1.0))


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
    if lexicon.LITERATURE.search(" ".join(t.text for t in parts if t.mark is None)):
        if marks or len(parts) > 4:
            return LiteratureForm(text.strip(), tuple(dict.fromkeys(m.readings[0].id for m in marks)))
    if len(marks) == 2 and lexicon.PATHS.search(said) and _asks_path(said, parts):
        return PathsForm(_best(reader, 0), _best(reader, 1))
    if len(marks) == 1 and lexicon.DESCRIBE.match(said):
        return DescribeForm(_best(reader, 0))
    for frame in (_compare, _top, _count, _exists):
        form = frame(reader, text, parts)
        if form is not None:
            return form
    share = _share(reader, parts)
    if share is not None:
        return ListForm(share)
    expr = read_set(reader, _without_question_words(parts))
    return ListForm(expr) if expr is not None and not isinstance(expr, Entity) else None


def _asks_path(said: str, parts: Sequence[Token]) -> bool:
    return not any(t.category for t in parts[:3]) or said.startswith(("through which", "via which", "by what", "by which"))


def _best(reader: Reader, number: int) -> Entity:
    reading = reader.marks[number].readings[0]
    reader.chosen[number] = Entity(reading.id, reading.category)
    return reader.chosen[number]


def _without_question_words(parts: Sequence[Token]) -> list[Token]:
    return strip_frame(parts)


def _words_of(parts: Sequence[Token]) -> str:
    return " ".join(t.text for t in parts if t.mark is None)


def _count(reader: Reader, text: str, parts: list[Token]) -> Form | None:
    found = lexicon.COUNT.search(_words_of(parts))
    if not found or re.search(r"\bby (?:the )?number of\b|\b(?:highest|largest|greatest|most|lowest) number of\b", _words_of(parts)):
        return None
    drop = set(found.group().casefold().split()) | {"how", "many", "there", "count"}
    rest = [t for n, t in enumerate(parts) if not (t.is_word and t.text in drop and n < 8)]
    expr = read_set(reader, rest)
    return CountForm(expr) if expr is not None else None


def _exists(reader: Reader, text: str, parts: list[Token]) -> Form | None:
    words = _words_of(parts)
    sentence = " ".join("@" if t.mark is not None else t.text for t in parts)
    asked = bool(lexicon.YES_NO.match(sentence)) or bool(lexicon.YES_NO_END.search(sentence))
    if not asked and not _statement(parts):
        return None
    if re.search(r"\bwhich ones\b|\bwhich one\b", words):
        return None
    body = _drop_yes_no(parts)
    anyone = re.match(r"^(?:is|are|do|does|could|can) (?:there (?:be )?)?(?:even |at least )?(?:any|a|an|one|some)\b|^(?:is|are) there\b", sentence)
    if body and body[0].mark is not None and len(reader.marks) >= 2:
        return _exists_of(reader, body)
    if anyone or (body and (body[0].category or (len(body) > 1 and body[1].category))) or re.search(r"\bexist\b", words):
        rest = [t for t in body if not (t.is_word and t.text in {"there", "any", "even", "least", "at", "one", "exist", "a", "an", "is"})]
        expr = read_set(reader, rest)
        return ExistsForm(expr) if expr is not None else None
    if len(reader.marks) >= 2:
        return _exists_of(reader, body)
    return None


def _statement(parts: Sequence[Token]) -> bool:
    """'X treats Y': a mark, then a verb, then another mark."""
    spans = groups(parts)
    if len(spans) < 2 or spans[0][0] != 0 or len(spans[0][2]) > 1 or any(t.text in ("which", "what", "where") for t in parts):
        return False
    following = parts[spans[0][1]]
    return following.is_word and following.text not in ("'s", ",", "and", "or")


def _drop_yes_no(parts: list[Token]) -> list[Token]:
    """Tokens after 'is it true that', 'does', 'can you confirm that', and before ', right?'."""
    at = 0
    words = []
    while at < len(parts) and parts[at].mark is None and not parts[at].category:
        words.append(parts[at].text)
        at += 1
    lead = " ".join(words)
    opened = lexicon.YES_NO_START.match(lead)
    lead = lead[opened.end() :] if opened else lead
    keep = [Token(w) for w in lead.split() if w not in {"is", "are", "does", "do", "can", "could", "has", "have", "was", "did", "the", "a", "an", "will", ",", ":", "may", "might", "would"}]
    rest = keep + parts[at:]
    text = [t.text if t.mark is None else "@" for t in rest]
    while rest and (" ".join(text[-3:]) in {"yes or no", "is that right", "true or false"} or text[-1] in {"right", "correct", "then", ",", "not", "or", "true", "no", "yes", "false", "that"}):
        cut = 3 if " ".join(text[-3:]) in {"yes or no", "is that right", "true or false"} else 1
        rest, text = rest[:-cut], text[:-cut]
    return rest


def _exists_of(reader: Reader, body: list[Token]) -> Form | None:
    """'does S treat X', 'is S a side effect of X', 'do the targets of X include S'."""
    spans = groups(body)
    if len(spans) == 1 and len(spans[0][2]) == 2:
        first, second = spans[0][2]
        body = [t for t in body if t.mark != first]
        return _tie(reader, first, [t for t in body if t.mark is None] + [t for t in body if t.mark == second])
    subject = spans[0][2][0]
    rest = [t for t in body if t.mark != subject]
    words = _words_of(body[: spans[0][0]])
    if words and any(w in ("include", "includes", "contain", "in") for w in _words_of(body).split()) and len(spans) == 2 and spans[0][0] > 0:
        return _tie(reader, spans[1][2][0], [t for t in body if t.mark != spans[1][2][0] and t.text not in ("include", "contain")])
    return _tie(reader, subject, rest)


def _tie(reader: Reader, subject: int, rest: list[Token]) -> Form | None:
    """The form that says whether a mark belongs to the set that the rest describes."""
    best: tuple[float, Expr, Entity, list[float]] | None = None
    for rank, category in enumerate(reader.marks[subject].categories):
        trial = Reader(reader.marks)
        trimmed = [t for t in rest if not (t.is_word and t.text in {"not", "one", "among", "belong", "known", "counted"})]
        nouns = [t.category for t in strip_frame(trimmed)[:1] if t.category]
        if nouns and nouns[0] == category:
            trimmed = strip_frame(trimmed)[1:]
        expr = read_clauses(trial, category, trimmed)
        entity = trial.entity(subject, category)
        if expr is None or entity is None or isinstance(expr, Entity) or not trial.scores:
            continue
        score = min(trial.scores) - 0.02 * rank
        if best is None or score > best[0]:
            best = (score, expr, entity, trial.scores)
            reader.chosen.update(trial.chosen)
    if best is None:
        return None
    reader.scores += best[3]
    reader.chosen[subject] = best[2]
    return ExistsForm(And((best[2], best[1])))


def _top(reader: Reader, text: str, parts: list[Token]) -> Form | None:
    words = _words_of(parts)
    found = lexicon.TOP.search(words)
    if not found or re.search(r"\bmost (?:like|similar)|\bat (?:least|most)\b", words):
        return None
    if any(t.text in RELATION_NOUNS for t in parts if t.is_word) and len([t for t in parts if t.category]) < 2:
        parts = [Token(t.text, category=RELATION_NOUNS[t.text]) if t.is_word and t.text in RELATION_NOUNS else t for t in parts]
    nouns = [(n, t.category) for n, t in enumerate(parts) if t.category]
    if len(nouns) < 2:
        return None
    cue = next((n for n, t in enumerate(parts) if t.is_word and lexicon.TOP.fullmatch(t.text) and any(p > n for p, _ in nouns)), 0)
    number = next((int(t.text) if t.text.isdigit() else lexicon.NUMBERS[t.text] for t in parts[: nouns[-1][0]] if t.is_word and (t.text.isdigit() or t.text in lexicon.NUMBERS)), None)
    by = next((n for n, t in enumerate(parts) if t.is_word and t.text == "by"), None)
    if by is not None and any(p > by for p, _ in nouns):
        counted_at, counted = next((p, c) for p, c in nouns if p > by)
        head_at, head = nouns[0]
    else:
        after = [(p, c) for p, c in nouns if p > cue]
        counted_at, counted = after[-1] if parts[cue].text == "top" else after[0]
        others = [(p, c) for p, c in nouns if p != counted_at]
        head_at, head = others[0]
        if parts[cue].text == "top" and len(after) > 1:
            head_at, head = after[0]
            counted_at, counted = after[1]
    if head is None or counted is None:
        return None
    plural = parts[head_at].text.endswith("s") and parts[head_at].text not in ("process",)
    k = number or (1 if not plural else 10 if any(t.text in ("rank", "top", "leaderboard", "order") for t in parts) else 1)
    base: Expr = All(head)
    if reader.marks:
        between = parts[head_at + 1 :]
        spans = groups(between)
        restricted = [t for t in between if t.category is None or t.text != parts[counted_at].text]
        base_expr = read_clauses(reader, head, _until_cue(restricted, spans))
        base = base_expr if base_expr is not None else base
    verb = " ".join(t.text for n, t in enumerate(parts) if t.mark is None and n not in (head_at, counted_at) and not lexicon.TOP.fullmatch(t.text))
    options = steps(f"{verb} {{x}}", [head], [counted])
    if not options:
        return None
    step = options[0]
    if isinstance(base, Entity):
        base = All(head)
    direction = _turned(step.relation, step.direction)
    return TopForm(k, base, step.relation, direction, most=not lexicon.FEWEST.search(words))  # type: ignore[arg-type]


RELATION_NOUNS = {k: v for k, v in lexicon.RELATIONAL.items() if v and k.endswith("s")}


def _turned(relation: str, direction: str) -> str:
    from kg.schema import schema

    return direction if schema().relation(relation).symmetric else ("in" if direction == "out" else "out")


def _until_cue(parts: Sequence[Token], spans: object) -> list[Token]:
    """The clause with the marks, without the words that ask for the most."""
    kept: list[Token] = []
    for token in parts:
        if token.is_word and (lexicon.TOP.fullmatch(token.text) or token.text in ("number", "by", "with", "has", "have")):
            if any(t.mark is not None for t in kept):
                break
            continue
        kept.append(token)
    return kept


def _compare(reader: Reader, text: str, parts: list[Token]) -> Form | None:
    words = _words_of(parts)
    if len(reader.marks) != 2 or not lexicon.COMPARE.search(words) or "more or less" in words:
        return None
    parts = [Token(t.text, category=RELATION_NOUNS[t.text]) if t.is_word and t.text in RELATION_NOUNS else t for t in parts]
    nouns = [t for t in parts if t.category]
    if not nouns:
        return None
    counted = nouns[-1].category if len({n.category for n in nouns}) == 1 else next((n.category for n in nouns), None)
    sources = [c for c in reader.shared_categories([0, 1])]
    for noun in nouns:
        if noun.category not in sources:
            counted = noun.category
    verb = " ".join(t.text for t in parts if t.is_word and t.text not in ("more", "fewer", "less", "compare", "than", "or", "versus", "number"))
    step = reader.step(f"{verb} {{x}}", [counted] if counted else None, sources)
    if step is None:
        return None
    left, right = reader.entity(0, step.source), reader.entity(1, step.source)
    if left is None or right is None:
        return None
    return CompareForm(Hop(step.relation, step.direction, left), Hop(step.relation, step.direction, right), left.id, right.id)  # type: ignore[arg-type]


def _share(reader: Reader, parts: list[Token]) -> Expr | None:
    """'drugs that share targets with X', 'which genes do X and Y have in common'."""
    words = _words_of(parts)
    if not re.search(r"\b(?:shares?|shared|in common|common|same|overlap)\b", words) or not reader.marks:
        return None
    parts = [Token(t.text, category=RELATION_NOUNS[t.text]) if t.is_word and t.text in RELATION_NOUNS else t for t in parts]
    nouns = [t for t in parts if t.category]
    spans = groups(parts)
    if len(spans) == 1 and len(spans[0][2]) >= 2:
        kept = [t for t in parts if not (t.is_word and t.text in {"share", "shares", "shared", "common", "in", "both", "same", "overlap", "have", "do", "between"})]
        category = nouns[0].category if nouns else None
        return read_clause(reader, category, [t for t in kept if t.category is None or t.category != category]) or read_set(reader, kept)
    if len(nouns) >= 2 and len(reader.marks) == 1:
        outer, inner = nouns[0].category, nouns[1].category
        if outer is None or inner is None or outer not in reader.marks[0].categories:
            return None
        verb = " ".join(t.text for t in parts if t.is_word and t.text not in ("share", "same", "common", "with", "as"))
        there = steps(f"{verb} {{x}}", [inner], [outer])
        entity = reader.entity(0, outer)
        if not there or entity is None:
            return None
        first = Hop(there[0].relation, there[0].direction, entity)  # type: ignore[arg-type]
        return Minus(Hop(there[0].relation, _turned(there[0].relation, there[0].direction), first), entity)  # type: ignore[arg-type]
    return None


def _why_not(question: str, marks: Sequence[Mark], parts: Sequence[Token]) -> AbstainForm:
    """Why no form was found: a pronoun or missing name, an unknown name, or another subject."""
    vocabulary = wordings().vocabulary
    words = [t.text for t in parts if t.is_word and t.text.isalnum()]
    strange = [w for w in words if w not in COMMON and stem(w) not in vocabulary and w not in lexicon.DETERMINERS]
    domain = any(t.category for t in parts) or any(t.text in lexicon.RELATIONAL for t in parts) or any(
        w not in COMMON and stem(w) in vocabulary for w in words
    )  # fmt: skip
    if marks and len(parts) > 1:
        if PRONOUN.search(question):
            return AbstainForm("incomplete", "The question refers to something that it does not name.")
        return AbstainForm("ambiguous_question", "The question names things of the graph, but how they should relate was not understood.")
    if not domain and not lexicon.NOUNS.keys() & set(words) and (strange or not PRONOUN.search(question)) and not any(w in ("drug", "treat") for w in words):
        if len(words) > 3 or strange:
            return AbstainForm("out_of_scope", "Galenic answers questions on drugs, diseases, genes and what ties them together.")
    if PRONOUN.search(question) or not strange:
        return AbstainForm("incomplete", "The question does not say of what: name a drug, a disease, a gene or another thing.")
    if any(t.category for t in parts) or any(t.text in lexicon.RELATIONAL for t in parts) or (domain and len(strange) == 1):
        return AbstainForm("unknown_name", f"No name in this release matches {' '.join(strange)}.")
    return AbstainForm("out_of_scope", "Galenic answers questions on drugs, diseases, genes and what ties them together.")


def explain(parts: Sequence[Token]) -> str:
    """Tokens as text, for messages and tests."""
    return spoken(parts)


__all__ = ["MAX_CHARACTERS", "Parsed", "category_of", "explain", "parse"]
