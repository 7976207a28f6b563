"""Ontology formats: one Term from each, real files counted, broken files refused in one line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from ontologies.curie import parse
from ontologies.errors import CurieError, FormatError, OntologyError
from ontologies.formats import Problem, read_terms
from ontologies.formats.hpoa import read as read_annotations
from ontologies.formats.sssom import Mapping
from ontologies.formats.sssom import read as read_mappings
from ontologies.term import Term

OBO = """format-version: 1.4

[Term]
id: DOID:1
name: parent

[Term]
id: DOID:2
name: child
synonym: "offspring" EXACT []
synonym: "kid" RELATED []
xref: MESH:D000001
is_a: DOID:1 ! parent
relationship: part_of DOID:1

[Term]
id: DOID:3
name: old
is_obsolete: true
replaced_by: DOID:2
"""


def terms(path: Path) -> dict[str, Term]:
    return {t.id: t for t in read_terms(path) if isinstance(t, Term)}


def test_obo_keeps_scopes_parents_and_replacements(tmp_path: Path) -> None:
    path = tmp_path / "a.obo"
    path.write_text(OBO)
    by_id = terms(path)
    assert [(s.text, s.scope) for s in by_id["DOID:2"].synonyms] == [("offspring", "exact"), ("kid", "related")]
    assert (by_id["DOID:2"].parents, by_id["DOID:2"].part_of, by_id["DOID:2"].xrefs) == (
        ("DOID:1",),
        ("DOID:1",),
        ("MESH:D000001",),
    )
    assert by_id["DOID:3"].obsolete and by_id["DOID:3"].replaced_by == ("DOID:2",)


ODD = """format-version: 1.4

[Term]
id: DOID:1 {source="x"} ! parent
name: parent {has_synonym_type="layperson"}

[Term]
id: DOID:2
name: child
is_a: DOID:1 {source="MONDO:1 ! x", note="y"} ! parent
is_a: DOID:3 ! other {with brace}
xref: MESH:D999901 {source="a ! b"} ! said
synonym: "a name that is \\
folded" EXACT []
exact_synonym: "offspring" []
narrow_synonym: "toddler" []

[Term]
id: DOID:3
name: told twice
is_a: DOID:1

[Term]
name: nameless

