"""How relations are said in sentences of many wordings: each with its direction, its number and its negation."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from kg.errors import GraphError
from kg.schema import schema
from kg.schema.relations import Direction
from llm.models.errors import CorpusError

Wordings = Mapping[tuple[str, Direction], Sequence[str]]
_COLUMNS = ["relation", "direction", "words"]
# Words of frames and joints that say nothing of what they stand beside.
PLAIN = frozenset(
    """
    a also an and another are however as at be been being both but by can called could data database did do does
    evidence facts following for from furthermore had has have his how in include includes including into is it its
    itself known may might moreover named namely not of on or others our record recorded records release s say says
    shown shows some such than that the their them there these they this those though to too was we well were where
    whereas which while who whose with addition additionally besides one two three four other fact information
    according respectively what follows nor neither no doesn't don't isn't aren't cannot can't
    """.split()
)
# What people call a thing of a kind beside its noun in the schema.
NOUNS: Mapping[str, tuple[str, ...]] = {
    "biolink:Drug": ("drug", "drug", "medication", "medicine", "compound"),
    "biolink:Disease": ("disease", "disease", "condition", "disorder"),
    "biolink:Gene": ("gene", "gene", "protein"),
    "biolink:AnatomicalEntity": ("tissue", "organ", "part of the body"),
    "biolink:BiologicalProcess": ("biological process", "process"),
    "biolink:ChemicalRole": ("drug class", "class", "class of drugs"),
    "biolink:SequenceVariant": ("variant", "mutation"),
    "biolink:MolecularActivity": ("molecular function", "function"),
    "biolink:CellularComponent": ("cellular component", "part of the cell"),
}
NEGATORS = frozenset("not no never none nor neither cannot can't doesn't don't isn't aren't without".split())
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")


def read_wordings(file: Path | None = None) -> Wordings:
    """The wordings of each relation from its subject ('out') and from its object ('in'), those of a file beside ours.

    Raises `CorpusError` for a line that is none.
    """
    found: dict[tuple[str, Direction], list[str]] = defaultdict(list)
    for relation in schema().relations.values():
        found[relation.name, "out"].append(relation.says)
        found[relation.name, "in"].append(relation.passive)
    texts = [("wordings.tsv", files("llm.checking").joinpath("wordings.tsv").read_text("utf-8"))]
    try:
        texts += [] if file is None else [(str(file), file.read_text("utf-8"))]
    except (OSError, UnicodeDecodeError) as problem:
        raise CorpusError(f"{file}: {problem}; give a text file in UTF-8") from problem
    for name, text in texts:
        rows = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        if rows[:1] != [_COLUMNS]:
            raise CorpusError(f"{name}:1: the first line must be {'<TAB>'.join(_COLUMNS)}")
        for number, row in enumerate(rows[1:], 2):
            _add(found, row, f"{name}:{number}")
    return {way: tuple(dict.fromkeys(words)) for way, words in found.items()}


def _add(found: dict[tuple[str, Direction], list[str]], row: Sequence[str], where: str) -> None:
    if len(row) != 3 or row[1] not in ("out", "in") or not row[2].strip():
        raise CorpusError(f"{where}: a line is relation<TAB>out or in<TAB>words that stand between the two names")
    try:
        relation = schema().relation(row[0])
    except GraphError as problem:
        raise CorpusError(f"{where}: {problem}") from problem
    for direction in ("out", "in") if relation.symmetric else (row[1],):
        found[relation.name, direction].append(row[2].strip())


@lru_cache(maxsize=1)
def shipped_wordings() -> Wordings:
    """Our own wordings."""
    return read_wordings()


def denied(words: str) -> str:
    """The words with a 'not'.

    >>> denied("is used for"), denied("carries out"), denied("can cause"), denied("has the function")
    ('is not used for', 'does not carry out', 'cannot cause', 'does not have the function')
    """
    verb, _, rest = words.partition(" ")
    rest = f" {rest}" if rest else ""
    if verb in ("is", "was", "may", "should", "must", "are", "were") or (verb == "has" and rest.startswith(" been")):
        return f"{verb} not{rest}"
    if verb == "can":
        return f"cannot{rest}"
    return f"does not {_base(verb)}{rest}"


def of_many(words: str) -> str:
    """The words after a plural.

    >>> of_many("is used for"), of_many("has the function"), of_many("carries out"), of_many("may cause")
    ('are used for', 'have the function', 'carry out', 'may cause')
    """
    verb, _, rest = words.partition(" ")
    many = {"is": "are", "was": "were", "does": "do", "may": "may", "can": "can", "should": "should", "must": "must"}
    return f"{many.get(verb) or _base(verb)} {rest}".rstrip()


def _base(verb: str) -> str:
    """A verb without its ending of the third person."""
    known = {"has": "have", "does": "do"}
    if verb in known or verb in ("cannot", "may", "can"):
        return known.get(verb, verb)
    if verb.endswith("ies"):
        return f"{verb[:-3]}y"
    for ending in ("ches", "shes", "sses"):
        if verb.endswith(ending):
            return verb[:-2]
    return verb.removesuffix("s")


@lru_cache(maxsize=8)
def vocabulary(file: Path | None = None) -> frozenset[str]:
    """All words in which a sentence may say a relation, a kind or a frame; any other says more than was recorded.

    Words of a file of wordings of one's own are allowed beside those of ours.
    """
    words = set(PLAIN)
    for wordings in (shipped_wordings() if file is None else read_wordings(file)).values():
        for wording in wordings:
            words |= words_of(wording) | words_of(denied(wording)) | words_of(of_many(wording))
    for relation in schema().relations.values():
        words |= words_of(relation.plural) | words_of(relation.those.replace("{}", ""))
    for kind in schema().kinds.values():
        for noun in (kind.singular, kind.plural, *NOUNS.get(kind.category, ())):
            words |= words_of(noun)
    return frozenset(words)


def words_of(text: str) -> set[str]:
    """The words of a text in small letters."""
    return {w.casefold().replace("’", "'") for w in _WORD.findall(text)}
