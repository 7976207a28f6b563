"""Labels of drugs: sections by their codes or headings, tied to their drugs, the last version of each."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.errors import SourceError, UnsafeFile
from ingest.source import Frame, Inputs, all_sources
from kg.records import Citation, Edge, Passage, Quarantined, Record

SOURCE = all_sources()["product_labels"]
SET = "00000000-0000-0000-0000-00000000000{}"
SECTION = (
    '<component><section><code code="{}" codeSystem="2.16.840.1.113883.6.1"/><title>{}</title>{}</section></component>'
)
LABEL = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<document xmlns="urn:hl7-org:v3"><title>FAKU<br/>(fakumab) tablets</title>'
    '<effectiveTime value="20310102"/><setId root="{set}"/><versionNumber value="{version}"/>'
    '<component><structuredBody><component><section><code code="48780-1" codeSystem="2.16.840.1.113883.6.1"/>'
    '<subject><manufacturedProduct><ingredient classCode="ACTIB"><ingredientSubstance><name>FAKUMAB SODIUM</name>'
    '<activeMoiety><activeMoiety><code code="UNII99999A" codeSystem="2.16.840.1.113883.4.9"/><name>FAKUMAB</name>'
    "</activeMoiety></activeMoiety></ingredientSubstance></ingredient></manufacturedProduct></subject></section></component>"
    "{sections}</structuredBody></component></document>"
)
TEXT = "<text><paragraph>Against mimic\n fever.</paragraph><table><tr><td>a</td><td>b</td></tr></table></text>"
SECTIONS = SECTION.format("34067-9", "1 INDICATIONS", TEXT) + SECTION.format(
    "34070-3",
    "4 CONTRAINDICATIONS",
    SECTION.format("42228-7", "4.1 Pregnancy", "<text><list><item>Harm.</item></list></text>"),
)
NAMES = "34067-9,Indications & Usage\n34070-3,Contraindications\n42228-7,Pregnancy\n"
VOCABULARY = (
    "DrugBank ID,Accession Numbers,Common name,Synonyms,UNII\n"
    "DB99991,,Fakumab,,UNII99999A\nDB99992,,Shamolol,,\nDB99993,,Mockazole,,\n"
)
PLAIN = "SHAM (shamolol) tablets\n\nCONTRAINDICATIONS\n\nNot with fever.\n\n7 DRUG INTERACTIONS\n\nMockazole.\n"


def label(number: int = 1, version: int = 3, sections: str = SECTIONS) -> str:
    return LABEL.format(set=SET.format(number), version=version, sections=sections)


def archive(*files: tuple[str, str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as packed:
        for name, content in files:
            packed.writestr(name, content)
    return raw.getvalue()


def plain(number: int, generic: str) -> bytes:
    name = f"x/{SET.format(number)}"
    return archive((f"{name}.txt", PLAIN), (f"{name}.xml", f'<document><generic name="{generic}"/></document>'))


def read(folder: Path, files: dict[str, str | bytes]) -> list[Record | Frame]:
    (folder / "labels").mkdir(exist_ok=True)
    (folder / "drug_names").mkdir(exist_ok=True)
    (folder / "drug_names" / "drugbank-vocabulary.csv").write_text(VOCABULARY)
    (folder / "labels" / "spl-section-loinc.csv").write_text(NAMES)
    for name, content in files.items():
        (folder / "labels" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(SOURCE.read(Inputs(folder, SOURCE.found(folder))))


def passages(records: list[Record | Frame]) -> list[tuple[str, str]]:
    return [(p.section, p.text) for p in records if isinstance(p, Passage)]


def tied(records: list[Record | Frame]) -> set[tuple[str, str]]:
    return {(e.subject, e.object) for e in records if isinstance(e, Edge) and e.relation == "mentions"}


def aside(records: list[Record | Frame]) -> list[str]:
    return [q.reason for q in records if isinstance(q, Quarantined)]


def test_a_structured_label_becomes_sections_under_the_names_of_their_codes(tmp_path: Path) -> None:
    records = read(tmp_path, {"a.xml": label()})
    assert passages(records) == [
        ("indications & usage", "1 INDICATIONS\nAgainst mimic fever.\na | b"),
        ("contraindications", "4 CONTRAINDICATIONS\n4.1 Pregnancy\nHarm."),
    ]
    (cited,) = [c for c in records if isinstance(c, Citation)]
    assert (cited.id, cited.title, cited.year) == (f"DAILYMED:{SET.format(1)}", "FAKU (fakumab) tablets", 2031)
    assert tied(records) == {(cited.id, "DRUGBANK:DB99991")} and not aside(records)


def test_of_several_versions_the_last_is_read(tmp_path: Path) -> None:
    newer = label(version=10, sections=SECTION.format("34067-9", "1", "<text>New.</text>"))
    records = read(tmp_path, {"a.xml": label(version=9), "b.xml": newer, "c.xml": label(version=8)})
    assert [text for _, text in passages(records)] == ["1\nNew."]
    assert aside(records) == ["an older version of a label, or the same again"] * 2


def test_a_label_in_plain_text_is_cut_at_its_headings(tmp_path: Path) -> None:
    records = read(tmp_path, {"x.zip": plain(2, "shamolol hydrochloride")})
    assert passages(records) == [
        ("contraindications", "CONTRAINDICATIONS\nNot with fever."),
        ("drug interactions", "7 DRUG INTERACTIONS\nMockazole."),
    ]
    assert tied(records) == {(f"DAILYMED:{SET.format(2)}", "DRUGBANK:DB99992")}


@pytest.mark.parametrize(
    ("generic", "drugs"),
    [
        ("Shamolol and Mockazole", {"DB99992", "DB99993"}),
        ("shamolol sodium, mockazole tablets", {"DB99992", "DB99993"}),
        ("Shamolol and Unheardofol", set()),
        ("shamolol strangeword", set()),
    ],
)
def test_a_combination_is_of_all_its_drugs_or_of_none(generic: str, drugs: set[str], tmp_path: Path) -> None:
    records = read(tmp_path, {"x.zip": plain(2, generic)})
    assert {o for _, o in tied(records)} == {f"DRUGBANK:{drug}" for drug in drugs}
    # The label is read all the same, and said to be tied to nothing.
    assert len(passages(records)) == 2 and bool(aside(records)) is not bool(drugs)


def test_a_structured_label_is_preferred_to_plain_text(tmp_path: Path) -> None:
    records = read(tmp_path, {"a.xml": label(1), "x.zip": plain(1, "shamolol")})
    assert len([c for c in records if isinstance(c, Citation)]) == 1
    assert aside(records) == ["a label that is there as a structured one"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xml", label()[:-40], "a.xml"),
        ("a.xml", label(sections=""), "no section with text"),
        ("x.zip", b"PK\x03\x04 cut short", "cannot be read as a ZIP archive"),
    ],
)
def test_the_only_file_is_named_when_it_is_broken_and_put_aside_beside_others(
    name: str, content: str | bytes, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=said):
        read(tmp_path, {name: content})
    assert any(said in reason for reason in aside(read(tmp_path, {"other.xml": label(5)})))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    bomb = label().replace("<document", '<!DOCTYPE d [<!ENTITY a "aaaa">]><document')
    with pytest.raises(UnsafeFile, match="declares entities"):
        read(tmp_path, {"a.xml": bomb})


def test_what_is_no_label_is_put_aside(tmp_path: Path) -> None:
    records = read(tmp_path, {"a.xml": label(), "b.xml": "<html/>"})
    assert aside(records) == ["is no structured product label; take it out of the folder"]


def test_the_real_labels_have_their_sections(data: Path) -> None:
    records = list(SOURCE.read(Inputs(data, SOURCE.found(data))))
    assert len([c for c in records if isinstance(c, Citation)]) == 184
    sections: dict[str, set[str]] = {}
    for passage in (p for p in records if isinstance(p, Passage)):
        sections.setdefault(passage.section, set()).add(passage.citation)
    assert len(sections["contraindications"]) >= 155
    for name in ("boxed warning", "indications & usage", "drug interactions", "mechanism of action"):
        assert "DAILYMED:608d4f0d-b19f-46d3-749a-7159aa5f933d" in sections[name]
    assert len({s for s, _ in tied(records)}) > 160
