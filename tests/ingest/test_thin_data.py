"""Data that hold little: one source alone, nothing that can be used, species that the graph does not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import Plan, build_release
from ingest.errors import BuildError
from kg.release.names import build_names
from kg.release.release import Release, Shelf
from ontologies.curie import normalise
from ontologies.names.linker import NameLinker

PROTEIN = """<target><name>Sham receptor</name><organism>Humans</organism><actions/><references><articles/></references>
<known-action>yes</known-action><polypeptide id="P99990"><name>Sham receptor</name><gene-name>{symbol}</gene-name>
<organism ncbi-taxonomy-id="9606">Humans</organism><external-identifiers><external-identifier>
<resource>HUGO Gene Nomenclature Committee (HGNC)</resource><identifier>HGNC:{hgnc}</identifier></external-identifier>
</external-identifiers></polypeptide></target>"""
DRUG = """<drug type="small molecule"><drugbank-id primary="true">{primary}</drugbank-id>{others}<name>{name}</name>
<targets>{targets}</targets><drug-interactions>{partners}</drug-interactions></drug>
"""
PARTNER = (
    "<drug-interaction><drugbank-id>{}</drugbank-id><name>{}</name><description>{}</description></drug-interaction>"
)
OTHER = "<drugbank-id>{}</drugbank-id>"
GENE = "{tax}\t{number}\t{symbol}\t-\t{synonyms}\t-\t1\t1p1\tsham gene\tprotein-coding\t{symbol}\tsham gene\tO\t-\t20240101\n"


def drug(primary: str, name: str, others: str = "", targets: str = "", partners: str = "") -> str:
    return DRUG.format(primary=primary, name=name, others=others, targets=targets, partners=partners)


def build(folder: Path, files: dict[str, str]) -> Release:
    for name, text in files.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return build_release(Plan(folder / "data"), folder / "home", workers=1).release


def drugbank(*drugs: str) -> dict[str, str]:
    return {"drugbank/full.xml": f'<drugbank xmlns="http://www.drugbank.ca">\n{"".join(drugs)}</drugbank>\n'}


def linked(release: Release, folder: Path, name: str) -> list[str]:
    if not folder.exists():
        build_names(release, folder)
    return [c.id for c in NameLinker(folder).link(name)]


def test_a_gene_that_drugbank_alone_names_can_be_asked_for(tmp_path: Path) -> None:
    target = PROTEIN.format(symbol="SHM1", hgnc=99001)
    release = build(tmp_path, drugbank(drug("DB99991", "Fakedin", targets=target)))
    assert linked(release, tmp_path / "names", "SHM1") == ["HGNC:99001"]


def test_a_name_of_a_described_thing_is_not_shared_with_what_is_only_named(tmp_path: Path) -> None:
    target = PROTEIN.format(symbol="SHM1", hgnc=99001)
    genes = {"genes/x.gene_info": GENE.format(tax=9606, number=99999901, symbol="SHM1", synonyms="-")}
    release = build(tmp_path, {**drugbank(drug("DB99991", "Fakedin", targets=target)), **genes})
    assert linked(release, tmp_path / "names", "SHM1") == ["NCBIGene:99999901"]


def test_a_synonym_of_a_described_thing_is_not_shared_either(tmp_path: Path) -> None:
    target = PROTEIN.format(symbol="SHM1", hgnc=99001)
    genes = {"genes/x.gene_info": GENE.format(tax=9606, number=99999901, symbol="SHM9", synonyms="SHM1")}
    release = build(tmp_path, {**drugbank(drug("DB99991", "Fakedin", targets=target)), **genes})
    assert linked(release, tmp_path / "names", "SHM1") == ["NCBIGene:99999901"]


def test_a_partner_named_by_a_replaced_number_is_the_drug_that_bears_it_now(tmp_path: Path) -> None:
    partners = PARTNER.format("DB99991", "Fakedin", "One.") + PARTNER.format("DB99981", "Fakedin", "Two.")
    others = OTHER.format("DB99981") + OTHER.format("APRD99999")
    release = build(
        tmp_path,
        drugbank(drug("DB99991", "Fakedin", others), drug("DB99992", "Shamol", partners=partners)),
    )
    assert release.read("nodes")["id"].to_list() == ["DRUGBANK:DB99991", "DRUGBANK:DB99992"]
    (edge,) = release.read("edges").to_dicts()
    assert (edge["subject"], edge["object"], len(edge["assertions"])) == ("DRUGBANK:DB99991", "DRUGBANK:DB99992", 2)
    (merge,) = release.read("merges").filter(old="DRUGBANK:DB99981").to_dicts()
    assert (merge["new"], merge["origin"]) == ("DRUGBANK:DB99991", "drugbank/full.xml")
    assert release.read("quarantine").is_empty()
    assert set(release.read("coverage")["entity"]) >= {"DRUGBANK:DB99991", "DRUGBANK:DB99992"}
    assert linked(release, tmp_path / "names", "DB99981") == ["DRUGBANK:DB99991"]


def test_a_number_that_a_drug_of_its_own_bears_has_not_been_replaced(tmp_path: Path) -> None:
    drugs = (drug("DB99991", "Fakedin", OTHER.format("DB99992")), drug("DB99992", "Shamol"))
    assert build(tmp_path, drugbank(*drugs)).read("nodes").height == 2


def test_genes_of_other_species_are_counted_and_left_out(tmp_path: Path) -> None:
    rows = [
        (9606, 99999901, "SHM1", "P99"),
        (10090, 99999902, "Shm1", "P99"),
        (10116, 99999903, "Shm1", "-"),
        (10090, 99999904, "Shm2", "-"),
        (9606, 99999905, "NEWENTRY", "-"),
    ]
    text = "".join(GENE.format(tax=t, number=n, symbol=s, synonyms=y) for t, n, s, y in rows)
    release = build(tmp_path, {"genes/all.gene_info": text})
    assert release.read("nodes")["id"].to_list() == ["NCBIGene:99999901"]
    assert release.read("quarantine")["reason"].to_list() == [
        "2 genes of the species NCBITaxon:10090; only human ones (NCBITaxon:9606) are kept",
        "1 genes of the species NCBITaxon:10116; only human ones (NCBITaxon:9606) are kept",
        "1 rows NEWENTRY, which stand for genes that NCBI has not recorded yet",
    ]
    assert linked(release, tmp_path / "names", "p99") == ["NCBIGene:99999901"]


def test_a_build_of_which_nothing_can_be_used_says_why_and_leaves_what_serves(tmp_path: Path) -> None:
    good = "id\tcategory\tname\nDOID:9999901\tbiolink:Disease\tsham\n"
    release = build(tmp_path, {"kgx/x_nodes.tsv": good})
    bad = "id\tcategory\tname\nSHAM:1\tbiolink:Gene\tA\nSHAM:2\tbiolink:Gene\tB\n"
    with pytest.raises(BuildError, match=r"no node was read.*kgx/x_nodes\.tsv:2: .*unknown prefix 'SHAM'"):
        build(tmp_path, {"kgx/x_nodes.tsv": bad})
    assert Shelf(tmp_path / "home" / "releases").names() == [release.folder.name]


@pytest.mark.parametrize(
    "identifier",
    ["MGI:99", "RGD:99", "ZFIN:ZDB-GENE-99", "FB:FBgn99", "WB:WBGene99", "SGD:S99", "PomBase:SPAC99", "Xenbase:XB-99"],
)
def test_genes_of_model_organisms_have_known_prefixes(identifier: str) -> None:
    assert normalise(identifier.lower().split(":")[0] + ":" + identifier.split(":", 1)[1]) == identifier


def test_a_web_address_is_answered_with_the_curie_that_it_stands_for(tmp_path: Path) -> None:
    nodes = "id\tcategory\tname\nhttp://purl.obolibrary.org/obo/DOID_9999901\tbiolink:Disease\tsham\nDOID:9999902\tbiolink:Disease\tache\n"
    (reason,) = build(tmp_path, {"kgx/x_nodes.tsv": nodes}).read("quarantine")["reason"].to_list()
    assert "write DOID:9999901 in its place" in reason


def test_notes_alone_make_a_release(tmp_path: Path) -> None:
    release = build(tmp_path, {"notes/a.md": "Shamol eased shamitis.\n"})
    assert (release.read("nodes").height, release.read("passages").height) == (0, 1)
