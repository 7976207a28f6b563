"""What a question to the literature is about: the things that it names, and the words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA, Prefix

from galenic.questions.work import Work
from kg.logic.forms import LiteratureForm
from kg.sentences import sentences
from llm.words import everyday_words, known_words
from ontologies.names import normal
from retrieval.lexical import terms
from retrieval.passages import PassageIndex
from retrieval.speaking import Readable, Thing

_WORD = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*")
# Words by which papers are asked for, beside those of other questions.
_FRAME = frozenset(
    "anyone anything available cases concerning describe described describing documentation information linked linking "
    "mention mentioned mentioning note pmid pmids problem problems proof read reports reporting result results review "
    "series something tie trial tying written".split()
)
_ANATOMY = "biolink:AnatomicalEntity"
# The shortest stem by which words are known again, and what forms of one word end with behind it.
_STEM = 4
_ENDINGS = frozenset(
    [
        "",
        *"a able ae al ally ance ances ant ants ar ary ate ated ates ating ation ational ations ative".split(),
        *"ator ators e ed en ence ences ent ental ently ents er ers es est ful i ia ial ible ic ical ically".split(),
        *"ics ied ier ies iest ing ings ion ional ions is ise ised ism ist ists ities ity ive ively ize ized".split(),
        *"izing less ly ment ments ness on or ors ory ous s t tic tically ting um us y yl".split(),
    ]
)
# A shorter word may be an ordinary one that no passage happens to have.
_LONG = 7
CONDITIONS = frozenset(("biolink:Disease", "biolink:ClinicalFinding", "biolink:PhenotypicFeature"))


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about; a passage must speak of all `things`, and the more of the `words` it has the better.

    `query` is the question with the names that the release has for what it names. `described` are the things that are
    conditions said in several words, which papers put in other ways ('cancer pain', 'pain in patients with cancer'),
    and those of an everyday name, which may mean something else.
    `strange` are words that are unknown names where no passage has them.
    """

    things: tuple[Thing, ...]
    words: tuple[str, ...]
    query: str
    described: frozenset[str] = frozenset()
    strange: tuple[str, ...] = ()

    def share(self, passage: Readable) -> float:
        """How many of the words a passage has, in whatever form; 0 to 1."""
        if not self.words:
            return 0.0
        have = terms(f"{passage.title} {passage.text}")
        return sum(has(have, word) for word in self.words) / len(self.words)


def topic_of(form: LiteratureForm, work: Work, index: PassageIndex) -> Topic:
    """The things that a question names, by all their names, and the words that are neither names nor its frame.

    A part of the body and what was but read as a mistyped name are words beside two other things: 'eye drops'.
    """
    query = re.sub(r"[?!]+$", "", form.text).strip()
    names = work.desk.release.names_of_each(form.entities)
    rest = query
    firm: list[Thing] = []
    loose: list[Thing] = []
    for linked in sorted(work.linked, key=lambda e: -len(e.mention)):
        if linked.id not in names:
            continue
        rest = re.sub(rf"(?<!\w){re.escape(linked.mention)}(?!\w)", " ", rest)
        # Some drugs have hundreds of brands, and papers write few of them.
        written = (n for n in names[linked.id] if not n.endswith("\tbrand") or index.holds(n))
        thing = Thing(linked.id, (linked.mention, *written))
        (loose if linked.category == _ANATOMY or _is_mistyped(linked.mention, names[linked.id]) else firm).append(thing)
    words = [w for w in _WORD.findall(rest) if not _is_frame(w)]
    codes = [w for w in words if _is_code(w) and not query.isupper()]
    firm += [Thing("", (code,)) for code in codes]
    plain = [w.casefold() for w in words if w not in codes]
    long = (w for w in words if len(w) >= _LONG and w not in codes and not _is_ordinary(w.casefold()))
    strange = (*codes, *long)
    if len(firm) + bool(plain) < 2:
        firm += loose
    else:
        plain += [w for thing in loose for w in thing.names[0].casefold().split()]
    if not firm and not plain:
        plain = terms(query)
    own = (work.names[e] for e in form.entities if e in work.names)
    query = " ".join([query, *(n for n in own if n.casefold() not in query.casefold())])
    described = frozenset(
        linked.id
        for linked in work.linked
        if (linked.category in CONDITIONS and _is_plain(linked.mention))
        or (linked.id in names and _is_everyday(linked.mention, names[linked.id]))
    )
    return Topic(tuple(firm), tuple(dict.fromkeys(plain)), query, described, strange)


def _is_plain(mention: str) -> bool:
    """Whether each word of a mention means something by itself, as in 'kidney damage' and not in 'hepatitis B'."""
    return all(len(word) > 3 and word.isalpha() for word in mention.split())


def _is_everyday(mention: str, names: Iterable[str]) -> bool:
    """Whether a thing is meant by words that no source calls it by but lay people: 'eye drops' is rarely ptosis."""
    scoped = (name.partition("\t") for name in names)
    written = {normal.key(name) for name, _, scope in scoped if scope not in ("lay", "broad", "related")}
    return mention.islower() and normal.key(mention) not in written


def _is_mistyped(mention: str, names: Iterable[str]) -> bool:
    """Whether a mention is nearly one of the names and none of them, as Spain is nearly sprain."""
    key = normal.loose(normal.key(mention))
    keys = {normal.loose(normal.key(name.partition("\t")[0])) for name in names}
    return key not in keys and len(key) > 3 and any(OSA.distance(key, k, score_cutoff=2) <= 2 for k in keys)


def _is_ordinary(word: str) -> bool:
    """Whether a word is an everyday one, as it stands or without its ending."""
    stem = re.sub(r"(?:ing|ed|es|s)$", "", word)
    return not everyday_words().isdisjoint((word, stem, f"{stem}e"))


def _is_frame(word: str) -> bool:
    lower = word.casefold()
    return not terms(word) or lower in _FRAME or lower in known_words()


def _is_code(word: str) -> bool:
    """Whether a word is an abbreviation or a code, which no other word stands for: SSRIs, PHQ-9."""
    return sum(c.isupper() for c in word) > 1 or (any(c.isdigit() for c in word) and any(c.isalpha() for c in word))


def has(have: Iterable[str], word: str) -> bool:
    """Whether terms of a text have a word, whatever its ending; of one with hyphens, each of its parts.

    >>> has(["activation", "cystic"], "activated"), has(["activation", "cystic"], "cysts"), has(["asthma"], "asthenia")
    (True, True, False)
    >>> has(["statistical"], "statins")
    False
    """
    wanted = [term for part in word.split("-") for term in terms(part)]
    return all(any(_are_forms(w, term) for w in have) for term in wanted)


def _are_forms(word: str, other: str) -> bool:
    """Whether two words differ by their endings alone."""
    if word == other:
        return True
    shared = Prefix.similarity(word, other)
    return shared >= _STEM and {word[shared:], other[shared:]} <= _ENDINGS


def starts_of(word: str) -> list[str]:
    """What other forms of a word begin with too; of one with hyphens, each of its parts."""
    parts = [terms(part) for part in word.split("-")]
    return [start[: max(5, len(start) - 3)] for part in parts for start in part]


def puts(text: str, mention: str) -> bool:
    """Whether one sentence has all words of a mention, in whatever form and order.

    >>> puts("Pain was relieved in cancer patients. None died.", "cancer pain"), puts("Pain. Cancer.", "cancer pain")
    (True, False)
    """
    words = terms(mention)
    return any(
        all(has(have, word) for word in words) for start, end in sentences(text) for have in [terms(text[start:end])]
    )
