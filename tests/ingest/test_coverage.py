"""What a release says its sources looked at: the ground of every 'none'."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl

from ingest.coverage import coverage
from ingest.merge import merge
from ingest.partition import make_partition
from ingest.source import Inputs, Source, all_sources
from kg.records import Covered, Edge, Node, Record

DRUGS, ILL = [f"DRUGBANK:DB9999{n}" for n in range(4)], "DOID:99991"
EDGES = pl.DataFrame(
    [
        ("one", "treats", "C1", "D1", False),
        ("one", "treats", "C1", "D2", False),
        ("two", "treats", "C2", "D1", False),
        ("two", "treats", "C3", "D3", True),
        ("one", "interacts_with_drug", "C1", "C2", False),
        ("one", "mentions", "P1", "D1", False),
    ],
    schema=["source", "relation", "subject", "object", "negated"],
    orient="row",
)
NODES = pl.DataFrame({"id": ["C1", "C2", "C3", "C4", "D1", "D2", "D3", "P1"]})


def declared(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("source", "relation", "entity", "side"), pl.String), orient="row")


def covered(frame: pl.DataFrame, relation: str, source: str) -> dict[str, set[str]]:
    rows = frame.filter((pl.col("relation") == relation) & (pl.col("source") == source))
    return {side: set(rows.filter(side=side)["entity"]) for side in rows["side"].unique()}


def test_a_source_covers_what_it_holds_an_edge_of() -> None:
    table, refused = coverage(EDGES, declared(), NODES, {"one": {}, "two": {}})
    assert covered(table, "treats", "one") == {"subject": {"C1"}, "object": {"D1", "D2"}}
    # What is only denied is no edge: nobody looked for others there.
    assert covered(table, "treats", "two") == {"subject": {"C2"}, "object": {"D1"}}
    assert covered(table, "interacts_with_drug", "one") == {"subject": {"C1", "C2"}}
    assert covered(table, "mentions", "one") == {"subject": {"P1"}}
    assert refused.is_empty() and table.equals(table.sort("relation", "side", "entity", "source"))


def test_a_source_that_declares_a_relation_covers_exactly_what_it_says() -> None:
    declarations = declared(("one", "interacts_with_drug", "C4", "object"), ("two", "treats", "C4", "subject"))
    info = {"one": {"declares": ["interacts_with_drug", "mentions"]}, "two": {"declares": ["treats"]}}
    table, _ = coverage(EDGES, declarations, NODES, info)
    assert covered(table, "interacts_with_drug", "one") == {"subject": {"C4"}}
    assert covered(table, "mentions", "one") == {}
    assert covered(table, "treats", "two") == {"subject": {"C4"}}
    assert covered(table, "treats", "one") == {"subject": {"C1"}, "object": {"D1", "D2"}}


def test_what_a_declaration_names_wrongly_is_put_aside_with_the_reason() -> None:
    declarations = declared(
        ("one", "treats", "C9", "subject"), ("one", "cures", "C1", "subject"), ("one", "treats", "C1", "x")
    )
    table, refused = coverage(EDGES.clear(), declarations, NODES, {"one": {"declares": ["treats"]}})
    assert table.is_empty()
    assert refused["reason"].to_list() == [
        "covers the unknown node C9",
        "covers for the unknown relation cures",
        "covers the unknown side x",
    ]


def test_identifiers_are_those_after_merging(tmp_path: Path) -> None:
    def read(inputs: Inputs) -> list[Record]:
        drugs = [Node(d, "biolink:Drug", d, xrefs=(f"CHEBI:{d[-1]}",)) for d in DRUGS]
        same = Node("DRUGBANK:DB99998", "biolink:Drug", "old", xrefs=("CHEBI:9",))
        edge = Edge(DRUGS[0], "treats", ILL)
        return [*drugs, same, Node(ILL, "biolink:Disease", "ill"), edge, Covered("treats", "DRUGBANK:DB99998")]

    source = Source("own", "Own", "CC0-1.0", "https://example.org", ("*",), read, declares=("treats",))  # type: ignore[arg-type]
    (tmp_path / "in").write_text("x")
    part = make_partition(source, Inputs(tmp_path, (tmp_path / "in",)), tmp_path / "parts")
    assert part.info["declares"] == ["treats"]
    table = merge([part]).tables["coverage"]
    assert table.rows() == [("treats", "own", "subject", "DRUGBANK:DB99998")]


def of(name: str, folder: Path, *files: str) -> list[Covered]:
    source = all_sources()[name]
    covers = [r for r in source.read(Inputs(folder, tuple(folder / f for f in files))) if isinstance(r, Covered)]
    assert {c.relation for c in covers} <= set(source.declares)
    return covers


def _drugbank(*drugs: str) -> str:
    return f'<drugbank xmlns="http://www.drugbank.ca" exported-on="2031-02-03">{"".join(drugs)}</drugbank>'


def _drug(number: int, *partners: int, pathway: str = "") -> str:
    met = "".join(
        f"<drug-interaction><drugbank-id>DB9999{p}</drugbank-id><name>Sham{p}</name></drug-interaction>"
        for p in partners
    )
    path = f"<pathways><pathway><smpdb-id>{pathway}</smpdb-id><name>Sham</name></pathway></pathways>" if pathway else ""
    return (
        f'<drug type="small molecule"><drugbank-id primary="true">DB9999{number}</drugbank-id><name>Sham{number}</name>'
        f"<drug-interactions>{met}</drug-interactions>{path}</drug>"
    )


def test_a_drug_that_is_only_named_in_anothers_record_is_not_covered(tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_text(_drugbank(_drug(1, 2, 3, pathway="SMP9999999")))
    covers = of("drugbank_xml", tmp_path, "cut.xml")
    assert {c.entity for c in covers} == {"DRUGBANK:DB99991"} and {c.side for c in covers} == {"subject"}
    assert {c.relation for c in covers} == {"binds", "binds_protein", "interacts_with_drug", "drug_in_pathway"}


def test_the_whole_of_drugbank_covers_what_its_drugs_act_on_too(tmp_path: Path) -> None:
    (tmp_path / "all.xml").write_text(_drugbank(_drug(1, 2, pathway="SMP9999999"), _drug(2, 1)))
    covers = of("drugbank_xml", tmp_path, "all.xml")
    assert Covered("drug_in_pathway", "SMPDB:SMP9999999", "object") in covers
    assert {c.entity for c in covers if c.relation == "interacts_with_drug"} == {"DRUGBANK:DB99991", "DRUGBANK:DB99992"}


def test_drugbanks_tables_cover_every_drug_that_they_list(tmp_path: Path) -> None:
    columns = "drugbank_id\tname\ttype\tgroups\tatc_codes\tcategories\tinchikey"
    (tmp_path / "drugbank.tsv.gz").write_bytes(_gzip(f"{columns}\nDB99991\tOne\t\t\t\t\t\nDB99992\tTwo\t\t\t\t\t\n"))
    links = "drugbank_id\tcategory\tuniprot_id\tentrez_gene_id\torganism\tknown_action\tactions\tpubmed_ids"
    (tmp_path / "proteins.tsv.gz").write_bytes(_gzip(f"{links}\nDB99991\ttarget\tP99999\t1\tHuman\tyes\t\t\n"))
    covers = of("drugbank", tmp_path, "drugbank.tsv.gz", "proteins.tsv.gz")
    assert {(c.relation, c.entity) for c in covers if c.side == "subject"} == {
        (relation, f"DRUGBANK:DB9999{n}") for relation in ("binds", "binds_protein", "targets") for n in (1, 2)
    }
    assert [(c.relation, c.entity) for c in covers if c.side == "object"] == [
        ("binds", "NCBIGene:1"),
        ("targets", "NCBIGene:1"),
    ]


def test_a_drug_that_acts_on_another_organism_is_not_covered_for_its_human_targets(tmp_path: Path) -> None:
    columns = "drugbank_id\tname\ttype\tgroups\tatc_codes\tcategories\tinchikey"
    (tmp_path / "drugbank.tsv.gz").write_bytes(_gzip(f"{columns}\nDB99991\tOne\t\t\t\t\t\n"))
    links = "drugbank_id\tcategory\tuniprot_id\tentrez_gene_id\torganism\tknown_action\tactions\tpubmed_ids"
    rows = "DB99991\tenzyme\tP99999\t1\tHuman\t\t\t\nDB99991\ttarget\tP99998\t\tMade-up bacterium\tyes\t\t\n"
    (tmp_path / "proteins.tsv.gz").write_bytes(_gzip(f"{links}\n{rows}"))
    covers = of("drugbank", tmp_path, "drugbank.tsv.gz", "proteins.tsv.gz")
    assert {c.relation for c in covers if c.side == "subject"} == {"binds", "binds_protein"}


def test_who_stands_in_the_catalogue_of_indications_is_covered_for_each_kind(tmp_path: Path) -> None:
    rows = "doid_id\tdrugbank_id\tcategory\tn_curators\tn_resources\nDOID:99991\tDB99991\tSYM\t1\t1\n"
    (tmp_path / "catalog_indications.tsv").write_text(rows)
    assert of("pharmacotherapydb", tmp_path, "catalog_indications.tsv") == [
        Covered(relation, entity, side)  # type: ignore[arg-type]
        for relation in ("treats", "palliates")
        for entity, side in (("DRUGBANK:DB99991", "subject"), ("DOID:99991", "object"))
    ]


def _gzip(text: str) -> bytes:
    return gzip.compress(text.encode())
