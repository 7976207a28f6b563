"""What a composer learns from: facts of a release that share a thing, worded in several styles by a program."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from kg.evidence.edges import EdgeHit, edges_by_id
from kg.release.description import CONTEXT
from kg.release.seals import file_sha256
from llm.causal.conversations import Conversation, Turn
from llm.causal.fused import STYLES, Fact, prompt

if TYPE_CHECKING:
    from kg.evidence.permitted import Permitted
    from kg.release.release import Release

_LETTERS = "ABCDEFGHIJ"
_FEWEST, _MOST = 2, 6
# One thing and one relation in so many are kept out: what is measured speaks of neither.
_KEPT_OUT = 6
# So many edges of each relation are drawn from, so that rare ones are heard too.
_POOL = 3_000
_RELATIONS = 3
# 'is treated by' has a plural; 'has the part' and 'is a drug with' have none that a rule would find.
_VERBAL = re.compile(r"is (?!an? |the )")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Edges with one end in common, as facts with letters; `names` has what the letters stand for."""

    hits: tuple[EdgeHit, ...]
    facts: tuple[Fact, ...]
    names: Mapping[str, str]
    held_out: bool


def drawn(release: Release, permitted: Permitted, number: int, seed: int) -> Iterator[Evidence]:
    """At most `number` sets of two to six facts that share a thing, of all relations alike.

    Those of held-out things with a held-out relation are held out; what is only one of these is left aside.
    """
    chance = random.Random(seed)
    edges = release.scan("edges").filter(~pl.col("negated")).select("id", "subject", "object", "relation").collect()
    edges = edges.sample(fraction=1.0, seed=seed, shuffle=True).group_by("relation", maintain_order=True).head(_POOL)
    around: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for relation, identifier, subject, object_ in edges.select("relation", "id", "subject", "object").iter_rows():
        around[subject, "subject"].append((identifier, relation))
        around[object_, "object"].append((identifier, relation))
    shared = [key for key, rows in sorted(around.items()) if len(rows) >= _FEWEST]
    chance.shuffle(shared)
    chosen = [(thing, _some(around[thing, end], chance)) for thing, end in shared[: 3 * number]]
    hits = {h.id: h for h in edges_by_id(release, [i for _, some in chosen for i in some], permitted)}
    made = 0
    for thing, some in chosen:
        found = [hits[i] for i in some if i in hits]
        aside, new = _kept_out(thing), any(_kept_out(h.relation.name) for h in found)
        if len(found) >= _FEWEST and aside == new and made < number:
            made += 1
            yield _evidence(found, aside, chance)


def _some(rows: Sequence[tuple[str, str]], chance: random.Random) -> list[str]:
    """Some of the edges around a thing, of at most three relations."""
    relations = sorted({relation for _, relation in rows})
    few = set(chance.sample(relations, min(len(relations), chance.randint(1, _RELATIONS))))
    fitting = [identifier for identifier, relation in rows if relation in few]
    return chance.sample(fitting, min(len(fitting), chance.randint(_FEWEST, _MOST)))


def _kept_out(name: str) -> bool:
    return int(sha256(name.encode()).hexdigest(), 16) % _KEPT_OUT == 0


def _evidence(hits: Sequence[EdgeHit], held_out: bool, chance: random.Random) -> Evidence:
    free = chance.sample(_LETTERS, len(_LETTERS))
    letters: dict[str, str] = {}
    names: dict[str, str] = {}
    facts = []
    for hit in hits:
        for node, name in ((hit.subject, hit.subject_name), (hit.object, hit.object_name)):
            if node not in letters:
                letters[node] = free.pop()
                names[letters[node]] = name
        relation = hit.relation
        ends = letters[hit.subject], letters[hit.object]
        facts.append(Fact(ends[0], relation.says, ends[1], relation.passive, relation.plural))
    return Evidence(tuple(hits), tuple(facts), names, held_out)


def worded(facts: Sequence[Fact], style: str) -> str:
    """Facts that share a thing in sentences, by rule.

    >>> facts = [Fact("A", "treats", "B", "is treated by", "treat"), Fact("A", "treats", "C", "is treated by", "treat")]
    >>> worded(facts, "joined"), worded(facts, "turned")
    ('A treats B [1] and C [2].', 'B [1] and C [2] are treated by A.')
    >>> worded([facts[0], Fact("C", "treats", "B", "is treated by", "treat")], "joined")
    'A [1] and C [2] treat B.'
    """
    by_subject = len({f.subject for f in facts}) == 1
    groups: dict[str, list[tuple[int, Fact]]] = {}
    for number, fact in enumerate(facts, 1):
        groups.setdefault(fact.says, []).append((number, fact))
    if not by_subject:
        return " ".join(_of_object(group) for group in groups.values())
    if style == "turned":
        return " ".join(_turned(group) for group in groups.values())
    subject = facts[0].subject
    parts = [f"{says} {_listed([f'{f.object} [{n}]' for n, f in group])}" for says, group in groups.items()]
    if style == "apart":
        return " ".join([f"{subject} {parts[0]}.", *(f"It also {part}." for part in parts[1:])])
    return f"{subject} {', and '.join(parts)}."


def _of_object(group: Sequence[tuple[int, Fact]]) -> str:
    """'A [1] and C [2] treat B.'"""
    fact = group[0][1]
    verb = fact.says if len(group) == 1 else fact.plural
    return f"{_listed([f'{f.subject} [{n}]' for n, f in group])} {verb} {fact.object}."


def _turned(group: Sequence[tuple[int, Fact]]) -> str:
    """'B [1] and C [2] are treated by A.', where the relation can be said so."""
    fact = group[0][1]
    things = _listed([f"{f.object} [{n}]" for n, f in group])
    if not _VERBAL.match(fact.passive):
        return f"{fact.subject} {fact.says} {things}."
    verb = fact.passive if len(group) == 1 else "are " + fact.passive.removeprefix("is ")
    return f"{things} {verb} {fact.subject}."


def _listed(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def conversations_of(evidence: Sequence[Evidence]) -> list[Conversation]:
    """Each set of facts in one style, each conversation once."""
    made: dict[tuple[Turn, ...], Conversation] = {}
    for number, one in enumerate(evidence):
        style = STYLES[number % len(STYLES)]
        turns = (Turn("user", prompt(one.facts, style)), Turn("assistant", worded(one.facts, style)))
        made.setdefault(turns, Conversation(f"release:{number + 1}", turns))
    return list(made.values())


def croissant(files: Sequence[Path], release: Release, permitted: Permitted) -> dict[str, Any]:
    """A Croissant 1.0 description of files of conversations made from a release."""
    licences = sorted({str(s["licence"]) for name, s in release.sources.items() if permitted.lets_in(name)})
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "galenic-verbalised-facts",
        "description": "Facts of a release with letters for names, and sentences on them with citation marks.",
        "version": release.id,
        "license": licences,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.stem,
                "name": file.name,
                "contentUrl": file.name,
                "contentSize": f"{file.stat().st_size} B",
                "encodingFormat": "application/jsonlines",
                "sha256": file_sha256(file),
            }
            for file in files
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": f"{file.stem}/conversations",
                "name": file.stem,
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{file.stem}/{part}",
                        "name": part,
                        "dataType": "sc:Text",
                        "repeated": True,
                        "source": {"fileObject": {"@id": file.stem}, "extract": {"jsonPath": f"$.messages[*].{part}"}},
                    }
                    for part in ("role", "content")
                ],
            }
            for file in files
        ],
    }