[Term]
id: DOID:3
name: told twice
is_a: DOID:1
is_a: DOID:2
synonym: "told again" EXACT []
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_obo_with_odd_qualifiers_old_tags_folded_lines_and_a_stanza_told_twice(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.obo"
    path.write_text(ODD, newline=end)
    by_id = terms(path)
    assert [(t.id, t.name) for t in by_id.values()] == [
        ("DOID:1", "parent"),
        ("DOID:2", "child"),
        ("DOID:3", "told twice"),
    ]
    assert (by_id["DOID:2"].parents, by_id["DOID:2"].xrefs) == (("DOID:1", "DOID:3"), ("MESH:D999901",))
    assert [(s.text, s.scope) for s in by_id["DOID:2"].synonyms] == [
        ("a name that is folded", "exact"),
        ("offspring", "exact"),
        ("toddler", "narrow"),
    ]
    assert (by_id["DOID:3"].parents, [s.text for s in by_id["DOID:3"].synonyms]) == (
        ("DOID:1", "DOID:2"),
        ["told again"],
    )
    assert [(p.line, p.text) for p in read_terms(path) if isinstance(p, Problem)] == [(23, "")]


RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
 xmlns:owl="http://www.w3.org/2002/07/owl#" xmlns:obo="http://purl.obolibrary.org/obo/"
 xmlns:in="http://www.geneontology.org/formats/oboInOwl#">{0}</rdf:RDF>"""
IS_CLASS = '<rdf:type rdf:resource="http://www.w3.org/2002/07/owl#Class"/>'
DOID = "http://purl.obolibrary.org/obo/DOID_999990"


def test_owl_classes_are_read_by_their_type_too_and_other_things_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.owl"
    parent = f'<rdf:Description rdf:about="{DOID}1">{IS_CLASS}<rdfs:label>parent</rdfs:label></rdf:Description>'
    child = f'<rdfs:label>child</rdfs:label><rdfs:subClassOf rdf:resource="{DOID}1"/><in:hasExactSynonym>kid</in:hasExactSynonym>'
    two = f'<rdf:Description rdf:about="{DOID}2">{child}{IS_CLASS}</rdf:Description>'
    three = f'<rdf:Description rdf:about="{DOID}3"><rdfs:label>no class</rdfs:label></rdf:Description>'
    path.write_text(RDF.format(parent + two + three))
    by_id = terms(path)
    assert {t.id: (t.name, t.parents) for t in by_id.values()} == {
        "DOID:9999901": ("parent", ()),
        "DOID:9999902": ("child", ("DOID:9999901",)),
    }
    assert [s.text for s in by_id["DOID:9999902"].synonyms] == ["kid"]
    path.write_text(RDF.format(three))
    with pytest.raises(FormatError, match=r"a\.owl.*holds no class"):
        terms(path)


def test_the_english_label_is_the_name_and_the_others_are_synonyms(tmp_path: Path) -> None:
    path = tmp_path / "a.owl"
    labels = [("rdfs:label", "de", "Schamitis"), ("rdfs:label", "en", "shamitis"), ("rdfs:label", "en-GB", "shamitis")]
    labels += [("obo:IAO_0000115", "de", "Eine Krankheit."), ("obo:IAO_0000115", "en", "A disease.")]
    texts = "".join(f'<{tag} xml:lang="{language}">{text}</{tag}>' for tag, language, text in labels)
    only = f'<owl:Class rdf:about="{DOID}2"><rdfs:label xml:lang="ja">病気</rdfs:label></owl:Class>'
    path.write_text(RDF.format(f'<owl:Class rdf:about="{DOID}1">{texts}</owl:Class>{only}'), "utf-8")
    term = terms(path)["DOID:9999901"]
    assert (term.name, [s.text for s in term.synonyms], term.definition) == ("shamitis", ["Schamitis"], "A disease.")
    assert terms(path)["DOID:9999902"].name == "病気"


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("doid-2016.obo.gz", 8_900),
        ("doid-2026.tsv.gz", 12_000),
        ("hp-2016.obo.gz", 11_700),
        ("mesh-terms.tsv.gz", 27_000),
        ("uberon-terms.tsv.gz", 13_000),
        ("hp-small.obographs.json.gz", 100),
        ("go-subset-2026.obo.gz", 2_000),
    ],
)
def test_real_files_are_read_whole(data: Path, name: str, least: int) -> None:
    read = list(read_terms(data / "ontologies" / name))
    assert sum(isinstance(t, Term) for t in read) >= least
    assert not [t for t in read if isinstance(t, Problem)]


def test_real_mappings_and_annotations(data: Path) -> None:
    mappings = [
        m for m in read_mappings(data / "ontologies" / "mondo_exactmatch_doid.sssom.tsv.gz") if isinstance(m, Mapping)
    ]
    assert len(mappings) > 8_000 and all(m.predicate == "skos:exactMatch" for m in mappings)
    old = sum(not isinstance(a, Problem) for a in read_annotations(data / "ontologies" / "phenotype_annotation.tab.gz"))
    new = sum(not isinstance(a, Problem) for a in read_annotations(data / "ontologies" / "phenotype-excerpt.hpoa"))
    assert (old, new) == (121_399, 391)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"no ontology\n"])
def test_a_file_of_no_known_format_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.obo"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=r"x\.obo"):
        list(read_terms(path))


def test_a_gzip_cut_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.obo.gz"
    path.write_bytes(gzip.compress(OBO.encode() * 2000)[:-200])
    with pytest.raises((FormatError, EOFError), match=r"x\.obo|end-of-stream"):
        list(read_terms(path))


def test_prefixes_are_spelled_as_biolink_does_and_unknown_ones_refused() -> None:
    assert [str(parse(t)) for t in ("MSH:D1", "ncbigene:7", "Orphanet:5")] == ["MESH:D1", "NCBIGene:7", "ORPHANET:5"]
    with pytest.raises(CurieError, match="unknown prefix"):
        parse("NOPE:1")
    with pytest.raises(OntologyError, match="PREFIX:identifier"):
        parse("no curie")
