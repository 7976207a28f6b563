"""Biolink's classes and predicates, as other tools write them, as kinds and relations of the schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import polars as pl

from kg.records import qualifier_text
from kg.schema import schema
from kg.schema.relations import ANY, Relation

UNRESOLVED = "related_to"
_PREDICATE = "predicate"
# Biolink's classes and those right above them, mixins too, as far as nodes of other tools bear them.
_ABOVE: Mapping[str, tuple[str, ...]] = {
    "ChemicalEntity": ("NamedThing", "ChemicalOrDrugOrTreatment", "PhysicalEssence"),
    "ChemicalSubstance": ("ChemicalEntity",),
    "MolecularEntity": ("ChemicalEntity",),
    "SmallMolecule": ("MolecularEntity",),
    "NucleicAcidEntity": ("MolecularEntity",),
    "ChemicalMixture": ("ChemicalEntity",),
    "MolecularMixture": ("ChemicalMixture",),
    "ComplexMolecularMixture": ("ChemicalMixture",),
    "ProcessedMaterial": ("ChemicalMixture",),
    "Food": ("ChemicalMixture",),
    "FoodAdditive": ("ChemicalEntity",),
    "EnvironmentalFoodContaminant": ("ChemicalEntity",),
    "Drug": ("MolecularMixture", "ChemicalOrDrugOrTreatment", "OntologyClass"),
    "ChemicalOrDrugOrTreatment": ("NamedThing",),
    "ChemicalRole": ("Attribute",),
    "Attribute": ("NamedThing", "OntologyClass"),
    "BiologicalEntity": ("NamedThing",),
    "ThingWithTaxon": ("NamedThing",),
    "SubjectOfInvestigation": ("NamedThing",),
    "OntologyClass": ("NamedThing",),
    "PhysicalEssence": ("NamedThing",),
    "PhysicalEssenceOrOccurrent": ("NamedThing",),
    "Occurrent": ("PhysicalEssenceOrOccurrent",),
    "GenomicEntity": ("NamedThing",),
    "MacromolecularMachineMixin": ("NamedThing",),
    "ChemicalEntityOrGeneOrGeneProduct": ("NamedThing",),
    "ChemicalEntityOrProteinOrPolypeptide": ("NamedThing",),
    "GeneOrGeneProduct": ("MacromolecularMachineMixin",),
    "GeneProductMixin": ("GeneOrGeneProduct",),
    "Gene": ("BiologicalEntity", "GeneOrGeneProduct", "GenomicEntity", "ChemicalEntityOrGeneOrGeneProduct"),
    "Polypeptide": ("BiologicalEntity", "ChemicalEntityOrProteinOrPolypeptide", "ChemicalEntityOrGeneOrGeneProduct"),
    "Protein": ("Polypeptide", "GeneProductMixin"),
    "ProteinIsoform": ("Protein",),
    "GeneGroupingMixin": ("NamedThing",),
    "ProteinFamily": ("BiologicalEntity", "GeneGroupingMixin"),
    "GeneFamily": ("BiologicalEntity", "GeneGroupingMixin"),
    "DiseaseOrPhenotypicFeature": ("BiologicalEntity", "ThingWithTaxon"),
    "Disease": ("DiseaseOrPhenotypicFeature",),
    "PhenotypicFeature": ("DiseaseOrPhenotypicFeature",),
    "BehavioralFeature": ("PhenotypicFeature",),
    "ClinicalFinding": ("PhenotypicFeature",),
    "PhenotypicQuality": ("Attribute",),
    "OrganismalEntity": ("BiologicalEntity", "ThingWithTaxon", "SubjectOfInvestigation"),
    "AnatomicalEntity": ("OrganismalEntity", "PhysicalEssence"),
    "GrossAnatomicalStructure": ("AnatomicalEntity",),
    "Cell": ("AnatomicalEntity",),
    "CellularComponent": ("AnatomicalEntity",),
    "BiologicalProcessOrActivity": ("BiologicalEntity", "Occurrent", "OntologyClass"),
    "BiologicalProcess": ("BiologicalProcessOrActivity",),
    "MolecularActivity": ("BiologicalProcessOrActivity",),
    "Pathway": ("BiologicalProcess",),
    "PhysiologicalProcess": ("BiologicalProcess",),
    "PathologicalProcess": ("BiologicalProcess", "PathologicalEntityMixin"),
    "PathologicalEntityMixin": ("NamedThing",),
    "InformationContentEntity": ("NamedThing",),
    "Publication": ("InformationContentEntity",),
    "Article": ("Publication",),
    "JournalArticle": ("Article",),
}
# Classes that the schema does not keep apart and that no kind stands above, and the kind that comes nearest.
_NEAREST: Mapping[str, str] = {
    "PhenotypicQuality": "PhenotypicFeature",
    "DiseaseOrPhenotypicFeature": "Disease",
    "BiologicalProcessOrActivity": "BiologicalProcess",
    "Polypeptide": "Protein",
    "GeneOrGeneProduct": "Gene",
    "GeneProductMixin": "Gene",
    "ProteinFamily": "GeneFamily",
    "Publication": "Article",
}
_INVERSE = {
    "treated_by": "treats",
    "has_contraindication": "contraindicated_in",
    "gene_associated_with_condition": "condition_associated_with_gene",
    "expressed_in": "expresses",
    "phenotype_of": "has_phenotype",
    "has_part": "part_of",
    "superclass_of": "subclass_of",
    "member_of": "has_member",
    "location_of": "located_in",
    "side_effect_of": "has_side_effect",
    "location_of_disease": "disease_has_location",
    "has_participant": "participates_in",
    "enabled_by": "enables",
    "actively_involves": "actively_involved_in",
    "regulated_by": "regulates",
    "mentioned_by": "mentions",
}
# A predicate that other tools use where the schema's relation bears a narrower one and its ends leave no doubt.
_SAID_WIDER = {"biolink:participates_in": ("biolink:actively_involved_in",)}
_DIRECTIONS = {"upregulated": "increased", "downregulated": "decreased"}


@lru_cache(maxsize=1024)
def _over(name: str) -> frozenset[str]:
    """All classes above one."""
    above = _ABOVE.get(name, ())
    return frozenset(above).union(*(_over(a) for a in above))


def _narrowest(names: Iterable[str]) -> list[str]:
    """Those that stand above no other, the deepest first; the order in which they are given has no meaning."""
    given = set(names)
    covered = frozenset[str]().union(*(_over(n) for n in given))
    return sorted(given - covered, key=lambda n: (-len(_over(n)), n))


def _kind(name: str) -> str:
    """The kind of the schema that a class is, or the nearest one above it; empty where none is known."""
    level = [name]
    while level:
        for one in level:
            if one != "NamedThing" and f"biolink:{one}" in schema().kinds:
                return one
            if one in _NEAREST:
                return _NEAREST[one]
        level = [a for one in level for a in _ABOVE.get(one, ())]
    return ""


@lru_cache(maxsize=4096)
def kind_of(categories: tuple[str, ...]) -> tuple[str, str]:
    """The kind of a node by all classes that it is given, and the narrowest of these.

    Of kinds of which none stands above another (gene and protein, taken for one by some tools) it is the first of the
    schema.

    >>> kind_of(("biolink:NamedThing", "biolink:ChemicalEntity", "biolink:Drug"))
    ('biolink:Drug', 'biolink:Drug')
    >>> kind_of(("biolink:SmallMolecule", "biolink:NamedThing"))
    ('biolink:ChemicalEntity', 'biolink:SmallMolecule')
    """
    narrow = _narrowest(c.removeprefix("biolink:") for c in categories)
    kinds = {f"biolink:{k}" for k in _narrowest(filter(None, map(_kind, narrow)))}
    return next((k for k in schema().kinds if k in kinds), ANY), f"biolink:{narrow[0]}"


def forward(predicate: str) -> tuple[str, bool]:
    """A predicate without its prefix in the direction in which the schema tells it, and whether its ends change places.

    >>> forward("biolink:treated_by")
    ('biolink:treats', True)
    """
    name = predicate.removeprefix("biolink:")
    return f"biolink:{_INVERSE.get(name, name)}", name in _INVERSE


def _fits(have: str, want: str) -> bool:
    """Whether a node of a class may stand where a relation wants one."""
    return want in (ANY, have) or (have == "biolink:ChemicalEntity" and want == "biolink:Drug")


@lru_cache(maxsize=4096)
def _fitting(predicate: str, subject: str, object_: str) -> tuple[Relation, ...]:
    """Relations of the predicate between these classes: narrow before wide, qualified before plain, ours before
    Hetionet's.
    """
    alike = (r for r in schema().relations.values() if r.predicate in (predicate, *_SAID_WIDER.get(predicate, ())))
    relations = [r for r in alike if _fits(subject, r.subject) and _fits(object_, r.object)]
    return tuple(
        sorted(relations, key=lambda r: (ANY in (r.subject, r.object), -len(r.qualifiers), r.metaedge is not None))
    )


def relation_of(predicate: str, subject: str, object_: str, marks: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The relation of a predicate between two classes and what is left of its qualifiers.

    `related_to` with the predicate as a qualifier where none or no single one fits, or a class is not known ('').

    >>> relation_of("biolink:treats", "biolink:Drug", "biolink:Disease", {})
    ('treats', {})
    >>> relation_of("biolink:treats", "biolink:Drug", "", {})
    ('related_to', {'predicate': 'biolink:treats'})
    """
    plain = {k: _DIRECTIONS.get(v, v) for k, v in marks.items()}
    fitting = [
        r for r in _fitting(predicate, subject, object_) if all(plain.get(k) == v for k, v in r.qualifiers.items())
    ]
    certain = len({(r.subject, r.object) for r in fitting if ANY not in (r.subject, r.object)}) <= 1
    if fitting and certain and fitting[0].name != UNRESOLVED:
        return fitting[0].name, {k: v for k, v in plain.items() if k not in fitting[0].qualifiers}
    return UNRESOLVED, {**marks, **({} if predicate == "biolink:related_to" else {_PREDICATE: predicate})}


