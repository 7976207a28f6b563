"""Hand-annotated corpora in PubTator as records: documents, mentions, and relations with the document as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.literature.documents import Document
from ingest.literature.files import read_files
from ingest.literature.pubtator import Statement
from ingest.literature.pubtator import read as read_pubtator
from ingest.source import Inputs
from kg.records import Deletion, Edge, Evidence, Quarantined, Record


def read_corpus(inputs: Inputs) -> Iterator[Record]:
    """Every file of a corpus; a relation becomes a `related_to` edge of tier 5 whose qualifier says what was marked."""
    held: list[Statement] = []

    def documents(path: Path, shown: str) -> Iterator[Document | Deletion | Quarantined]:
        for item in read_pubtator(path, shown):
            if isinstance(item, Statement):
                held.append(item)
            else:
                yield item

    yield from read_files(inputs, list(inputs.files), documents)
    for statement in held:
        yield from _relation(statement)


def _relation(statement: Statement) -> Iterator[Record]:
    kind = {"CID": "chemical_induces_disease"}.get(statement.relation, statement.relation.lower())
    edge = Edge(
        statement.subject,
        "related_to",
        statement.object,
        {"relation": kind},
        tier=5,
        knowledge_level="observation",
        publications=(statement.citation,),
    )
    yield edge
    yield Evidence(edge.id, statement.citation)
