"""One <drug> element of the DrugBank XML as records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from ingest.literature.documents import PLACEHOLDER
from kg.records import Citation, Edge, Node, Record

_ID = re.compile(r"DB\d{5,}$")
_RESOURCES = {
    "ChEBI": "CHEBI",
    "ChEMBL": "CHEMBL.COMPOUND",
    "PubChem Compound": "PUBCHEM.COMPOUND",
    "BindingDB": "BINDINGDB",
    "KEGG Drug": "KEGG.DRUG",
    "KEGG Compound": "KEGG.COMPOUND",
    "RxCUI": "RXCUI",
    "PharmGKB": "PHARMGKB.DRUG",
    "Therapeutic Targets Database": "TTD.DRUG",
    "PubChem Substance": "PUBCHEM.SUBSTANCE",
    "UniProtKB": "UniProtKB",
}
_ROLES = (("targets", "target"), ("enzymes", "enzyme"), ("carriers", "carrier"), ("transporters", "transporter"))
_TEXTS = (
    "indication",
    "half-life",
    "mechanism-of-action",
    "toxicity",
    "absorption",
    "metabolism",
    "route-of-elimination",
    "protein-binding",
)


def _text(element: etree._Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _texts(element: etree._Element, path: str) -> list[str]:
    return [text for e in element.iterfind(path) if (text := " ".join((e.text or "").split()))]


def identifiers(drug: etree._Element) -> tuple[str, list[str]]:
    """The primary DrugBank id ('' without one) and the other ids of DrugBank's own."""
    primary, others = "", []
    for element in drug.iterfind("drugbank-id"):
        value = (element.text or "").strip()
        if element.get("primary") == "true" and _ID.match(value):
            primary = value
        elif _ID.match(value):
            others.append(value)
    return primary, others


def drug_records(drug: etree._Element, primary: str, others: list[str], edition: str) -> Iterator[Record]:
    """The drug, its record as a citation, what it binds, interacts with and which pathways it acts in."""
    identifier, name = f"DRUGBANK:{primary}", _text(drug, "name")
    xrefs, further = _external(drug)
    # Numbers of DrugBank's forerunners (BIOD00076, EXPT03302) have no prefix of their own.
    if former := [i for i in _texts(drug, "drugbank-id") if not _ID.match(i)]:
        further["DrugBank before"] = former
    inchikey = next(
        (_text(p, "value") for p in drug.iterfind("calculated-properties/property") if _text(p, "kind") == "InChIKey"),
        "",
    )
    yield Node(
        identifier,
        "biolink:Drug",
        name,
        _names(drug, name),
        tuple(
            dict.fromkeys(
                (*(f"DRUGBANK:{o}" for o in others), *xrefs, *((f"INCHIKEY:{inchikey}",) if inchikey else ()))
            )
        ),
        {k: v for k, v in (*_facts(drug), ("other_ids", further), ("unidentified_targets", _unidentified(drug))) if v},
    )
    yield Citation(identifier, f"DrugBank record of {name}", int(edition[:4]) if edition[:4].isdigit() else None)
    yield from _proteins(drug, identifier)
    for other in drug.iterfind("drug-interactions/drug-interaction"):
        partner, called = _text(other, "drugbank-id"), _text(other, "name")
        if _ID.match(partner) and partner != primary:
            if called:
                yield Node(f"DRUGBANK:{partner}", "biolink:Drug", called, attributes=PLACEHOLDER)
            description = _text(other, "description")
            yield Edge(
                identifier,
                "interacts_with_drug",
                f"DRUGBANK:{partner}",
                publications=(identifier,),
                attributes={"description": description} if description else {},
            )
    for pathway in drug.iterfind("pathways/pathway"):
        own, called = _text(pathway, "smpdb-id"), _text(pathway, "name")
        if own and called:
            kind = _text(pathway, "category")
            yield Node(f"SMPDB:{own}", "biolink:Pathway", called, attributes={"category": kind} if kind else {})
            yield Edge(identifier, "drug_in_pathway", f"SMPDB:{own}", publications=(identifier,))


