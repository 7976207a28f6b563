"""The open DrugBank tables: drugs, their names and references, and drug-protein links with the PMIDs behind them."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.literature.files import whole
from ingest.source import Inputs, Source
from kg.records import Citation, Covered, Edge, Node, Quarantined, Record
from ontologies.formats.lines import open_text

_XREFS = {
    "bindingdb.tsv": ("BINDINGDB", "bindingdb_id"),
    "chebi.tsv": ("CHEBI", "chebi_id"),
    "chembl.tsv.gz": ("CHEMBL.COMPOUND", "chembl_id"),
    "pubchem-mapping.tsv": ("PUBCHEM.COMPOUND", "pubchem_cid"),
}

_DECLARED = ("binds", "binds_protein")


def rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a TSV file (gzip or plain) with their line numbers."""
    try:
        with open_text(path, newline="") as stream:
            reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_MINIMAL)
            for row in reader:
                yield reader.line_num, {k: v or "" for k, v in row.items() if k}
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, csv.Error) as problem:
        raise SourceError(f"{path}: cannot be read ({problem}); download the file again") from problem


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def read(inputs: Inputs) -> Iterator[Record]:
    """Drugs with synonyms, groups, ATC codes, half-lives; then drug-protein links.

    DrugBank looks up the proteins of every drug that it lists: one without a link has none that is known.
    """
    xrefs: dict[str, list[str]] = defaultdict(list)
    for name, (prefix, column) in _XREFS.items():
        path = inputs.maybe(name)
        for _, row in rows(path) if path else ():
            xrefs[row["drugbank_id"]].append(f"{prefix}:{row[column]}")
    half_life_file = inputs.maybe("drugbank_subset_halflife_curated.tsv")
    half_lives = (
        {r["drugbank_id"]: r["half_life_hours_curated"] for _, r in rows(half_life_file)} if half_life_file else {}
    )
    aliases_file = inputs.maybe("aliases.json.gz")
    aliases: dict[str, list[str]] = json.loads(whole(aliases_file)) if aliases_file else {}
    known: dict[str, str] = {}
    path = inputs.one("drugbank.tsv.gz")
    for line, row in rows(path):
        drug, name = row["drugbank_id"], row["name"].strip()
        if not name or drug in known:
            yield Quarantined(inputs.shown(path), line, "no name" if not name else "the drug stands twice", drug)
            continue
        known[drug] = name
        facts = {
            "type": row["type"],
            "groups": _split(row["groups"]),
            "atc_codes": _split(row["atc_codes"]),
            "categories": _split(row["categories"]),
            "half_life_hours": float(half_lives[drug]) if half_lives.get(drug) else None,
        }
        inchikey = row["inchikey"].removeprefix("InChIKey=")
        yield Node(
            f"DRUGBANK:{drug}",
            "biolink:Drug",
            name,
            synonyms=tuple(f"{a}\tbrand" for a in aliases.get(drug, ()) if a != name),
            xrefs=(*xrefs.get(drug, ()), *((f"INCHIKEY:{inchikey}",) if inchikey else ())),
            attributes={k: v for k, v in facts.items() if v},
        )
    yield from _links(inputs, known)
    yield from (Covered(relation, f"DRUGBANK:{drug}") for relation in _DECLARED for drug in known)


def _links(inputs: Inputs, known: dict[str, str]) -> Iterator[Record]:
    path = inputs.one("proteins.tsv.gz")
    proteins: set[str] = set()
    bound: set[tuple[str, str]] = set()
    cited: set[str] = set()
    for line, row in rows(path):
        drug, gene, uniprot = row["drugbank_id"], row["entrez_gene_id"], row["uniprot_id"]
        if drug not in known or not (gene or uniprot):
            reason = (
                "a link of a drug that drugbank.tsv does not list"
                if drug not in known
                else "neither gene nor protein id"
            )
            yield Quarantined(inputs.shown(path), line, reason, "|".join(row.values()))
            continue
        if drug not in cited:
            cited.add(drug)
            yield Citation(f"DRUGBANK:{drug}", f"DrugBank record of {known[drug]}")
        human = row["organism"] == "Human" and gene
        if not human and uniprot not in proteins:
            proteins.add(uniprot)
            yield Node(
                f"UniProtKB:{uniprot}",
                "biolink:Protein",
                f"{uniprot} ({row['organism'] or 'unknown organism'})",
                xrefs=(f"NCBIGene:{gene}",) if gene else (),
                attributes={"organism": row["organism"]},
            )
        details = {
            "role": row["category"],
            "actions": _split(row["actions"]),
            "known_action": row["known_action"],
            "uniprot": uniprot,
        }
        relation, target = ("binds", f"NCBIGene:{gene}") if human else ("binds_protein", f"UniProtKB:{uniprot}")
        if (relation, target) not in bound:
            bound.add((relation, target))
            yield Covered(relation, target, "object")
        yield Edge(
            f"DRUGBANK:{drug}",
            relation,
            target,
            publications=(f"DRUGBANK:{drug}", *(f"PMID:{p}" for p in _split(row["pubmed_ids"]))),
            attributes={k: v for k, v in details.items() if v},
        )


SOURCE = Source(
    name="drugbank",
    title="DrugBank",
    licence="CC-BY-NC-4.0",
    url="https://go.drugbank.com",
    infores="infores:drugbank",
    patterns=("drugbank/*.tsv", "drugbank/*.tsv.gz", "drugbank/aliases.json.gz"),
    read=read,
    revision=2,
    declares=_DECLARED,
    notes="Human proteins are stored as their genes; proteins of other organisms as proteins.",
)
