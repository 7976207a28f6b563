"""The full DrugBank XML: what a drug becomes, and what a broken or hostile file costs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from ingest.drugbank.records import pieces
from ingest.errors import SourceError, UnsafeFile
from ingest.source import Inputs
from ingest.sources.drugbank_xml import SOURCE
from kg.records import Citation, Edge, Node, Quarantined, Record
from ontologies.curie import normalise

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<drugbank xmlns="http://www.drugbank.ca" version="5.1" exported-on="2031-02-03">\n'
DRUG = """<drug type="biotech" created="2031-01-01" updated="2031-01-01">
  <drugbank-id primary="true">DB99991</drugbank-id><drugbank-id>DB99981</drugbank-id><drugbank-id>BIOD9</drugbank-id>
  <name>Fakumab</name><cas-number>0-00-0</cas-number><unii>FAKE</unii>
  <groups><group>approved</group></groups>
  <indication>For  sham
   disease.</indication><half-life>2 hours</half-life>
  <synonyms><synonym language="english">fakumabum</synonym><synonym>Fakumab</synonym></synonyms>
  <products><product><name>Shamix</name></product><product><name>Shamix</name></product></products>
  <international-brands><international-brand><name>Shamex</name><company/></international-brand></international-brands>
  <categories><category><category>Shams</category><mesh-id/></category></categories>
  <atc-codes><atc-code code="Z99ZZ99"><level code="Z">X</level></atc-code></atc-codes>
  <food-interactions><food-interaction>Take with sham food.</food-interaction></food-interactions>
  <drug-interactions>
    <drug-interaction><drugbank-id>DB99992</drugbank-id><name>Shamol</name><description>They clash.</description></drug-interaction>
    <drug-interaction><drugbank-id>DB99993</drugbank-id><name>Absentol</name><description/></drug-interaction>
  </drug-interactions>
  <external-identifiers>
    <external-identifier><resource>ChEBI</resource><identifier>9999901</identifier></external-identifier>
    <external-identifier><resource>Sham Register</resource><identifier>7</identifier></external-identifier>
    <external-identifier><resource>Sham Register</resource><identifier>8</identifier></external-identifier>
  </external-identifiers>
  <pathways><pathway><smpdb-id>SMP9999901</smpdb-id><name>Sham Pathway</name><category>sham</category>
    <drugs><drug><drugbank-id>DB99991</drugbank-id><name>Fakumab</name></drug><drug><drugbank-id>DB99992</drugbank-id></drug></drugs>
  </pathway></pathways>
  <targets><target><id>BE9</id><name>Fake factor</name><actions><action>inhibitor</action></actions>
    <references><articles><article><pubmed-id>99999901</pubmed-id></article><article><pubmed-id/></article></articles></references>
    <known-action>yes</known-action>
    <polypeptide id="P99999" source="Swiss-Prot"><name>Fake factor</name><gene-name>FAKE1</gene-name>
      <organism ncbi-taxonomy-id="9606">Humans</organism>
      <external-identifiers><external-identifier><resource>HUGO Gene Nomenclature Committee (HGNC)</resource>
        <identifier>HGNC:9999901</identifier></external-identifier></external-identifiers>
    </polypeptide></target>
    <target><name>DNA</name><known-action>no</known-action></target></targets>
  <enzymes><enzyme><name>Germ enzyme</name><known-action>unknown</known-action>
    <polypeptide id="Q99999"><name>Germ enzyme</name><organism ncbi-taxonomy-id="1">Sham germ</organism></polypeptide></enzyme></enzymes>
