"""Tables of one's own: what a mapping makes of rows, and what it says when it does not fit."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from ingest.build import Plan, build_release, lock
from ingest.errors import MappingError, SourceError
from ingest.source import Inputs
from ingest.tables.own import own_tables
from kg.records import Citation, Edge, Evidence, Node, Passage, Quarantined, Record
from kg.release.release import Release

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
HEAD = 'file = "t.tsv"\n[source]\ntitle = "Mine"\nlicence = "CC-BY-4.0"\n'
NODE = '[[node]]\nid = "{id}"\ncategory = "biolink:Disease"\nname = "{name}"\n'
TABLE = "id\tname\nDOID:9999901\tsham\n"


def put(folder: Path, mapping: str, table: str = TABLE, name: str = "t.tsv") -> Path:
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    (folder / "tables/mine.toml").write_text(mapping, "utf-8")
    (folder / "tables" / name).write_text(table, "utf-8")
    return folder


def read(folder: Path) -> list[Record]:
    (source,) = own_tables(folder)
    files = tuple(sorted({f for pattern in source.patterns for f in folder.glob(pattern)}))
    return list(source.read(Inputs(folder, files)))  # type: ignore[arg-type]


def build(data: Path, home: Path, sources: tuple[str, ...] = (), licences: tuple[str, ...] = ()) -> Release:
    with lock(home):
        return build_release(Plan(data, sources, licences), home).release


def test_the_example_builds(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/tables").symlink_to(SAMPLE / "tables")
    release = build(tmp_path / "data", tmp_path / "home")
    assert release.read("quarantine").is_empty()
    assert release.read("nodes").height == 10
    edges = release.read("edges")
    assert sorted(edges["relation"]) == ["palliates", *["treats"] * 4]
    assert set(edges["licence"]) == {"CC0-1.0"} and set(edges["primary_source"]) == {"example"}
    assert release.sources["example"]["title"] == "Example table"
    assert set(release.sources["example"]["files"]) == {"tables/example.toml", "tables/example.tsv"}


def test_the_example_says_what_the_public_sources_say(data: Path) -> None:
    catalogue = (data / "pharmacotherapydb/catalog_indications.tsv").read_text("utf-8").splitlines()
    known = {tuple(line.split("\t")[i] for i in (0, 1, 4)) for line in catalogue}
    terms = gzip.decompress((data / "ontologies/doid-2016.obo.gz").read_bytes()).decode()
    names = dict(re.findall(r"^id: (DOID:\d+)\nname: (.*)$", terms, re.MULTILINE))
    for line in (SAMPLE / "tables/example.tsv").read_text("utf-8").splitlines()[1:]:
        doid, disease, _, drug, _, category = line.split("\t")
        assert (f"DOID:{doid}", drug, category) in known
        assert names[f"DOID:{doid}"] == disease


def test_every_kind_of_field(tmp_path: Path) -> None:
    mapping = (
        HEAD.replace("t.tsv", "t.csv")
        + """
