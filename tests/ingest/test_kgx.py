"""KGX: what goes out comes back, and what other tools wrote is understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.build import Plan, build_release, lock
from ingest.errors import SourceError
from ingest.partition import make_partition
from ingest.source import Inputs, Source
from ingest.sources import kgx
from kg.errors import ReleaseError
from kg.records import Citation, Edge, Evidence, Node, Quarantined, Record, SameAs
from kg.release.kgx import export
from kg.release.release import Release

AWKWARD = "back\\slash | bar \\| both, caf\u00e9"
NODES = [
    ("Compound::DB99991", "Fakumab", "Compound"),
    ("Compound::DB99992", AWKWARD, "Compound"),
    ("Disease::DOID:9999901", "sham disease", "Disease"),
    ("Gene::99999901", "FAKE1", "Gene"),
    ("Symptom::D999999", "sham ache", "Symptom"),
]
EDGES = [
    ("Compound::DB99991", "CtD", "Disease::DOID:9999901"),
    ("Compound::DB99992", "CpD", "Disease::DOID:9999901"),
    ("Compound::DB99991", "CdG", "Gene::99999901"),
    ("Disease::DOID:9999901", "DpS", "Symptom::D999999"),
    ("Compound::DB99991", "CrC", "Compound::DB99992"),
]
INDICATIONS = [
    "drugbank_id\tdoid_id\tcategory\tn_curators\tn_resources",
    "DB99991\tDOID:9999901\tDM\t2\t3",
    "DB99992\tDOID:9999901\tNOT\t1\t1",
]
NODE_STATEMENT = ["id", "category", "name", "synonyms", "xrefs", "equivalent_identifiers", "attributes"]
EDGE_STATEMENT = [
    "id",
    "subject",
    "predicate",
    "object",
    "relation",
    "qualifiers",
    "negated",
    "knowledge_level",
    "agent_type",
    "tier",
    "publications",
]


def write(path: Path, lines: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(("\t".join(line) if isinstance(line, tuple) else line) + "\n" for line in lines), "utf-8")


def build(data: Path, home: Path) -> Release:
    with lock(home):
        return build_release(Plan(data), home, workers=1).release


def ours(data: Path) -> None:
    write(data / "hetionet/tiny-nodes.tsv", [("id", "name", "kind"), *NODES])
    write(data / "hetionet/tiny-edges.sif", [("source", "metaedge", "target"), *EDGES])
    write(data / "pharmacotherapydb/catalog_indications.tsv", list(INDICATIONS))
    write(
        data / "ontologies/hp-tiny.obo",
        [
            "format-version: 1.2",
            "",
            "[Term]",
            "id: HP:9999901",
            "name: sham | feature",
            'def: "Two\\nlines and a \\ttab." []',
            'synonym: "odd | name" EXACT []',
            'synonym: "wide name" BROAD []',
            "xref: UMLS:C9999901",
        ],
    )
    write(
        data / "ontologies/tiny.hpoa",
        [
            "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\tsex\tmodifier\taspect\tbiocuration",
            "OMIM:999991\tOddity\tNOT\tHP:9999901\tPMID:99999901;PMID:99999902\tPCS\t\t1/2\t\t\tP\tnobody",
        ],
    )


def statements(edges: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """What was said of each edge, with the source and licence that first said it, in a stable order."""
    by_edge = {}
    for identifier, assertions in edges.select("id", "assertions").iter_rows():
        rows = []
        for assertion in assertions:
            attributes = json.loads(assertion["attributes"] or "{}")
            origin = (
                attributes.pop("original_source", assertion["source"]),
                attributes.pop("original_licence", assertion["licence"]),
            )
            rows.append({**assertion, "source": origin[0], "licence": origin[1], "attributes": attributes})
        by_edge[identifier] = sorted(rows, key=lambda r: json.dumps(r, sort_keys=True))
    return by_edge


@pytest.mark.parametrize("layout", ["tsv", "jsonl"])
def test_an_export_comes_back_without_loss(tmp_path: Path, layout: str) -> None:
    ours(tmp_path / "data")
    first = build(tmp_path / "data", tmp_path / "home")
    files = list(export(first, tmp_path / "again/kgx", layout))
    assert [f.name for f in files][:2] == [f"galenic_nodes.{layout}", f"galenic_edges.{layout}"]
    second = build(tmp_path / "again", tmp_path / "home2")
    assert second.read("quarantine").is_empty()
    assert first.read("edges").height == 7
    assert second.read("nodes", NODE_STATEMENT).equals(first.read("nodes", NODE_STATEMENT))
    assert second.read("edges", EDGE_STATEMENT).equals(first.read("edges", EDGE_STATEMENT))
    assert statements(second.read("edges")) == statements(first.read("edges"))
    list(export(second, tmp_path / "third/kgx", layout))
    third = build(tmp_path / "third", tmp_path / "home3")
    assert statements(third.read("edges")) == statements(first.read("edges"))


@pytest.mark.parametrize("layout", ["tsv", "jsonl"])
def test_awkward_characters_and_values_survive(tmp_path: Path, layout: str) -> None:
    text = "tab\there, bar|, slash\\, \\t, new\nline, return\r, \u2028, caf\u00e9, \U0001f9ec, ''\"\""
    node = Node(
        "NOTE:odd",
        "biolink:Drug",
        text,
        (f"{text}\tbrand", "x|y\\"),
        ("CAS:1|2",),
        {"k": text, "n": [1, None, {"a": text}]},
    )
    other = Node("NOTE:even", "biolink:Disease", "plain")
    edge = Edge(
        "NOTE:odd",
        "treats",
        "NOTE:even",
        {"dose": text},
        True,
        5,
        "observation",
        "text_mining_agent",
        ("PMID:99999901",),
        {"why": text},
    )
    source = Source("own", "Own", "CC0-1.0", "https://example.org", ("*",), lambda inputs: iter([node, other, edge]))
    first = release_of(tmp_path / "one", source)
    list(export(first, tmp_path / "data/kgx", layout))
    second = build(tmp_path / "data", tmp_path / "home")
    assert second.read("nodes", NODE_STATEMENT).equals(first.read("nodes", NODE_STATEMENT))
    assert second.read("edges", EDGE_STATEMENT).equals(first.read("edges", EDGE_STATEMENT))
    assert statements(second.read("edges")) == statements(first.read("edges"))


def release_of(folder: Path, source: Source) -> Release:
    from ingest.merge import merge
    from kg.release.release import write_release

    folder.mkdir()
    partition = make_partition(source, Inputs(folder, ()), folder / "partitions")
    return write_release(
        folder / "release", merge([partition]).tables, {"sources": [dict(partition.info)], "joined": 0}
    )


def test_other_tools_find_kgx_columns(tmp_path: Path) -> None:
    ours(tmp_path / "data")
    nodes, edges, *_ = export(build(tmp_path / "data", tmp_path / "home"), tmp_path / "out", "jsonl")
    rows = [json.loads(line) for line in edges.read_text("utf-8").splitlines()]
    lowered = next(r for r in rows if r["predicate"] == "biolink:affects")
    assert (lowered["object_aspect_qualifier"], lowered["object_direction_qualifier"]) == ("expression", "decreased")
    assert {"infores:hetionet"} == {r["primary_knowledge_source"] for r in rows if r["relation"] == "palliates"}
    assert all(r["category"] == ["biolink:Association"] for r in rows)
    assert all(isinstance(json.loads(line)["category"], list) for line in nodes.read_text("utf-8").splitlines())


def test_an_unknown_layout_is_refused_by_name(tmp_path: Path) -> None:
    ours(tmp_path / "data")
    release = build(tmp_path / "data", tmp_path / "home")
    with pytest.raises(ReleaseError, match="unknown KGX layout 'xml'; known: tsv, jsonl"):
        list(export(release, tmp_path / "out", "xml"))


def records(folder: Path) -> list[Record]:
    files = tuple(sorted({f for pattern in kgx.SOURCE.patterns for f in folder.glob(pattern)}))
    read = list(kgx.read(Inputs(folder, files)))
    assert not any(isinstance(r, Citation | Evidence) for r in read)
    return read


FOREIGN_NODES = [
    ("id", "category", "name", "in_taxon", "synonym"),
    ("CHEBI:9999901", "biolink:SmallMolecule|biolink:NamedThing", "shamol", "", "one|C:\\temp"),
    ("MONDO:9999901", "biolink:Disease", "sham", "", ""),
    ("ncbigene:99999901", "biolink:NamedThing|biolink:Gene", "", "NCBITaxon:9606", ""),
    ("HP:9999901", "PhenotypicFeature", "ache", "", ""),
    ("MONDO:9999902", "biolink:Disease", "worse sham", "", ""),
    ("GO:9999901", "biolink:Planet", "who knows", "", ""),
]


@pytest.fixture()
def foreign(tmp_path: Path) -> Path:
    write(tmp_path / "kgx/other_nodes.tsv", list(FOREIGN_NODES))
    return tmp_path


def relation(folder: Path, **row: Any) -> Edge:
    write(folder / "kgx/other_edges.jsonl", [json.dumps(row)])
    edges = [r for r in records(folder) if not isinstance(r, Node)]
    assert len(edges) == 1 and isinstance(edges[0], Edge), edges
    return edges[0]


def test_foreign_nodes_keep_what_we_have_no_column_for(foreign: Path) -> None:
    nodes = {r.id: r for r in records(foreign) if isinstance(r, Node)}
    assert nodes["CHEBI:9999901"].category == "biolink:ChemicalEntity"
    assert nodes["CHEBI:9999901"].attributes == {"biolink_category": "biolink:SmallMolecule"}
    assert nodes["CHEBI:9999901"].synonyms == ("one", "C:\\temp")
    assert nodes["NCBIGene:99999901"].category == "biolink:Gene"
    assert nodes["NCBIGene:99999901"].name == "NCBIGene:99999901"
    assert nodes["NCBIGene:99999901"].attributes == {"in_taxon": "NCBITaxon:9606"}
    assert nodes["HP:9999901"].category == "biolink:PhenotypicFeature"
    assert (nodes["GO:9999901"].category, nodes["GO:9999901"].attributes["biolink_category"]) == (
        "biolink:NamedThing",
        "biolink:Planet",
    )


@pytest.mark.parametrize(
    ("subject", "predicate", "object_", "expected"),
    [
        ("CHEBI:9999901", "biolink:treats", "MONDO:9999901", "treats"),
        ("CHEBI:9999901", "treats", "MONDO:9999901", "treats"),
        ("MONDO:9999901", "biolink:has_phenotype", "HP:9999901", "has_phenotype"),
        ("MONDO:9999902", "biolink:subclass_of", "MONDO:9999901", "subclass_of"),
        ("NCBIGene:99999901", "biolink:interacts_with", "NCBIGene:99999901", "interacts"),
        ("CHEBI:9999901", "biolink:directly_physically_interacts_with", "NCBIGene:99999901", "binds"),
    ],
)
def test_biolink_predicates_become_our_relations(
    foreign: Path, subject: str, predicate: str, object_: str, expected: str
) -> None:
    edge = relation(
        foreign, id="e1", subject=subject, predicate=predicate, object=object_, primary_knowledge_source="infores:x"
    )
    assert (edge.subject, edge.relation, edge.object, edge.qualifiers) == (subject, expected, object_, {})
    assert edge.attributes == {
        "original_id": "e1",
        "primary_knowledge_source": "infores:x",
        "original_source": "infores:x",
    }


def test_an_inverse_predicate_is_turned_round(foreign: Path) -> None:
    edge = relation(foreign, subject="HP:9999901", predicate="biolink:phenotype_of", object="MONDO:9999901")
    assert (edge.subject, edge.relation, edge.object) == ("MONDO:9999901", "has_phenotype", "HP:9999901")


def test_qualifiers_decide_between_relations(foreign: Path) -> None:
    ends = {"subject": "CHEBI:9999901", "predicate": "biolink:affects", "object": "NCBIGene:99999901"}
    up = relation(
        foreign,
        **ends,
        object_aspect_qualifier="expression",
        object_direction_qualifier="upregulated",
        species_context_qualifier="NCBITaxon:9606",
    )
    assert (up.relation, up.qualifiers) == ("drug_upregulates", {"species_context_qualifier": "NCBITaxon:9606"})
    plain = relation(foreign, **ends)
    assert (plain.relation, plain.qualifiers) == ("related_to", {"predicate": "biolink:affects"})


def test_a_predicate_that_we_lack_is_kept_as_a_qualifier(foreign: Path) -> None:
    edge = relation(
        foreign,
        subject="CHEBI:9999901",
        predicate="biolink:exacerbates",
        object="MONDO:9999901",
        negated="True",
        publications=["PMID:99999901"],
    )
    assert (edge.relation, edge.qualifiers, edge.negated) == ("related_to", {"predicate": "biolink:exacerbates"}, True)
    assert (edge.publications, edge.knowledge_level) == (("PMID:99999901",), "not_provided")
    # Who does not say how it is known has not curated it.
    assert edge.tier == 5


def test_the_tier_is_what_level_and_agent_allow(foreign: Path) -> None:
    ends = {"subject": "CHEBI:9999901", "predicate": "biolink:treats", "object": "MONDO:9999901"}
    counted = {"knowledge_level": "statistical_association", "agent_type": "data_analysis_pipeline"}
    asserted = {"knowledge_level": "knowledge_assertion", "agent_type": "manual_agent"}
    assert [relation(foreign, **ends, **level).tier for level in (asserted, counted, {**counted, "tier": "3"})] == [
        2,
        4,
        3,
    ]


def test_broken_rows_are_quarantined_with_their_line(tmp_path: Path) -> None:
    write(
        tmp_path / "kgx/x_nodes.tsv",
        [
            ("id", "category"),
            ("MONDO:9999901", "biolink:Disease"),
            ("MONDO:9999902",),
            ("SHAM:1", "biolink:Disease"),
            ("", ""),
        ],
    )
    write(
        tmp_path / "kgx/x_edges.jsonl", ["{not json", "[1]", '{"subject": "MONDO:9999901", "object": "MONDO:9999901"}']
    )
    reasons = {(r.file, r.line): r.reason for r in records(tmp_path) if isinstance(r, Quarantined)}
    assert len(reasons) == 6
    assert reasons["kgx/x_nodes.tsv", 3] == "'category' is missing"
    assert "unknown prefix 'SHAM'" in reasons["kgx/x_nodes.tsv", 4]
    assert reasons["kgx/x_nodes.tsv", 5] == "'id' is missing" or "missing" in reasons["kgx/x_nodes.tsv", 5]
    assert reasons["kgx/x_edges.jsonl", 1].startswith("no JSON")
    assert reasons["kgx/x_edges.jsonl", 2] == "not a JSON object"
    assert reasons["kgx/x_edges.jsonl", 3] == "'predicate' is missing"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "is empty"), (b"name\n", "names no column 'id'"), (b"id\tcategory\nMONDO:1\t\xff\n", "cannot be read")],
)
def test_a_file_that_cannot_be_read_names_itself(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "kgx/x_nodes.tsv"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(SourceError, match=f"kgx/x_nodes.tsv: .*{reason}"):
        records(tmp_path)
    write(tmp_path / "kgx/y_nodes.tsv", [("id", "category"), ("MONDO:9999901", "biolink:Disease")])
    kept = records(tmp_path)
    assert [r.id for r in kept if isinstance(r, Node) and r.category == "biolink:Disease"] == ["MONDO:9999901"]
    assert [(r.file, r.line) for r in kept if isinstance(r, Quarantined)] == [("kgx/x_nodes.tsv", None)]


@pytest.mark.parametrize("layout", ["tsv", "jsonl"])
def test_identifiers_that_mean_the_same_come_back(tmp_path: Path, layout: str) -> None:
    told = [
        Node("DRUGBANK:DB99991", "biolink:Drug", "Shamol", attributes={"type": "made up"}),
        Node("CHEBI:9999901", "biolink:ChemicalEntity", "shamol compound", attributes={"type": "made up"}),
        Node("DOID:9999901", "biolink:Disease", "sham"),
        Edge("DRUGBANK:DB99991", "treats", "DOID:9999901"),
        SameAs("DRUGBANK:DB99991", "CHEBI:9999901"),
        SameAs("DRUGBANK:DB99992", "DRUGBANK:DB99991", "IAO:0100001"),
        SameAs("DRUGBANK:DB99993", "DRUGBANK:DB99991", "IAO:0100001"),
    ]
    source = Source("own", "Own", "CC0-1.0", "https://example.org", ("*",), lambda inputs: iter(told))
    first = release_of(tmp_path / "one", source)
    list(export(first, tmp_path / "data/kgx", layout))
    second = build(tmp_path / "data", tmp_path / "home")
    _, drug = second.read("nodes", NODE_STATEMENT).to_dicts()
    assert drug["equivalent_identifiers"] == ["CHEBI:9999901", "DRUGBANK:DB99992", "DRUGBANK:DB99993"]
    assert second.read("nodes", NODE_STATEMENT).equals(first.read("nodes", NODE_STATEMENT))
