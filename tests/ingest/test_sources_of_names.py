"""Sources of names, identifiers and classes: what the real files say, and what becomes of broken ones."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.source import Frame, Inputs, all_sources
from kg.records import Alias, Edge, Node, Quarantined, Record, SameAs

# A fact of each real file that a person can look up.
FACTS: dict[str, Callable[[list[Record | Frame]], bool]] = {
    "drugbank_vocabulary": lambda r: (
        SameAs("DRUGBANK:DB01398", "DRUGBANK:DB00936", "IAO:0100001", "drugbank-vocabulary.csv.gz") in r
    ),
    "unii": lambda r: any(
        isinstance(e, Edge) and e.object == "DRUGBANK:DB00619" and e.attributes["form"] == "mesylate" for e in r
    ),
    "rxnorm_brands": lambda r: any(
        isinstance(e, Edge) and (e.subject, e.object) == ("DRUGBANK:DB01060", "GALENIC:DB00766+DB01060") for e in r
    ),
    "medi": lambda r: any(
        isinstance(n, Node) and n.id == "DRUGBANK:DB00582" and "usa" in n.attributes["approved_in"] for n in r
    ),
    "drug_identifiers": lambda r: any(isinstance(s, SameAs) and s.object == "RXCUI:237057" for s in r),
    "mesh_drugbank": lambda r: any(isinstance(e, Edge) and e.relation == "form_of" for e in r),
    "hgnc": lambda r: any(isinstance(n, Node) and n.id == "NCBIGene:7157" and n.name == "TP53" for n in r),
    "famplex": lambda r: Edge("NCBIGene:1978", "subclass_of", "FPLX:EIF4EBP") in r,
    "mondo": lambda r: any(isinstance(n, Node) and n.name == "long COVID-19" for n in r),
    "medquad_names": lambda r: any(isinstance(a, Alias) and (a.name, a.kind) == ("TIA", "abbreviation") for a in r),
    "clinical_abbreviations": lambda r: any(
        isinstance(a, Alias) and (a.name, a.meaning) == ("NEC", "necrotizing enterocolitis") for a in r
    ),
    "atc": lambda r: Edge("ATC:A01AA", "subclass_of", "ATC:A01A") in r,
    "chebi_roles": lambda r: Edge("CHEBI:50249", "includes", "DRUGBANK:DB00001") in r,
    "drug_classes": lambda r: Edge("NDFRT:N0000175655", "includes", "DRUGBANK:DB00014") in r,
}


@lru_cache(maxsize=32)
def read(name: str, root: Path) -> list[Record | Frame]:
    source = all_sources()[name]
    files = tuple(sorted({f for pattern in (*source.patterns, *source.beside) for f in root.glob(pattern)}))
    return list(source.read(Inputs(root, files)))


@pytest.mark.parametrize("name", FACTS)
def test_the_real_file_says_what_is_known(name: str, data: Path) -> None:
    records = read(name, data)
    assert FACTS[name](records)
    bad = [r for r in records if isinstance(r, Quarantined)]
    assert len(bad) <= 0.06 * len(records), Counter(b.reason for b in bad).most_common(3)
    assert all(b.file and b.reason for b in bad)


def cut(path: Path, into: Path) -> None:
    into.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def renamed(path: Path, into: Path) -> None:
    """The heading with all its columns called otherwise."""
    heading, rest = gzip.decompress(path.read_bytes()).split(b"\n", 1)
    into.write_bytes(gzip.compress(heading.replace(b"_", b"-").replace(b" ", b"-").upper() + b"x\n" + rest))


@pytest.fixture(params=["cut", "renamed"])
def broken(request: pytest.FixtureRequest) -> Callable[[Path, Path], None]:
    return cut if request.param == "cut" else renamed


@pytest.mark.parametrize("name", [n for n in FACTS if n not in ("famplex", "mondo", "chebi_roles")])
def test_a_broken_file_is_named_in_one_line(
    name: str, data: Path, tmp_path: Path, broken: Callable[[Path, Path], None]
) -> None:
    source = all_sources()[name]
    path = sorted(f for pattern in source.patterns for f in data.glob(pattern))[0]
    copy = tmp_path / path.relative_to(data)
    copy.parent.mkdir(parents=True)
    broken(path, copy)
    with pytest.raises(SourceError, match=copy.name) as problem:
        list(source.read(Inputs(tmp_path, (copy,))))
    assert "\n" not in str(problem.value)


def write(folder: Path, name: str, rows: Iterator[str] | list[str]) -> Inputs:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return Inputs(folder, (path,))


@pytest.mark.parametrize(
    ("name", "file", "rows", "reason"),
    [
        (
            "drugbank_vocabulary",
            "v.csv",
            [
                "DrugBank ID,Accession Numbers,Common name,CAS,UNII,Synonyms,Standard InChI Key",
                *("DB99991,,Drugone,,,,", "DB99991,,Drugtwo,,,,", "X1,,Drugthree,,,,", "DB99992,,,,,,"),
            ],
            ["stands twice", "needs an id", "needs an id"],
        ),
        (
            "unii",
            "u.tsv",
            ["drugbank_id\tunii\ttype\tname\tunii_display_name\tsalt", "DB99991\tZZ\tqq\tONE\tONE\t"],
            ["unknown type 'qq'"],
        ),
        (
            "atc",
            "atc-drugbank.tsv",
            ["atc_code\tatc_name\tdrugbank_id\tdrugbank_name\tevidence", "A01AA01\tx\tDB99991\tX\tname"],
            ["the class A01AA is not listed"],
        ),
        (
            "drug_classes",
            "drugcentral-1-classes.tsv",
            ["class_id\tclass_name\tclass_source\tclass_type", "Q1\tOdd\tx\ty"],
            ["needs an id of NDF-RT, MeSH or ChEBI"],
        ),
        ("hgnc", "hgnc.tsv", ["\t".join(("hgnc_id", "symbol", "name", "status", "alias_symbols", "previous_symbols"))
         + "\tncbi_gene_id\tuniprot_ids\tensembl_gene_id\tlocus_type", "5\tA\tn\tApproved\t\t\t1\t\t\t"],
         ["needs hgnc_id and symbol"]),
    ],
)  # fmt: skip
def test_a_bad_row_is_put_aside_with_its_line(
    name: str, file: str, rows: list[str], reason: list[str], tmp_path: Path
) -> None:
    bad = [r for r in all_sources()[name].read(write(tmp_path, file, rows)) if isinstance(r, Quarantined)]
    assert [b.line is not None and r in b.reason for b, r in zip(bad, reason, strict=True)] == [True] * len(reason)


def test_own_joins_name_what_is_the_same_and_what_is_apart(tmp_path: Path) -> None:
    inputs = write(tmp_path, "merges.toml", ['same = [["DOID:1", "mesh:D000001"]]', 'apart = [["DOID:1", "X"]]'])
    same, bad = all_sources()["merges"].read(inputs)
    assert same == SameAs("DOID:1", "MESH:D000001", "skos:exactMatch", "merges.toml")
    assert isinstance(bad, Quarantined) and "is no CURIE" in bad.reason
    with pytest.raises(SourceError, match="unknown key 'equal'"):
        list(all_sources()["merges"].read(write(tmp_path, "merges.toml", ["equal = []"])))
