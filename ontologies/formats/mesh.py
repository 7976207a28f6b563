"""MeSH: the term and tree-number tables, and NLM's descriptor XML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ontologies.errors import FormatError
from ontologies.formats.lines import beginning, lines, open_bytes
from ontologies.term import Problem, Synonym, Term

# Descriptors or supplementary concepts with their entry terms, and of descriptors the tree numbers.
_LISTED = b"mesh_id\tname\tentry_terms"


def can_read(path: Path) -> bool:
    """Whether the file is a MeSH table or descriptor XML."""
    head = beginning(path)
    return (
        head.startswith((b"mesh_id\tmesh_name\n", b"mesh_id\tmesh_name\r", _LISTED)) or b"<DescriptorRecordSet" in head
    )


def read(path: Path) -> Iterator[Term | Problem]:
    """Descriptors with their tree numbers (in `namespace`) and the parents that these imply."""
    head = beginning(path)
    if b"<DescriptorRecordSet" in head:
        return _read_xml(path)
    return _read_listed(path) if head.startswith(_LISTED) else _read_table(path)


def parents(trees: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Parents by tree number: C14.907 is above C14.907.489."""
    owner = {number: identifier for identifier, numbers in trees.items() for number in numbers}
    parents_of: dict[str, tuple[str, ...]] = {}
    for identifier, numbers in trees.items():
        above = (owner.get(n.rpartition(".")[0]) for n in numbers if "." in n)
        parents_of[identifier] = tuple(dict.fromkeys(p for p in above if p and p != identifier))
    return parents_of


def _read_table(path: Path) -> Iterator[Term | Problem]:
    beside = next((p for p in sorted(path.parent.glob("mesh-tree-numbers.tsv*"))), None)
    trees: dict[str, list[str]] = {}
    for _, text in lines(beside) if beside else ():
        cells = text.split("\t")
        if len(cells) == 3 and cells[2] != "mesh_tree_number":
            trees.setdefault(f"MESH:{cells[0]}", []).append(cells[2])
    above = parents(trees)
    for number, text in lines(path):
        cells = text.split("\t")
        if number == 1:
            continue
        if len(cells) != 2 or not cells[0] or not cells[1]:
            yield Problem(number, "a row needs mesh_id and mesh_name", text)
            continue
        identifier = f"MESH:{cells[0]}"
        yield Term(
            identifier, cells[1], parents=above.get(identifier, ()), namespace="|".join(trees.get(identifier, ()))
        )


def _read_listed(path: Path) -> Iterator[Term | Problem]:
    rows: dict[str, tuple[str, tuple[Synonym, ...]]] = {}
    trees: dict[str, list[str]] = {}
    columns = 0
    for number, text in lines(path):
        cells = text.split("\t")
        if number == 1:
            columns = len(cells)
            continue
        if len(cells) != columns or not cells[0] or not cells[1]:
            yield Problem(number, f"a row needs {columns} cells, mesh_id and name among them", text)
            continue
        if cells[0] in rows:
            yield Problem(number, "the record stands twice", text)
            continue
        entries = (t for t in dict.fromkeys(cells[2].split("|")) if t and t != cells[1])
        rows[cells[0]] = (cells[1], tuple(Synonym(t, "entry") for t in entries))
        if columns > 3 and cells[3]:
            trees[f"MESH:{cells[0]}"] = cells[3].split("|")
    above = parents(trees)
    for local, (name, synonyms) in rows.items():
        identifier = f"MESH:{local}"
        namespace = "|".join(trees.get(identifier, ()))
        yield Term(identifier, name, synonyms, parents=above.get(identifier, ()), namespace=namespace)


def _read_xml(path: Path) -> Iterator[Term | Problem]:
    records: list[tuple[str, str, tuple[Synonym, ...], str | None]] = []
    trees: dict[str, list[str]] = {}
    try:
        with open_bytes(path) as stream:
            for _, record in etree.iterparse(
                stream, events=("end",), tag="DescriptorRecord", resolve_entities=False, no_network=True, load_dtd=False
            ):
                identifier, name = record.findtext("DescriptorUI"), record.findtext("DescriptorName/String")
                if not identifier or not name:
                    yield Problem(record.sourceline, "a descriptor without id or name", identifier or "")
                    continue
                texts = dict.fromkeys(
                    t.text
                    for t in record.iterfind("ConceptList/Concept/TermList/Term/String")
                    if t.text and t.text != name
                )
                note = record.findtext("ConceptList/Concept/ScopeNote")
                records.append(
                    (
                        f"MESH:{identifier}",
                        name,
                        tuple(Synonym(t, "entry") for t in texts),
                        note.strip() if note else None,
                    )
                )
                trees[f"MESH:{identifier}"] = [t.text for t in record.iterfind("TreeNumberList/TreeNumber") if t.text]
                record.clear()
    except etree.XMLSyntaxError as problem:
        raise FormatError(path, problem.lineno, f"broken XML ({problem.msg}); download the file again") from problem
    above = parents(trees)
    for identifier, name, synonyms, note in records:
        yield Term(
            identifier,
            name,
            synonyms,
            parents=above[identifier],
            namespace="|".join(trees[identifier]),
            definition=note,
        )
