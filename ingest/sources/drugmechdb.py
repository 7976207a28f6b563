"""DrugMechDB: how drugs act against diseases, step by step, as curators put it together from the literature."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.crosswalks import diseases, drugs, genes
from ingest.crosswalks.diseases import DiseaseCrosswalk
from ingest.crosswalks.drugs import DrugCrosswalk
from ingest.crosswalks.genes import GeneCrosswalk
from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Frame, Inputs, Source
from ingest.tables.tsv import spared
from kg.errors import RecordError
from kg.records import Citation, Mechanism, Node, Passage, Quarantined, Record, Step
from ontologies.curie import normalise
from ontologies.errors import CurieError

# Predicates that say what a thing is to another take 'is' before them in a sentence.
_STATES = re.compile(
    r"(?:(?:positively|negatively) )?correlated with|(?:location|manifestation|phenotype|part) of|(?:located )?in"
    r"(?: taxon)?|(?:affected|caused) by"
)
_PUBMED = re.compile(r"^https?://(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d+)/?$")


def read(inputs: Inputs) -> Iterator[Record | Frame]:
    """A mechanism for each path that leads from its drug, with a passage that says its steps in words."""
    by = (DrugCrosswalk(inputs), GeneCrosswalk(inputs), DiseaseCrosswalk(inputs))
    for crosswalk in by:
        yield from crosswalk.problems
    own = [f for f in inputs.files if f.parent.name == "drugmechdb"]
    said: set[str] = set()
    for path in own:
        found = _file(inputs, path, by, said)
        yield from found if len(own) == 1 else spared(inputs, path, found)


def _file(
    inputs: Inputs, path: Path, by: tuple[DrugCrosswalk, GeneCrosswalk, DiseaseCrosswalk], said: set[str]
) -> Iterator[Record]:
    shown, line = inputs.shown(path), 0
    try:
        with path.open("rb") as plain:
            stream = gzip.GzipFile(fileobj=plain) if plain.peek(2)[:2] == b"\x1f\x8b" else plain
            for line, raw in enumerate(stream, 1):
                if not raw.strip():
                    continue
                try:
                    yield from _records(json.loads(raw), by, said)
                except (ValueError, KeyError, TypeError, AttributeError, RecordError) as problem:
                    reason = str(problem) if isinstance(problem, (_Unfit, RecordError)) else f"no path ({problem!r})"
                    yield Quarantined(shown, line, reason, raw[:300].decode("utf-8", "replace").strip())
    except (OSError, EOFError, zlib.error) as problem:
        raise SourceError(f"{shown}: cannot be read after line {line} ({problem}); fetch it again") from problem
    if not line:
        raise SourceError(f"{shown}: is empty; fetch it again")


class _Unfit(ValueError):
    """A path that cannot be used, and why."""


def _records(raw: Any, by: tuple[DrugCrosswalk, GeneCrosswalk, DiseaseCrosswalk], said: set[str]) -> Iterator[Record]:
    told = raw["graph"]
    citation = f"DRUGMECHDB:{told['_id']}"
    drug = _drug(told, by[0])
    names = {node["id"]: str(node["name"]).strip() for node in raw["nodes"]}
    start, end = told.get("drug_mesh") or told["drugbank"], told["disease_mesh"]
    if start not in names:
        start = told["drugbank"]
    if start not in names or end not in names:
        raise _Unfit("a path that does not hold its own drug and disease")
    now = {identifier: _identifier(identifier, by) for identifier in names}
    now[start] = drug
    links = dict.fromkeys((str(k["source"]), str(k["key"]).strip(), str(k["target"])) for k in raw["links"])
    steps = tuple(Step(now[a], names[a], verb, now[b], names[b]) for a, verb, b in _ordered(list(links), start))
    references = tuple(dict.fromkeys(_reference(str(r)) for r in raw.get("references") or ()))
    if citation in said:
        raise _Unfit(f"{citation} stands twice")
    disease, title = now[end], f"Mechanism of {told['drug']} against {told['disease']}"
    said.add(citation)
    yield Citation(citation, title, attributes={"type": "mechanism", "references": list(references)})
    yield Passage(f"{citation}#0", citation, "mechanism", _text(title, steps, references))
    yield Node(drug, "biolink:Drug", str(told["drug"]), attributes=PLACEHOLDER)
    yield Mechanism(citation, f"{citation}#0", drug, disease, steps, references)


def _drug(told: Mapping[str, Any], named: DrugCrosswalk) -> str:
    """The drug by its DrugBank number, else by its name; numbers were cut in places ('B02362')."""
    number = str(told.get("drugbank") or "").removeprefix("DB:")
    number = f"D{number}" if re.fullmatch(r"B\d{5}", number) else number
    if re.fullmatch(r"DB\d{5}", number):
        return f"DRUGBANK:{named.now(number)}"
    found = named.drug(str(told["drug"]))
    if found is None:
        raise _Unfit(f"{told['drug']} is none, or no single one, of DrugBank")
    return f"DRUGBANK:{found}"


def _identifier(identifier: str, by: tuple[DrugCrosswalk, GeneCrosswalk, DiseaseCrosswalk]) -> str:
    """An identifier as the release has it: genes for human proteins, diseases of the Disease Ontology or Mondo."""
    named, human, ill = by
    prefix, _, local = identifier.partition(":")
    if prefix == "UniProt" and (gene := human.of_protein(local)):
        return f"NCBIGene:{gene}"
    if prefix == "DB":
        return f"DRUGBANK:{named.now(local)}"
    if prefix == "taxonomy":
        return f"NCBITaxon:{local}"
    try:
        known = normalise(identifier)
    except CurieError:
        return identifier  # families and domains, for which Galenic has no address: told by their names
    return ill.disease(known) or known


def _ordered(links: list[tuple[str, str, str]], start: str) -> list[tuple[str, str, str]]:
    """The links in steps from the drug on; raises `_Unfit` for a path that does not begin with its drug."""
    after: dict[str, list[str]] = defaultdict(list)
    for source, _, target in links:
        after[source].append(target)
    if not after[start]:
        raise _Unfit("a path that does not begin with its drug")
    depth, waiting = {start: 0}, deque([start])
    while waiting:
        at = waiting.popleft()
        for target in after[at]:
            if target not in depth:
                depth[target] = depth[at] + 1
                waiting.append(target)
    return sorted(links, key=lambda link: depth.get(link[0], len(depth)))


def _reference(text: str) -> str:
    """A paper of PubMed by its PMID, anything else as it stands."""
    found = _PUBMED.match(text.strip())
    return f"PMID:{found[1]}" if found else text.strip()


def _text(title: str, steps: tuple[Step, ...], references: tuple[str, ...]) -> str:
    sentences = [f"{title}:"]
    for number, step in enumerate(steps, 1):
        verb = f"is {step.predicate}" if _STATES.fullmatch(step.predicate) else step.predicate
        sentences.append(f"{number}. {step.subject_name} {verb} {step.object_name}.")
    if references:
        sentences.append(f"References: {', '.join(references)}")
    return "\n".join(sentences)


SOURCE = Source(
    name="drugmechdb",
    title="DrugMechDB",
    licence="CC0-1.0",
    url="https://sulab.github.io/drugmechdb",
    infores="infores:drugmechdb",
    commercial=True,
    patterns=("drugmechdb/*.jsonl*",),
    beside=(*drugs.PATTERNS, *genes.PATTERNS, *diseases.PATTERNS),
    read=read,
)
