"""Names inside a sentence: longest known names first, then mistyped ones, then words that look like unknown names."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ontologies.curie import parse
from ontologies.errors import CurieError
from ontologies.names import normal
from ontologies.names.linker import Candidate, NameLinker

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|\S")
_LONGEST = 9
_PLAIN = 3
# Names with brackets, commas and locants have many more tokens than words; they are looked for whole.
_LONGEST_WRITTEN = 64
_WRITTEN = re.compile(r"[\[\](){},]|\d[-'’,]|[-,]\d")
_IDENTIFIER = re.compile(r"(?:https?://\S+/)?\b[A-Za-z][A-Za-z0-9.]*[:_][A-Za-z0-9][\w.-]*\w")
_CHUNK = re.compile(r"\S+")
_EDGE = frozenset(
    (
        "a an the of and or in on for to with by at from is are was do does which what that its it as not but than "
        "if be has have can could"
    ).split()
)
_GENE = "biolink:Gene"


@dataclass(frozen=True, slots=True)
class MentionSpan:
    """A name in a text: half-open character offsets; no candidates for a name that is not known."""

    start: int
    end: int
    text: str
    candidates: tuple[Candidate, ...]


def find_mentions(
    linker: NameLinker, text: str, ignore: Collection[str] = (), heads: Collection[str] = ()
) -> list[MentionSpan]:
    """Names in reading order, none overlapping. `ignore` holds words that are never a name by themselves.

    Words to be ignored are a name where they are one as they stand and end with one of `heads`: 'left disease'.
    """
    tokens = [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]
    words = [t[2] for t in tokens]
    taken = [False] * len(tokens)
    mentions: list[MentionSpan] = []
    _add_identifiers(linker, text, tokens, taken, mentions)
    _add_written(linker, text, tokens, taken, mentions)
    shout = (
        sum(w.isupper() for w in words if len(w) > 1) > 0.6 * max(sum(len(w) > 1 for w in words), 1) and len(words) > 3
    )
    for length in range(min(_LONGEST, len(tokens)), 0, -1):
        for at in range(len(tokens) - length + 1):
            run = words[at : at + length]
            if any(taken[at : at + length]):
                continue
            start, end = tokens[at][0], tokens[at + length - 1][1]
            headed = 1 < length <= _PLAIN and run[0].casefold() not in _EDGE and run[-1].casefold() in heads
            if not _may_be_name(run, ignore) and not (headed and linker.named_exactly(text[start:end])):
                continue
            if _says_what_it_is(run) and not linker.named_exactly(text[start:end]):
                continue
            if _breaks_a_name(linker, text, tokens, at, run):
                continue
            candidates = _readings(linker, text[start:end], shout)
            if candidates:
                _take(mentions, taken, at, length, MentionSpan(start, end, text[start:end], candidates))
    mentions = _whole_chunks(text, mentions, ignore)
    _cover(tokens, taken, mentions)
    _add_mistyped(linker, text, tokens, taken, mentions, ignore)
    return sorted(mentions, key=lambda m: m.start)


_Tokens = list[tuple[int, int, str]]


def _cover(tokens: _Tokens, taken: list[bool], mentions: list[MentionSpan]) -> None:
    """Mark the tokens that stand in a mention."""
    for n, (start, end, _) in enumerate(tokens):
        taken[n] = taken[n] or any(m.start <= start and end <= m.end for m in mentions)


def _add_identifiers(
    linker: NameLinker, text: str, tokens: _Tokens, taken: list[bool], mentions: list[MentionSpan]
) -> None:
    """Identifiers where a name is asked for: DOID:13189, HP_0000822; one that the release lacks is an unknown name."""
    for match in _IDENTIFIER.finditer(text):
        candidate = linker.identified(match.group())
        if candidate is not None or _looks_like_identifier(match.group()):
            mentions.append(MentionSpan(*match.span(), match.group(), (candidate,) if candidate else ()))
    _cover(tokens, taken, mentions)


def _looks_like_identifier(text: str) -> bool:
    """Whether a text is an identifier by its form: a known prefix and a local part with a digit."""
    try:
        parse(text.replace("_", ":", 1) if ":" not in text else text)
    except CurieError:
        return False
    return any(c.isdigit() for c in text)


def _add_written(
    linker: NameLinker, text: str, tokens: _Tokens, taken: list[bool], mentions: list[MentionSpan]
) -> None:
    """Names with brackets, commas and locants, the longest first: one that stands there whole beats any word of it."""
    if len(tokens) < 3 or not _WRITTEN.search(text):
        return
    alphanumeric = [t[2][0].isalnum() for t in tokens]
    for length in range(min(_LONGEST_WRITTEN, len(tokens)), 2, -1):
        for at in range(len(tokens) - length + 1):
            last = at + length - 1
            if any(taken[at : last + 1]) or not (alphanumeric[at] and alphanumeric[last]):
                continue
            start, end = tokens[at][0], tokens[last][1]
            span = text[start:end]
            if not _WRITTEN.search(span) or not linker.named_exactly(span):
                continue
            start, end = _bracketed(text, start, end)
            _take(mentions, taken, at, length, MentionSpan(start, end, text[start:end], tuple(linker.known(span))))


def _bracketed(text: str, start: int, end: int) -> tuple[int, int]:
    """The offsets of a name with the brackets that belong to it: '(S)-x', 'x (human)'."""
    inside = text[start:end]
    for opening, closing in ("()", "[]", "{}"):
        if inside.count(closing) > inside.count(opening) and text[start - 1 : start] == opening:
            start -= 1
        elif inside.count(opening) > inside.count(closing) and text[end : end + 1] == closing:
            end += 1
    return start, end


def _whole_chunks(text: str, mentions: list[MentionSpan], ignore: Collection[str]) -> list[MentionSpan]:
    """A name that is but a part of something written together is none: the whole is one, and it is not known.

    'phenol' in '4-(1-methylethyl)phenol'; ordinary words may be joined to a name ('asthma-associated').
    """
    for chunk in _CHUNK.finditer(text):
        start, end = chunk.span()
        inside = [m for m in mentions if m.start < end and m.end > start]
        if not inside or all(m.start <= start and m.end >= end for m in inside):
            continue
        rest = [
            t.group()
            for t in _TOKEN.finditer(text, start, end)
            if t.group()[0].isalnum() and not any(m.start <= t.start() and t.end() <= m.end for m in inside)
        ]
        if all(w.casefold().split("'")[0] in ignore or w.casefold() in _EDGE or w.casefold() == "s" for w in rest):
            continue
        whole = chunk.group().strip('.,;:?!"“”‘’')
        at = start + chunk.group().index(whole)
        kept = [m for m in mentions if m not in inside]
        mentions = [*kept, MentionSpan(at, at + len(whole), whole, ())]
    return mentions


def _take(mentions: list[MentionSpan], taken: list[bool], at: int, length: int, span: MentionSpan) -> None:
    taken[at : at + length] = [True] * length
    mentions.append(span)


def _may_be_name(words: list[str], ignore: Collection[str]) -> bool:
    """Whether a run of words may be a name at all."""
    first, last = words[0], words[-1]
    if not first[0].isalnum() or not (last[-1].isalnum() or last == "+"):
        return False
    lowered = [w.casefold() for w in words]
    if len(words) == 1:
        word = words[0]
        exact = word.isupper() and len(word) >= 2
        return (
            (len(word) >= 2)
            and not word.isdigit()
            and (exact or (lowered[0] not in ignore and lowered[0] not in _EDGE))
        )
    if lowered[0] in _EDGE or lowered[-1] in _EDGE:
        return False
    return not all(w in ignore or w in _EDGE or not w[0].isalnum() for w in lowered)


def _says_what_it_is(words: list[str]) -> bool:
    """Whether a run may be a name and what it is called: 'aspirin an NSAID', 'gout a type'; 'hepatitis a' is not."""
    return not {"a", "an"}.isdisjoint(w.casefold() for w in words[1:-1])


def _breaks_a_name(linker: NameLinker, text: str, tokens: _Tokens, at: int, run: list[str]) -> bool:
    """Whether a run goes over a comma while what stands before it ends a longer name: 'whooping [cough, pills]'."""
    if "," not in run or at == 0:
        return False
    end = tokens[at + run.index(",") - 1][1]
    return linker.named_exactly(text[tokens[at - 1][0] : end])


def _readings(linker: NameLinker, text: str, shout: bool) -> tuple[Candidate, ...]:
    candidates = linker.link(text, fuzzy=False)
    if " " in text or "-" in text:
        return tuple(candidates)
    lower = text.islower() or shout
    ordinary = linker.store.has(linker.store.common, normal.key(text))
    kept = []
    for candidate in candidates:
        symbol = (
            candidate.category == _GENE
            and (len(text) <= 6)
            and ("its name" in candidate.why or "gene alias" in candidate.why)
        )
        if lower and symbol and ordinary:
            continue
        if len(text) <= 3 and lower and candidate.category != _GENE and "its name" not in candidate.why:
            continue
        kept.append(candidate)
    return tuple(kept)


def _add_mistyped(
    linker: NameLinker,
    text: str,
    tokens: list[tuple[int, int, str]],
    taken: list[bool],
    mentions: list[MentionSpan],
    ignore: Collection[str],
) -> None:
    """Unknown words: a name with a typing error, alone or with its neighbours, or an unknown name."""
    for at, (start, end, word) in enumerate(tokens):
        if taken[at] or not _strange(linker, word, ignore):
            continue
        best: tuple[int, int, tuple[Candidate, ...]] | None = None
        for length in (4, 3, 2, 1):
            for first in range(max(0, at - length + 1), min(at, len(tokens) - length) + 1):
                if any(taken[first : first + length]) or not _may_be_name(
                    [t[2] for t in tokens[first : first + length]], ignore
                ):
                    continue
                candidates = linker.link(text[tokens[first][0] : tokens[first + length - 1][1]])
                if candidates:
                    best = (first, length, tuple(candidates))
                    break
            if best:
                break
        if best:
            first, length, candidates_found = best
            span = MentionSpan(
                tokens[first][0],
                tokens[first + length - 1][1],
                text[tokens[first][0] : tokens[first + length - 1][1]],
                candidates_found,
            )
            _take(mentions, taken, first, length, span)
        elif len(word) >= 4 or any(c.isdigit() for c in word):
            _take(mentions, taken, at, 1, MentionSpan(start, end, word, ()))


def _strange(linker: NameLinker, word: str, ignore: Collection[str]) -> bool:
    """Whether a word is neither ordinary nor part of any known name."""
    lowered = word.casefold()
    if len(word) < 4 and not (any(c.isdigit() for c in word) and any(c.isalpha() for c in word)):
        return False
    if not word[0].isalnum() or word.isdigit() or lowered in ignore or lowered in _EDGE:
        return False
    text = normal.key(word)
    if linker.store.has(linker.store.common, text) or linker.store.has(linker.store.common, normal.singular(text)):
        return False
    # Part of a known name ('vulgaris') is no unknown name, but a code such as TP99 is one unless it is known whole.
    partial = linker.store.has(linker.store.words, text)
    return not partial