</drug>
"""
OTHER = (
    '<drug type="small molecule">\n  <drugbank-id primary="true">DB99992</drugbank-id><name>Shamol</name>\n</drug>\n'
)
TAIL = "</drugbank>\n"


def read(folder: Path, *texts: str | bytes) -> list[Record]:
    (folder / "drugbank").mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        path = folder / f"drugbank/full database {number}.xml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    files = tuple(sorted({f for pattern in SOURCE.patterns for f in folder.glob(pattern)}))
    return list(SOURCE.read(Inputs(folder, files)))  # type: ignore[arg-type]


def names(records: list[Record]) -> list[str]:
    return [
        r.name
        for r in records
        if isinstance(r, Node) and r.category == "biolink:Drug" and "placeholder" not in r.attributes
    ]


def broken(records: list[Record]) -> list[tuple[int | None, str]]:
    return [(r.line, r.reason) for r in records if isinstance(r, Quarantined)]


def test_a_drug_becomes_a_node_with_all_its_names_and_references(tmp_path: Path) -> None:
    drug = read(tmp_path, HEAD + DRUG + TAIL)[0]
    assert isinstance(drug, Node)
    assert (drug.id, drug.category, drug.name) == ("DRUGBANK:DB99991", "biolink:Drug", "Fakumab")
    assert drug.synonyms == ("fakumabum", "Shamex\tbrand", "Shamix\tbrand")
    assert drug.xrefs == ("DRUGBANK:DB99981", "CAS:0-00-0", "UNII:FAKE", "CHEBI:9999901")
    assert drug.attributes == {
        "type": "biotech",
        "groups": ["approved"],
        "atc_codes": ["Z99ZZ99"],
        "categories": ["Shams"],
        "food_interactions": ["Take with sham food."],
        "indication": "For sham disease.",
        "half_life": "2 hours",
        "other_ids": {"Sham Register": ["7", "8"], "DrugBank before": ["BIOD9"]},
        "unidentified_targets": ["DNA"],
    }


def test_its_links_become_edges(tmp_path: Path) -> None:
    records = read(tmp_path, HEAD + DRUG + OTHER + TAIL)
    edges = [r for r in records if isinstance(r, Edge)]
    assert [(e.relation, e.object) for e in edges] == [
        ("binds", "HGNC:9999901"),
        ("targets", "HGNC:9999901"),
        ("binds_protein", "UniProtKB:Q99999"),
        ("interacts_with_drug", "DRUGBANK:DB99992"),
        ("interacts_with_drug", "DRUGBANK:DB99993"),
        ("drug_in_pathway", "SMPDB:SMP9999901"),
    ]
    assert edges[0].publications == ("DRUGBANK:DB99991", "PMID:99999901")
    assert edges[0].attributes == {
        "role": "target",
        "actions": ["inhibitor"],
        "known_action": "yes",
        "uniprot": "P99999",
    }
    assert edges[3].attributes == {"description": "They clash."}
    assert Citation("DRUGBANK:DB99991", "DrugBank record of Fakumab", 2031) in records
    assert {e.object for e in edges} <= {r.id for r in records if isinstance(r, Node)}
    assert names(records) == ["Fakumab", "Shamol"]


BROKEN = {
    "a tag that does not match": (
        DRUG.replace("</half-life>", "</halflife>"),
        3,
        "broken XML at line 8: Opening and ending tag mismatch: half-life and halflife",
    ),
    "a drug that is not closed": (DRUG.removesuffix("</drug>\n"), 3, "broken XML"),
    "an undeclared entity": (DRUG.replace("2 hours", "&bomb;"), 3, "broken XML at line 8: Entity 'bomb' not defined"),
    "bytes that are no UTF-8": (DRUG.replace("2 hours", "\udcff"), 3, "broken XML"),
    "no name": (DRUG.replace("<name>Fakumab</name><cas", "<cas"), 3, "a drug needs a name and a primary drugbank-id"),
    "no primary id": (DRUG.replace(' primary="true"', ""), 3, "a drug needs a name and a primary drugbank-id"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_drug_is_quarantined_with_its_line_and_the_rest_is_read(tmp_path: Path, case: str) -> None:
    text, line, reason = BROKEN[case]
    records = read(tmp_path, (HEAD + text + OTHER + TAIL).encode("utf-8", "surrogateescape"))
    ((at, why),) = broken(records)
    assert (at, why.startswith(reason)) == (line, True), why
    assert names(records) == ["Shamol"]


def test_a_broken_start_tag_does_not_take_the_drug_before_it(tmp_path: Path) -> None:
    records = read(tmp_path, HEAD + DRUG + OTHER.replace('type="small', 'tipe="small') + TAIL)
    assert names(records) == ["Fakumab"]
    assert broken(records) == [(3 + DRUG.count("\n"), "broken XML: a drug without a proper start tag")]


def test_a_drug_that_stands_twice_is_read_once(tmp_path: Path) -> None:
    records = read(tmp_path, HEAD + OTHER + OTHER + TAIL)
    assert names(records) == ["Shamol"] and broken(records) == [(6, "the drug DB99992 stands twice")]


def test_a_file_cut_short_says_so(tmp_path: Path) -> None:
    records = read(tmp_path, HEAD + OTHER + DRUG[:900])
    assert names(records) == ["Shamol"]
    assert [line for line, _ in broken(records)] == [6, 6]
    assert broken(records)[1][1].startswith("the file ends without </drugbank>")


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE drugbank [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<drugbank>'
    + OTHER.replace("Shamol", "&b;")
    + TAIL
)
OUTSIDE = (
    '<?xml version="1.0"?>\n<!DOCTYPE drugbank [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<drugbank>' + OTHER + TAIL
)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_a_bomb_is_refused_even_beside_good_files(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnsafeFile, match="declares entities"):
        read(tmp_path, text)
    with pytest.raises(UnsafeFile, match="declares entities"):
        read(tmp_path, text, HEAD + OTHER + TAIL)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "empty"),
        (b"<drugbank></drugbank>", "holds no <drug"),
        (b"no xml at all", "holds no <drug"),
        ((HEAD + OTHER + TAIL).encode("utf-16"), "UTF-16"),
        ((HEAD.replace("UTF-8", "latin-1") + OTHER + TAIL).encode(), "is written in latin-1"),
    ],
)
def test_a_file_that_cannot_be_read_names_itself(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(SourceError, match=re.escape("drugbank/full database 0.xml: ") + f".*{message}"):
        read(tmp_path, text)
    records = read(tmp_path, text, HEAD + OTHER + TAIL)
    assert names(records) == ["Shamol"] and len(broken(records)) == 1


def test_a_gzip_cut_short_names_itself(tmp_path: Path) -> None:
    (tmp_path / "drugbank").mkdir()
    (tmp_path / "drugbank/x.xml.gz").write_bytes(gzip.compress((HEAD + OTHER * 50 + TAIL).encode())[:-20])
    with pytest.raises(SourceError, match=r"drugbank/x\.xml\.gz: cannot be read to its end"):
        read(tmp_path)


def test_records_are_cut_alike_wherever_a_block_ends(tmp_path: Path) -> None:
    text = HEAD + DRUG + OTHER + DRUG.replace("DB99991", "DB99994") + TAIL
    raw, path = text.encode(), tmp_path / "x.xml"
    expected = list(pieces(path, [raw]))
    assert [line for line, _ in expected] == [1, 3, 3 + DRUG.count("\n"), 6 + DRUG.count("\n")]
    for size in (1, 7, 64, 1000):
        assert list(pieces(path, (raw[i : i + size] for i in range(0, len(raw), size)))) == expected
    assert b"".join(piece for _, piece in expected) == raw


def test_the_schema_beside_it_is_not_read(data: Path) -> None:
    file_names = {
        f.name for pattern in SOURCE.patterns for f in (data / "drugbank").glob(pattern.removeprefix("drugbank/"))
    }
    assert file_names == {"sample_small_molecule.xml.gz"}


def test_the_real_drug_is_read_whole(data: Path) -> None:
    path = data / "drugbank/sample_small_molecule.xml.gz"
    records = list(SOURCE.read(Inputs(data, (path,))))
    raw = gzip.decompress(path.read_bytes())
    edges = [r for r in records if isinstance(r, Edge)]
    count = {relation: sum(e.relation == relation for e in edges) for relation in {e.relation for e in edges}}
    assert count == {
        "interacts_with_drug": raw.count(b"<drug-interaction>"),
        "binds": raw.count(b"<polypeptide "),
        "targets": raw.count(b"<target "),
        "drug_in_pathway": 1,
    }
    assert count["interacts_with_drug"] == 639 and count["binds"] == 2
    assert not any(isinstance(r, Quarantined) for r in records)
    (drug,) = [r for r in records if isinstance(r, Node) and r.id == "DRUGBANK:DB00006"]
    assert len(drug.xrefs) == 13 and drug.attributes["atc_codes"] == ["B01AE06"]
    for identifier in (*drug.xrefs, *(e.object for e in edges)):
        assert normalise(identifier) == identifier
