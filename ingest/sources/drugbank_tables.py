"""The open DrugBank tables: drugs, their names and references, and drug-protein links with the PMIDs behind them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from ingest.literature.files import whole
from ingest.source import Inputs, Source
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Citation, Covered, Edge, Node, Quarantined, Record

_XREFS = {
    "bindingdb.tsv": ("BINDINGDB", "bindingdb_id"),
    "chebi.tsv": ("CHEBI", "chebi_id"),
    "chembl.tsv.gz": ("CHEMBL.COMPOUND", "chembl_id"),
    "pubchem-mapping.tsv": ("PUBCHEM.COMPOUND", "pubchem_cid"),
}

_DRUGS = Layout(("drugbank_id", "name", "type", "groups", "atc_codes", "categories", "inchikey"), quoted=True)
_LINKS = Layout(
    ("drugbank_id", "category", "uniprot_id", "entrez_gene_id", "organism", "known_action", "actions", "pubmed_ids"),
    quoted=True,
)
_HALF_LIFE_FILE = "drugbank_subset_halflife_curated.tsv"
_HALF_LIVES = Layout(("drugbank_id", "half_life_hours_curated"), quoted=True)
_DECLARED = ("binds", "binds_protein", "targets")


def _split(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def read(inputs: Inputs) -> Iterator[Record]:
    """Drugs with synonyms, groups, ATC codes, half-lives; then drug-protein links.

    DrugBank looks up the proteins of every drug that it lists: one without a link has none that is known.
    """
    xrefs: dict[str, list[str]] = defaultdict(list)
    for name, (prefix, column) in _XREFS.items():
        for row in _table(inputs, name, Layout(("drugbank_id", column), quoted=True)):
            if isinstance(row, Line):
                xrefs[row["drugbank_id"]].append(f"{prefix}:{row[column]}")
            else:
                yield row
    half_lives: dict[str, float] = {}
    for row in _table(inputs, _HALF_LIFE_FILE, _HALF_LIVES):
        if isinstance(row, Quarantined):
            yield row
        elif (hours := _number(row["half_life_hours_curated"])) is not None:
            half_lives[row["drugbank_id"]] = hours
        elif row["half_life_hours_curated"]:
            shown = inputs.shown(inputs.one(_HALF_LIFE_FILE))
            yield Quarantined(shown, row.number, "the half-life is no number", row.text())
    aliases_file = inputs.maybe("aliases.json.gz")
    aliases: dict[str, list[str]] = json.loads(whole(aliases_file)) if aliases_file else {}
    known: dict[str, str] = {}
    path = inputs.one("drugbank.tsv.gz")
    for row in lines(inputs, path, _DRUGS):
        if isinstance(row, Quarantined):
            yield row
            continue
        drug, name = row["drugbank_id"], row["name"]
        if not name or drug in known:
            reason = "no name" if not name else "the drug stands twice"
            yield Quarantined(inputs.shown(path), row.number, reason, drug)
            continue
        known[drug] = name
        facts = {
            "type": row["type"],
            "groups": _split(row["groups"]),
            "atc_codes": _split(row["atc_codes"]),
            "categories": _split(row["categories"]),
            "half_life_hours": half_lives.get(drug),
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
    elsewhere: set[str] = set()
    yield from _links(inputs, known, elsewhere)
    for relation in _DECLARED:
        # Of a drug that acts on another organism, its human targets are no whole account.
        covered = known if relation != "targets" else [drug for drug in known if drug not in elsewhere]
        yield from (Covered(relation, f"DRUGBANK:{drug}") for drug in covered)


def _table(inputs: Inputs, name: str, layout: Layout) -> Iterator[Line | Quarantined]:
    """The rows of a file that may be missing."""
    path = inputs.maybe(name)
    return lines(inputs, path, layout) if path else iter(())


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _links(inputs: Inputs, known: dict[str, str], elsewhere: set[str]) -> Iterator[Record]:
    """Links as edges: what is a target by its role is one in two relations; drugs with targets of other organisms go
    into `elsewhere`.
    """
    path = inputs.one("proteins.tsv.gz")
    proteins: set[str] = set()
    bound: set[tuple[str, str]] = set()
    cited: set[str] = set()
    for row in lines(inputs, path, _LINKS):
        if isinstance(row, Quarantined):
            yield row
            continue
        drug, gene, uniprot = row["drugbank_id"], row["entrez_gene_id"], row["uniprot_id"]
        if drug not in known or not (gene or uniprot):
            reason = (
                "a link of a drug that drugbank.tsv does not list"
                if drug not in known
                else "neither gene nor protein id"
            )
            yield Quarantined(inputs.shown(path), row.number, reason, row.text())
            continue
        if drug not in cited:
            cited.add(drug)
            yield Citation(f"DRUGBANK:{drug}", f"DrugBank record of {known[drug]}")
        human = bool(row["organism"] == "Human" and gene)
        if not human and uniprot not in proteins:
            proteins.add(uniprot)
            yield Node(
                f"UniProtKB:{uniprot}",
                "biolink:Protein",
                f"{uniprot} ({row['organism'] or 'unknown organism'})",
                xrefs=(f"NCBIGene:{gene}",) if gene else (),
                attributes={"organism": row["organism"]},
            )
        is_target = row["category"] == "target"
        if is_target and not human:
            elsewhere.add(drug)
        target = f"NCBIGene:{gene}" if human else f"UniProtKB:{uniprot}"
        for relation in ("binds", *(("targets",) if is_target else ())) if human else ("binds_protein",):
            if (relation, target) not in bound:
                bound.add((relation, target))
                yield Covered(relation, target, "object")
            yield _edge(row, relation, target)


def _edge(row: Line, relation: str, target: str) -> Edge:
    details = {
        "role": row["category"],
        "actions": _split(row["actions"]),
        "known_action": row["known_action"],
        "uniprot": row["uniprot_id"],
    }
    drug = f"DRUGBANK:{row['drugbank_id']}"
    return Edge(
        drug,
        relation,
        target,
        publications=(drug, *(f"PMID:{p}" for p in _split(row["pubmed_ids"]))),
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
    revision=3,
    declares=_DECLARED,
    notes="Human proteins are stored as their genes; proteins of other organisms as proteins.",
)