def resolved(edges: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """The edges, those whose predicate waits for the classes of its ends under the relation that these ask for.

    A source knows the classes of its own nodes alone; here the nodes of all sources are joined.
    """
    waiting = (pl.col("relation") == UNRESOLVED) & pl.col("qualifiers").str.contains(f'"{_PREDICATE}":', literal=True)
    told = edges.with_row_index("_row").filter(waiting).select("_row", "subject", "object", "qualifiers")
    if told.is_empty():
        return edges
    kinds = nodes.select("id", "category")
    told = told.join(kinds.rename({"id": "subject", "category": "sc"}), on="subject", how="left")
    told = told.join(kinds.rename({"id": "object", "category": "oc"}), on="object", how="left")
    shapes = told.select("qualifiers", pl.col("sc").fill_null(""), pl.col("oc").fill_null("")).unique()
    found = [(*shape, *_again(*shape)) for shape in shapes.iter_rows()]
    answers = pl.DataFrame(found, schema=["qualifiers", "sc", "oc", "now", "left"], orient="row")
    by_row = told.join(answers, on=["qualifiers", "sc", "oc"]).select("_row", "now", "left")
    whole = edges.with_row_index("_row").join(by_row, on="_row", how="left", maintain_order="left")
    return whole.with_columns(
        relation=pl.coalesce("now", "relation"), qualifiers=pl.coalesce("left", "qualifiers")
    ).select(edges.columns)


def _again(qualifiers: str, subject: str, object_: str) -> tuple[str, str]:
    marks: dict[str, str] = json.loads(qualifiers)
    relation, left = relation_of(marks.pop(_PREDICATE), subject, object_, marks)
    return relation, qualifier_text(left)