def _names(drug: etree._Element, name: str) -> tuple[str, ...]:
    """Synonyms, then international brands and products under the scope 'brand'; each once."""
    synonyms = dict.fromkeys(s for s in _texts(drug, "synonyms/synonym") if s != name)
    brands = dict.fromkeys(
        _texts(drug, "international-brands/international-brand/name") + _texts(drug, "products/product/name")
    )
    return (*synonyms, *(f"{b}\tbrand" for b in brands if b != name and b not in synonyms))


def _facts(drug: etree._Element) -> Iterator[tuple[str, object]]:
    yield "type", drug.get("type")
    yield "groups", _texts(drug, "groups/group")
    yield "atc_codes", [code for a in drug.iterfind("atc-codes/atc-code") if (code := a.get("code"))]
    yield "categories", _texts(drug, "categories/category/category")
    yield "food_interactions", _texts(drug, "food-interactions/food-interaction")
    for tag in _TEXTS:
        yield tag.replace("-", "_"), _text(drug, tag)


def _external(element: etree._Element) -> tuple[list[str], dict[str, list[str]]]:
    """External identifiers as CURIEs, and those of resources without a prefix by the resource's name."""
    known: list[str] = []
    further: dict[str, list[str]] = {}
    for tag, own in (("cas-number", "CAS"), ("unii", "UNII")):
        if value := _text(element, tag):
            known.append(f"{own}:{value}")
    for other in element.iterfind("external-identifiers/external-identifier"):
        resource, value = _text(other, "resource"), _text(other, "identifier")
        prefix = _RESOURCES.get(resource)
        if prefix and value:
            known.append(f"{prefix}:{value.removeprefix('CHEBI:')}")
        elif value:
            further.setdefault(resource, []).append(value)
    return known, further


def _proteins(drug: etree._Element, identifier: str) -> Iterator[Record]:
    """Targets, enzymes, carriers and transporters: human proteins as their genes, others as proteins."""
    for group, role in _ROLES:
        for binder in drug.iterfind(f"{group}/{role}"):
            papers = _texts(binder, "references/articles/article/pubmed-id")
            actions = _texts(binder, "actions/action")
            details: dict[str, object] = {
                "role": role,
                "actions": actions,
                "known_action": _text(binder, "known-action"),
            }
            cited = (identifier, *(f"PMID:{p}" for p in papers if p.isdigit()))
            for protein in binder.iterfind("polypeptide"):
                yield from _protein(protein, identifier, {**details, "uniprot": protein.get("id") or ""}, cited)


def _unidentified(drug: etree._Element) -> list[str]:
    """Names of targets that are no protein with an id (DNA, a membrane, a mineral): no edge, but not lost either."""
    binders = (b for group, role in _ROLES for b in drug.iterfind(f"{group}/{role}"))
    return [
        name for b in binders if not any(p.get("id") for p in b.iterfind("polypeptide")) and (name := _text(b, "name"))
    ]


def _protein(
    protein: etree._Element, identifier: str, details: dict[str, object], cited: tuple[str, ...]
) -> Iterator[Record]:
    attributes = {k: v for k, v in details.items() if v}
    organism = protein.find("organism")
    human = organism is not None and organism.get("ncbi-taxonomy-id") == "9606"
    hgnc = next(
        (
            _text(x, "identifier")
            for x in protein.iterfind("external-identifiers/external-identifier")
            if "HGNC" in _text(x, "resource")
        ),
        "",
    ).removeprefix("HGNC:")
    if human and hgnc.isdigit():
        symbol = _text(protein, "gene-name")
        yield Node(f"HGNC:{hgnc}", "biolink:Gene", symbol or f"HGNC:{hgnc}", attributes=PLACEHOLDER)
        yield Edge(identifier, "binds", f"HGNC:{hgnc}", publications=cited, attributes=attributes)
        if details["role"] == "target":
            yield Edge(identifier, "targets", f"HGNC:{hgnc}", publications=cited, attributes=attributes)
        return
    accession = protein.get("id")
    if accession:
        where = " ".join((organism.text or "").split()) if organism is not None else ""
        yield Node(
            f"UniProtKB:{accession}",
            "biolink:Protein",
            f"{_text(protein, 'name') or accession} ({where or 'unknown organism'})",
            attributes={"organism": where} if where else {},
        )
        yield Edge(identifier, "binds_protein", f"UniProtKB:{accession}", publications=cited, attributes=attributes)
