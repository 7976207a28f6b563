"""From tokens to a set expression: head noun, clauses, their connectors, nested descriptions."""

from __future__ import annotations

from collections.abc import Sequence

from kg.logic.forms import All, And, Entity, Expr, Hop, Minus, Or, category_of
from llm.patterns.reader import Reader
from llm.patterns.relations import steps
from llm.patterns.spans import connector_at, groups, head, strip_frame
from llm.patterns.tokens import Token, spoken
from llm.words import DETERMINERS, RELATIONAL

# A wording this near counts as said: what splits a clause in two must be clear on both sides.
_CLEAR = 0.62
_SUFFIX = {
    "as",
    "side",
    "effect",
    "patients",
    "disease",
    "expression",
    "treatment",
    "therapy",
    "cells",
    "levels",
    "symptoms",
    "symptom",
    "activity",
}


def read_set(reader: Reader, parts: Sequence[Token], wanted: str | None = None) -> Expr | None:
    """The set that a description denotes, or None when it cannot be read."""
    parts = strip_frame(parts)
    if not parts:
        return None
    category, used = head(parts)
    # Words before the head belong to the first clause: 'palliative drugs for X'.
    rest = [t for t in parts[: max(used - 1, 0)] if t.text not in DETERMINERS] + parts[used:]
    if category and not any(t.mark is not None for t in rest):
        return All(category) if all(t.is_word and t.text in DETERMINERS | {"in"} for t in rest) else None
    if not any(t.mark is not None for t in parts):
        return None
    if category is None:
        return _headless(reader, parts, wanted)
    headed, whole = reader.fork(), reader.fork()
    clauses = read_clauses(headed, category, rest)
    # 'symptom relievers for X': the noun may be a part of the wording and not the head.
    headless = (
        _headless(whole, parts, None) if len(groups(parts)) == 1 and parts[used:] and parts[used].is_word else None
    )
    if headless is not None and (
        clauses is None or min(whole.scores, default=0.0) > min(headed.scores, default=0.0) + 0.1
    ):
        reader.take(whole)
        return headless
    reader.take(headed)
    return clauses


def _headless(reader: Reader, parts: list[Token], wanted: str | None) -> Expr | None:
    """'targets of X', 'X side effects', 'treats X': the wording alone says what is asked for."""
    spans = groups(parts)
    start, end, numbers, how = spans[0]
    before, after = parts[:start], parts[end:]
    nouns = [t.category for t in after if t.category]
    if len(spans) == 1 and not (before and before[0].text not in DETERMINERS) and nouns:
        # 'X side effects', 'the X genes': the noun after the mark is the head.
        targets: list[str] | None = [nouns[-1]] if nouns[-1] else None
    else:
        first = next((RELATIONAL[t.text] for t in before if RELATIONAL.get(t.text)), None)
        targets = [first] if first else [wanted] if wanted else None
        noun = next((t.category for t in before if t.category), None)
        if targets is None and noun and reader.shared_categories(numbers)[:1] != [noun]:
            targets = [noun]
    if len(spans) > 1:
        return read_clauses(reader, targets[0] if targets else None, parts)
    if nested_nouns(before):
        return read_clause(reader, targets[0] if targets else None, parts)
    sources = reader.shared_categories(numbers, how)
    text = spoken([*parts[:start], parts[start], *parts[end:]])
    bound, free = steps(text, targets, sources), steps(text, None, sources)
    # The noun said may be a part of the wording ('palliation targets'): a much better wording outweighs it.
    step = bound[0] if bound and (not free or free[0].score < bound[0].score + 0.2) else free[0] if free else None
    if step is None:
        return None
    reader.scores.append(step.score)
    return reader.group(numbers, step, how)


def nested_nouns(before: Sequence[Token]) -> list[int]:
    """Where a nested description may begin: nouns with words before and after them that are no mere predicate ('are
    targets of').
    """
    places = []
    for at, token in enumerate(before):
        noun = token.category or (token.is_word and token.text in RELATIONAL)
        leading = [t for t in before[:at] if not (t.is_word and t.text in DETERMINERS)]
        if noun and at < len(before) - 1 and any(t.is_word for t in leading):
            places.append(at)
    return places


