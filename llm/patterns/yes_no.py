"""Yes-or-no questions: is there any, does this belong to that set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.logic.forms import And, Entity, ExistsForm, Expr, Form, Hop
from kg.schema import schema
from llm.patterns import lexicon
from llm.patterns.clauses import read_clauses, read_set
from llm.patterns.quantities import having
from llm.patterns.reader import Reader
from llm.patterns.spans import groups, strip_frame
from llm.patterns.tokens import Token, words_of
from llm.words import RELATIONAL

_AUXILIARY = frozenset("is are does do can could has have was did the a an will , : may might would".split())
_VERB = re.compile(r"(?<!s)s$|^(?:is|are|was|were|has|have|can|may|might|does|do|will|could|not|also|never)$")
_IS_A = re.compile(
    r"^(?:is|are) (?:the )?@ (?:(?:really|considered|counted|classed|classified) )?(?:as )?"
    r"(?:(?:a|an|one of the|some)? ?(?:(?:kind|type|form|sort|subtype)s? )?(?:of )?(?:(?:a|an|the) )?)@ ?\??$"
)
# Nothing else can be meant.
_SURE = 1.1
_TAGS = frozenset(("yes or no", "is that right", "true or false"))
_TAG_WORDS = frozenset("right correct then , not or true no yes false that".split())


def exists(reader: Reader, parts: list[Token]) -> Form | None:
    """'does X treat Y', 'is there any drug that ...', 'X treats Y, right?'."""
    words = words_of(parts)
    sentence = " ".join("@" if t.mark is not None else t.text for t in parts)
    asked = bool(lexicon.YES_NO.match(sentence)) or bool(lexicon.YES_NO_END.search(sentence))
    if not asked and not _statement(parts):
        return None
    if re.search(r"\bwhich ones\b|\bwhich one\b", words):
        return None
    if _IS_A.match(sentence) and (kind := _of_kind(reader, parts)) is not None:
        return kind
    body = _without_frame(parts)
    anyone = re.match(
        r"^(?:is|are|do|does|could|can) (?:there (?:be )?)?(?:even |at least )?(?:any|a|an|one|some)\b|^(?:is"
        r"|are) there\b",
        sentence,
    )
    trial = reader.fork()
    restricted = having(trial, body)
    if restricted is not None:
        reader.take(trial)
        return ExistsForm(restricted)
    if body and body[0].mark is not None and len(reader.marks) >= 2:
        return _of_marks(reader, body)
    spans = groups(body)
    if len(spans) == 2 and any(
        t.text in ("include", "includes", "contain", "comprise") for t in body[spans[0][1] : spans[1][0]]
    ):
        return _of_marks(reader, body)
    if (
        anyone
        or (body and (body[0].category or (len(body) > 1 and body[1].category)))
        or re.search(r"\bexist\b", words)
    ):
        rest = [
            t
            for t in body
            if not (t.is_word and t.text in {"there", "any", "even", "least", "at", "one", "exist", "a", "an", "is"})
        ]
        expr = read_set(reader, rest)
        return ExistsForm(expr) if expr is not None else None
    if len(reader.marks) >= 2:
        return _of_marks(reader, body)
    return None


def _of_kind(reader: Reader, parts: Sequence[Token]) -> Form | None:
    """'is X a Y': whether it is among what stands under that in the ontology of their kind."""
    one, other = [token.mark for token in parts if token.mark is not None]
    drug, group = reader.entity(one, "biolink:Drug"), reader.entity(other, "biolink:ChemicalRole")
    if drug is not None and group is not None:
        reader.scores.append(_SURE)
        return ExistsForm(And((drug, Hop("includes", "out", group))))
    for category in reader.shared_categories((one, other)):
        if not schema().kind(category).narrower:
            continue
        thing, above = reader.entity(one, category), reader.entity(other, category)
        if thing is not None and above is not None and thing.id != above.id:
            reader.scores.append(_SURE)
            return ExistsForm(And((thing, Hop("subclass_of", "in", above))))
    return None


def _statement(parts: Sequence[Token]) -> bool:
    """'X treats Y': a mark, then a verb, then another mark."""
    spans = groups(parts)
    if (
        len(spans) < 2
        or spans[0][0] != 0
        or len(spans[0][2]) > 1
        or any(t.text in ("which", "what", "where") for t in parts)
    ):
        return False
    place = spans[0][1]
    following = parts[place]
    if following.text in RELATIONAL:
        return parts[place + 1].mark is not None
    return (
        following.is_word
        and following.text not in ("'s", ",", "and", "or", "plus")
        and bool(_VERB.search(following.text))
    )


def _without_frame(parts: list[Token]) -> list[Token]:
    """Tokens after 'is it true that', 'does', 'can you confirm that', and before ', right?'."""
    at = 0
    words = []
    while at < len(parts) and parts[at].mark is None and not parts[at].category:
        words.append(parts[at].text)
        at += 1
    lead = " ".join(words)
    opened = lexicon.YES_NO_START.match(lead)
    lead = lead[opened.end() :] if opened else lead
    keep = [Token(w) for w in lead.split() if w not in _AUXILIARY]
    rest = keep + parts[at:]
    text = [t.text if t.mark is None else "@" for t in rest]
    while rest and (" ".join(text[-3:]) in _TAGS or text[-1] in _TAG_WORDS):
        cut = 3 if " ".join(text[-3:]) in _TAGS else 1
        rest, text = rest[:-cut], text[:-cut]
    return rest


def _of_marks(reader: Reader, body: list[Token]) -> Form | None:
    """'does S treat X', 'is S a side effect of X', 'do the targets of X include S'."""
    spans = groups(body)
    if len(spans) == 1 and len(spans[0][2]) == 2:
        first, second = spans[0][2]
        body = [t for t in body if t.mark != first]
        return _tie(reader, first, [t for t in body if t.mark is None] + [t for t in body if t.mark == second])
    subject = spans[0][2][0]
    rest = [t for t in body if t.mark != subject]
    words = words_of(body[: spans[0][0]])
    if (
        words
        and any(w in ("include", "includes", "contain", "comprise", "in") for w in words_of(body).split())
        and len(spans) == 2
        and spans[0][0] > 0
    ):
        return _tie(
            reader,
            spans[1][2][0],
            [t for t in body if t.mark != spans[1][2][0] and t.text not in ("include", "contain", "comprise")],
        )
    return _tie(reader, subject, rest)


def _tie(reader: Reader, subject: int, rest: list[Token]) -> Form | None:
    """The form that says whether a mark belongs to the set that the rest describes."""
    best: tuple[float, Expr, Entity, list[float]] | None = None
    for rank, category in enumerate(reader.marks[subject].categories):
        trial = Reader(reader.marks)
        trimmed = [
            t for t in rest if not (t.is_word and t.text in {"not", "one", "among", "belong", "known", "counted"})
        ]
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