[[node]]
id = "DOID:{id}"
category = { column = "kind", values = { d = "biolink:Disease", p = "biolink:PhenotypicFeature" } }
name = "{name} {{sic}}"
synonyms = [{ column = "brands", split = "|", scope = "brand" }, "{name}"]
xrefs = { column = "umls", split = "|", prefix = "UMLS:" }
attributes = { n = { column = "n", type = "integer" }, tags = { column = "brands", split = "|" }, note = "{name}!" }
[[edge]]
when = { kind = ["d"] }
subject = "DRUGBANK:{drug}"
relation = "treats"
object = "DOID:{id}"
publications = { column = "pmids", split = ";", prefix = "PMID:" }
negated = { column = "not", is = ["NOT"] }
tier = "{tier}"
qualifiers = { dose = "{dose}" }
knowledge_level = "observation"
agent_type = "automated_agent"
evidence = { citation = "PMID:{cited}", kind = "contradicts", quote = "{name}", score = "{score}" }
[[citation]]
optional = true
id = "PMID:{cited}"
title = "About {name}"
year = 2001
"""
    )
    table = (
        "id,kind,name,brands,umls,n,drug,pmids,not,tier,dose,cited,score\n"
        '9999901,d,"sham, odd",A|B,C9999901|C9999902,3,DB99991,99999901; 99999902,NOT,4,low,99999903,0.5\n'
        "9999902,p,ache,,,,,,,,,,\n"
    )
    node, edge, quoted, evidence, citation, second = read(put(tmp_path, mapping, table, "t.csv"))
    assert node == Node(
        "DOID:9999901",
        "biolink:Disease",
        "sham, odd {sic}",
        ("A\tbrand", "B\tbrand", "sham, odd"),
        ("UMLS:C9999901", "UMLS:C9999902"),
        {"n": 3, "tags": ["A", "B"], "note": "sham, odd!"},
    )
    assert edge == Edge(
        "DRUGBANK:DB99991",
        "treats",
        "DOID:9999901",
        {"dose": "low"},
        True,
        4,
        "observation",
        "automated_agent",
        ("PMID:99999901", "PMID:99999902"),
        {},
    )
    assert isinstance(quoted, Passage) and (quoted.citation, quoted.text) == ("PMID:99999903", "sham, odd")
    assert evidence == Evidence(edge.id, "PMID:99999903", "contradicts", quoted.id, 0, 9, "sham, odd", 0.5)
    assert citation == Citation("PMID:99999903", "About sham, odd", 2001)
    assert second == Node("DOID:9999902", "biolink:PhenotypicFeature", "ache {sic}", ("ache",), (), {"note": "ache!"})


def test_evidence_says_what_was_looked_at_and_an_unknown_word_is_quarantined(tmp_path: Path) -> None:
    axes = '[edge.evidence]\ncitation = "PMID:{pmid}"\nsystem = "{what}"\nstudy = "trial"\ngroup = "NCT:{trial}"\nrole = "result"\nquote = "{said}"\n'
    edge = '[[edge]]\nsubject = "DRUGBANK:DB99991"\nrelation = "treats"\nobject = "DOID:9999901"\n'
    rows = "pmid\twhat\ttrial\tsaid\n99999901\thuman\tNCT99999901\tIt helped.\n99999902\thuman\t1\t\n99999903\tmartian\t1\tIt did.\n"
    records = read(put(tmp_path, HEAD + edge + axes, rows))
    text, record = [r for r in records if isinstance(r, Evidence)]
    assert (text.system, text.study, text.group, text.role) == ("human", "trial", "NCT:NCT99999901", "result")
    assert (record.quote, record.role, record.citation) == (None, "record", "PMID:99999902")
    assert len([r for r in records if isinstance(r, Edge)]) == 2
    (bad,) = [r for r in records if isinstance(r, Quarantined)]
    assert bad.line == 4 and "evidence.system is 'martian'; known: human" in bad.reason


EDGE = '[[edge]]\nsubject = "{id}"\nrelation = "treats"\nobject = "{id}"\n'


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("file = ", "is no TOML"),
        (NODE, "file is missing"),
        ('file = "t.tsv"\n' + NODE, "source is missing"),
        ('file = "t.tsv"\n[source]\ntitle = "x"\n' + NODE, "source.licence is missing"),
        (HEAD.replace("CC-BY-4.0", " ") + NODE, "source.licence must be a text that is not empty"),
        (HEAD.replace("t.tsv", "../t.tsv") + NODE, "file must name a .tsv or .csv file beside the mapping"),
        (HEAD.replace("t.tsv", "t.xlsx") + NODE, "file must name a .tsv or .csv file beside the mapping"),
        (HEAD.replace("t.tsv", "u.tsv") + NODE, "file 'u.tsv' is not beside it"),
        (HEAD + 'author = "me"\n' + NODE, "source.author is an unknown key; known: title, licence"),
        (HEAD, "has no [[node]], [[edge]] or [[citation]]"),
        (HEAD + NODE + 'colour = "red"\n', "node 1.colour is an unknown key; known: id, category"),
        (
            HEAD + NODE.replace("biolink:Disease", "biolink:Planet"),
            "node 1.category is the unknown 'biolink:Planet'; known: biolink:Drug",
        ),
        (HEAD + NODE.replace("{name}", "{title}"), "node 1 names the unknown column 'title'; t.tsv has: id, name"),
        (HEAD + NODE.replace("{name}", "{name"), "node 1.name '{name' has a brace without its partner"),
        (HEAD + NODE.replace('"{id}"', '"SHAM:{id}"'), "node 1.id has the unknown prefix 'SHAM'"),
        (HEAD + NODE.replace('"{id}"', "7"), "node 1.id must be a text, not 7"),
        (
            HEAD + NODE + 'synonyms = { column = "name", scope = "loud" }\n',
            "node 1.synonyms.scope is the unknown 'loud'; known: exact, brand",
        ),
        (
            HEAD + NODE + 'attributes = { n = { column = "name", type = "date" } }\n',
            "node 1.attributes.n.type is the unknown 'date'; known: integer",
        ),
        (HEAD + EDGE.replace("treats", "cures"), "edge 1.relation is the unknown 'cures'; known: treats, palliates"),
        (HEAD + EDGE + "tier = 9\n", "edge 1.tier is 9; it must be 1 (guideline) to 7 (prediction)"),
        (
            HEAD + EDGE + 'knowledge_level = "sure"\n',
            "edge 1.knowledge_level is the unknown 'sure'; known: knowledge_assertion",
        ),
        (
            HEAD + EDGE + 'evidence = { citation = "PMID:{id}", kind = "hints" }\n',
            "edge 1.evidence.kind is the unknown 'hints'; known: supports",
        ),
        (HEAD + EDGE.replace("[[edge]]", "[edge]"), "edge must be written [[edge]]"),
    ],
)
def test_a_bad_mapping_says_so_in_one_line(tmp_path: Path, mapping: str, message: str) -> None:
    put(tmp_path, mapping)
    with pytest.raises(MappingError) as caught:
        read(tmp_path)
    text = str(caught.value)
    assert text.startswith("tables/mine.toml: ") and message in text and "\n" not in text


@pytest.mark.parametrize(
    ("name", "message"), [("hetionet", "comes with Galenic"), ("my-table", "letters, digits and _")]
)
def test_a_mapping_needs_a_name_of_its_own(tmp_path: Path, name: str, message: str) -> None:
    put(tmp_path, HEAD + NODE)
    (tmp_path / "tables/mine.toml").rename(tmp_path / f"tables/{name}.toml")
    with pytest.raises(MappingError, match=message):
        own_tables(tmp_path)


def test_broken_rows_are_quarantined_with_their_line(tmp_path: Path) -> None:
    rows = ["id\tname", "DOID:9999901\tsham", "\tnobody", "SHAM:1\tx", "9999902\ty", "DOID:9999903", "DOID:9999904\t"]
    rows += ["DOID:9999905\ta\tb", "DOID:9999906\tgood"]
    records = read(put(tmp_path, HEAD + NODE, "\n".join(rows) + "\n"))
    assert [r.id for r in records if isinstance(r, Node)] == ["DOID:9999901", "DOID:9999906"]
    reasons = {r.line: r.reason for r in records if isinstance(r, Quarantined) and r.file == "tables/t.tsv"}
    assert list(reasons) == [3, 4, 5, 6, 7, 8]
    assert reasons[3] == "node 1: column 'id' is empty"
    assert "unknown prefix 'SHAM'" in str(reasons[4])
    assert "'9999902' is no CURIE" in str(reasons[5])
    assert reasons[6] == "1 cells under 2 columns"
    assert reasons[8] == "3 cells under 2 columns"


def test_a_word_that_the_mapping_does_not_list_is_quarantined(tmp_path: Path) -> None:
    edge = EDGE.replace('"treats"', '{ column = "name", values = { DM = "treats" } }')
    (refused,) = read(put(tmp_path, HEAD + edge))
    assert isinstance(refused, Quarantined)
    assert (refused.line, refused.reason) == (
        2,
        "edge 1: column 'name' says 'sham', which the mapping does not list; listed: DM",
    )


def test_quoted_line_breaks_keep_the_line_numbers(tmp_path: Path) -> None:
    table = 'id,name\nDOID:9999901,"two\nlines"\n,x\n'
    records = read(put(tmp_path, HEAD.replace("t.tsv", "t.csv") + NODE, table, "t.csv"))
    assert [(r.name if isinstance(r, Node) else r.line) for r in records if isinstance(r, Node | Quarantined)] == [
        "two\nlines",
        4,
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "tables/t.tsv: is empty"), (b"id\tname\nDOID:1\t\xff\xfe\n", "tables/t.tsv: is not UTF-8")],
)
def test_a_table_that_cannot_be_read_names_itself(tmp_path: Path, content: bytes, message: str) -> None:
    put(tmp_path, HEAD + NODE)
    (tmp_path / "tables/t.tsv").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        read(tmp_path)


def test_a_gzip_cut_short_names_itself(tmp_path: Path) -> None:
    put(tmp_path, HEAD.replace("t.tsv", "t.tsv.gz") + NODE)
    (tmp_path / "tables/t.tsv.gz").write_bytes(gzip.compress((TABLE * 500).encode())[:-12])
    with pytest.raises(SourceError, match=r"tables/t.tsv.gz:\d+: cannot be read further"):
        read(tmp_path)


def test_each_mapping_is_a_source_with_its_own_licence(tmp_path: Path) -> None:
    put(tmp_path / "data", HEAD + NODE)
    (tmp_path / "data/tables/free.toml").write_text(
        HEAD.replace('"CC-BY-4.0"', '"CC0-1.0"\ncommercial = true') + NODE, "utf-8"
    )
    both = build(tmp_path / "data", tmp_path / "home")
    assert {n: s["licence"] for n, s in both.sources.items()} == {"free": "CC0-1.0", "mine": "CC-BY-4.0"}
    assert set(build(tmp_path / "data", tmp_path / "home", licences=("commercial",)).sources) == {"free"}
    assert set(build(tmp_path / "data", tmp_path / "home", sources=("mine",)).sources) == {"mine"}


def test_a_table_that_repeats_another_counts_as_no_further_evidence(tmp_path: Path) -> None:
    edge = NODE + '[[edge]]\nsubject = "{id}"\nrelation = "disease_resembles"\nobject = "{id}"\n'
    put(tmp_path / "data", HEAD + edge)
    second = tmp_path / "data/tables/again.toml"
    second.write_text(HEAD + edge, "utf-8")
    assert build(tmp_path / "data", tmp_path / "home").read("edges")["n_independent"].to_list() == [2]
    second.write_text(HEAD + "aggregator = true\n" + edge, "utf-8")
    assert build(tmp_path / "data", tmp_path / "home").read("edges")["n_independent"].to_list() == [1]


def test_a_changed_mapping_is_read_anew(tmp_path: Path) -> None:
    put(tmp_path / "data", HEAD + NODE)
    first = build(tmp_path / "data", tmp_path / "home")
    put(tmp_path / "data", HEAD + NODE + 'attributes = { seen = "{name}" }\n')
    second = build(tmp_path / "data", tmp_path / "home")
    assert first.id != second.id
    assert json.loads(second.read("nodes")["attributes"][0]) == {"seen": "sham"}