def read_clauses(reader: Reader, category: str | None, parts: Sequence[Token]) -> Expr | None:
    """Clauses one after the other, joined by their connectors, left to right."""
    result: Expr | None = None
    rest = list(parts)
    first = True
    while rest:
        meaning, used = connector_at(rest, 0)
        rest = rest[used:]
        clause, rest = _next_clause(rest)
        if not any(t.mark is not None for t in clause):
            # A clause that names nothing cannot be read, and must not be dropped in silence.
            if meaning and any(t.category or t.text not in DETERMINERS for t in clause if t.text.isalpha()):
                return None
            break
        shared = _shared_object(reader, category, clause)
        if shared is not None:
            lead, how, clause = shared
            if first or result is None:
                result = lead
            else:
                result = Minus(result, lead) if meaning == "not" else And((result, lead))
            first, meaning, category = False, how, category or category_of(lead)
        negated = _negated(clause)
        expr = read_clause(reader, category, clause)
        if expr is None:
            return None
        category = category or category_of(expr)
        if first:
            result = Minus(All(category), expr) if meaning == "not" or negated else expr
        elif meaning == "not" or negated:
            result = Minus(result, expr)  # type: ignore[arg-type]
        else:
            result = _join(Or if meaning == "or" else And, result, expr)  # type: ignore[arg-type]
        first = False
    return result


def _shared_object(reader: Reader, category: str | None, clause: list[Token]) -> tuple[Expr, str, list[Token]] | None:
    """'palliate but do not treat X': the first verb shares its object with the second. (what the first says, connector,
    the rest)
    """
    start = groups(clause)[0][0]
    for at in range(1, start - 1):
        meaning, used = connector_at(clause, at)
        verb = [t for t in clause[:at] if not (t.is_word and t.text in DETERMINERS)]
        second = clause[at + used : start]
        if (
            not meaning
            or not used
            or not verb
            or any(t.category for t in verb)
            or not any(t.is_word and t.text not in DETERMINERS for t in second)
        ):
            continue
        trial = reader.fork()
        flat = _flat(trial, category, [*verb, *clause[start:]])
        if flat is not None and flat[1] >= _CLEAR:
            reader.take(trial)
            return flat[0], meaning, list(clause[at + used :])
    return None


def _join(kind: type[And] | type[Or], left: Expr, right: Expr) -> Expr:
    if kind is And and isinstance(left, Minus) and isinstance(left.left, All):
        # 'drugs other than X that treat Y': from those that treat Y, not from all drugs.
        return Minus(right, left.right)
    parts = left.parts if isinstance(left, kind) and not isinstance(left, Minus) else (left,)
    return kind((*parts, right))


def _negated(clause: Sequence[Token]) -> bool:
    words = {t.text for t in clause[: groups(clause)[0][0]] if t.is_word}
    return bool(words & {"not", "never", "neither", "nor"})


def _next_clause(parts: list[Token]) -> tuple[list[Token], list[Token]]:
    """The tokens of the next clause and what remains after it."""
    spans = groups(parts)
    if not spans:
        return parts, []
    end = spans[0][1]
    following = spans[1][0] if len(spans) > 1 else None
    if following is not None:
        for place in range(end, following):
            meaning, used = connector_at(parts, place)
            if meaning and used and any(t.is_word and t.text.isalpha() for t in parts[place : place + used]):
                return parts[:place], parts[place:]
    at = end
    while at < len(parts):
        token = parts[at]
        meaning, used = connector_at(parts, at)
        if meaning and used and following is not None:
            break
        if (
            following is not None
            and not (token.is_word and token.text in _SUFFIX)
            and not (token.category and at == end)
        ):
            break
        at += 1
    return parts[:at], parts[at:]


def read_clause(reader: Reader, category: str | None, clause: Sequence[Token]) -> Expr | None:
    """One clause with one group of marks: a hop, or hops through a nested description.

    Every way to read the clause is tried; the one whose weakest step fits its
    wording best wins.
    """
    start, end, numbers, _ = groups(clause)[0]
    before, after = list(clause[:start]), list(clause[end:])
    if (
        category
        and not any(t.category or RELATIONAL.get(t.text) for t in after)
        and _apposed(reader, category, before, numbers)
    ):
        return reader.entity(numbers[0], category)
    readings = [_flat(reader.fork(), category, clause)]
    nouns = nested_nouns(before)
    readings += [_nested(reader.fork(), category, clause, at) for at in nouns]
    readings += [_phrase(reader.fork(), category, clause, at) for at in range(1, len(before)) if at not in nouns]
    if after and after[0].text == "'s" and len(after) > 1:
        readings.append(_possessive(reader.fork(), category, clause))
    elif before and after:
        readings += [_trailing(reader.fork(), category, clause, at) for at in range(len(before))]
    candidates = [r for r in readings if r is not None]
    if not candidates:
        return None
    best = max(candidates, key=lambda r: r[1])
    reader.take(best[2])
    return best[0]


_Read = tuple[Expr, float, Reader]


