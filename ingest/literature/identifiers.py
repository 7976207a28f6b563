"""Identifiers of annotated corpora as CURIEs with the category of what they name."""

from __future__ import annotations

import re

_KINDS = {
    "chemical": "biolink:ChemicalEntity",
    "chemicalentity": "biolink:ChemicalEntity",
    "drug": "biolink:ChemicalEntity",
    "disease": "biolink:Disease",
    "diseaseorphenotypicfeature": "biolink:Disease",
    "specificdisease": "biolink:Disease",
    "diseaseclass": "biolink:Disease",
    "modifier": "biolink:Disease",
    "compositemention": "biolink:Disease",
    "gene": "biolink:Gene",
    "geneorgeneproduct": "biolink:Gene",
    "protein": "biolink:Gene",
}
_SPLIT = re.compile(r"[|;,+]")
# GNormPlus and tmVar write the species behind a gene.
_SPECIES = re.compile(r"\s*\(Tax:\d+\)$", re.IGNORECASE)


def category(kind: str) -> str:
    """The Biolink category of an annotation's type; NamedThing for types beyond chemicals, diseases and genes.

    >>> category("SpecificDisease"), category("SequenceVariant")
    ('biolink:Disease', 'biolink:NamedThing')
    """
    return _KINDS.get(re.sub(r"[^a-z]", "", kind.lower()), "biolink:NamedThing")


def curies(text: str, kind: str) -> tuple[str, ...]:
    """The identifiers in an annotation's identifier column; none for '-1', '-' and the like.

    >>> curies("D003000|C537730", "Chemical"), curies("OMIM:114480", "Disease")
    (('MESH:D003000', 'MESH:C537730'), ('OMIM:114480',))
    >>> curies("-1", "Disease"), curies("672", "Gene"), curies("672(Tax:9606);675(Tax:9606)", "Gene")
    ((), ('NCBIGene:672',), ('NCBIGene:672', 'NCBIGene:675'))
    """
    identifiers = []
    for part in _SPLIT.split(text):
        local = _SPECIES.sub("", part.strip())
        if re.fullmatch(r"(?:MESH:|MSH:)?[CD]\d{6,9}", local):
            identifiers.append("MESH:" + local.rsplit(":", 1)[-1])
        elif re.fullmatch(r"(?:OMIM|CHEBI):\d+", local):
            identifiers.append(local)
        elif category(kind) == "biolink:Gene" and re.fullmatch(r"(?:NCBIGene:)?\d+", local):
            identifiers.append("NCBIGene:" + local.rsplit(":", 1)[-1])
    return tuple(dict.fromkeys(identifiers))