def _flat(trial: Reader, category: str | None, clause: Sequence[Token]) -> _Read | None:
    """The clause as one hop from its marks."""
    start, end, numbers, how = groups(clause)[0]
    before, after = list(clause[:start]), list(clause[end:])
    sources = trial.shared_categories(numbers, how)
    loose = [t.category for t in before if t.category]
    if before and before[-1].category in sources:
        sources = [str(before.pop().category)]
        loose = loose[:-1]
    elif after and after[0].category in sources and len(sources) > 1 and category is not None:
        sources = [str(after.pop(0).category)]
    targets = [category] if category else None
    step = trial.step(spoken([*before, clause[start], *after]), targets, sources)
    if step is None:
        return None
    expr = trial.group(numbers, step, how)
    # A noun inside the wording that no wording knows speaks for a nested description.
    return (expr, step.score - 0.15 * len(loose), trial) if expr is not None else None


def _nested(trial: Reader, category: str | None, clause: Sequence[Token], at: int) -> _Read | None:
    """The noun at `at` and what follows it up to the mark describe the things that the clause speaks of."""
    start, end, _, _ = groups(clause)[0]
    before, after = list(clause[:start]), list(clause[end:])
    for tail, outer in ((after, []), ([], after)) if after else (([], []),):
        inner = read_set(trial, [*before[at:], *clause[start:end], *tail])
        if inner is None or isinstance(inner, Entity):
            continue
        step = trial.step(
            spoken([*before[:at], clause[start], *outer]), [category] if category else None, [category_of(inner)]
        )
        if step is not None:
            return Hop(step.relation, step.direction, inner), min(trial.scores), trial  # type: ignore[arg-type]
    return None


def _phrase(trial: Reader, category: str | None, clause: Sequence[Token], at: int) -> _Read | None:
    """'cured by | relatives of X': a stretch that is a known wording by itself describes the things that the clause
    speaks of.
    """
    start, end, numbers, how = groups(clause)[0]
    before, after = list(clause[:start]), list(clause[end:])
    outer, inner = before[:at], [*before[at:], clause[start], *after]
    if (
        before[at].category
        or not any(t.is_word and t.text not in DETERMINERS for t in outer)
        or not any(t.is_word for t in before[at:])
    ):
        return None
    first = trial.step(spoken(inner), None, trial.shared_categories(numbers, how))
    if first is None or first.score < _CLEAR:
        return None
    expr = trial.group(numbers, first, how)
    step = trial.step(spoken([*outer, clause[start]]), [category] if category else None, [first.target])
    if expr is None or step is None or step.score < _CLEAR:
        return None
    return Hop(step.relation, step.direction, expr), min(first.score, step.score) - 0.02, trial  # type: ignore[arg-type]


def _trailing(trial: Reader, category: str | None, clause: Sequence[Token], at: int) -> _Read | None:
    """'cured by X lookalikes', 'hit by anti-X drugs': the mark and its noun describe the things that the clause speaks
    of.
    """
    start, end, numbers, how = groups(clause)[0]
    before, after = list(clause[:start]), list(clause[end:])
    outer, lead = before[: at + 1], before[at + 1 :]
    last = after[-1]
    target = last.category or (RELATIONAL.get(last.text) if last.is_word else None)
    if (
        not any(t.is_word and t.text not in DETERMINERS for t in outer)
        or target is None
        or any(t.category for t in lead)
    ):
        return None
    words = after if RELATIONAL.get(last.text) is not None or len(after) == 1 else after[:-1]
    first = trial.step(
        spoken([*lead, clause[start], *words]), [target] if target else None, trial.shared_categories(numbers, how)
    )
    if first is None or first.score < _CLEAR / 2:
        return None
    expr = trial.group(numbers, first, how)
    step = trial.step(spoken([*outer, clause[start]]), [category] if category else None, [first.target])
    if expr is None or step is None or step.score < _CLEAR:
        return None
    return Hop(step.relation, step.direction, expr), min(first.score, step.score), trial  # type: ignore[arg-type]


def _possessive(trial: Reader, category: str | None, clause: Sequence[Token]) -> _Read | None:
    """'linked to X's targets': the words after the mark describe what the clause speaks of."""
    start, end, _, _ = groups(clause)[0]
    inner = read_set(trial, [clause[start], *clause[end + 1 :]])
    if inner is None or category_of(inner) == category:
        return None
    step = trial.step(spoken([*clause[:start], clause[start]]), [category] if category else None, [category_of(inner)])
    return (Hop(step.relation, step.direction, inner), min(trial.scores), trial) if step else None  # type: ignore[arg-type]


def _apposed(reader: Reader, category: str, before: Sequence[Token], numbers: Sequence[int]) -> bool:
    """'other than X': the clause is the mark alone, of the head's own category."""
    words = [t for t in before if t.is_word and t.text not in DETERMINERS]
    return (
        len(numbers) == 1
        and not words
        and not any(t.category for t in before)
        and category in reader.marks[numbers[0]].categories
    )
