"""Hand-annotated corpora in PubTator as records: documents, mentions, and relations with the sentence behind each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest.literature.documents import Document, passages, title_passage
from ingest.literature.files import read_files
from ingest.literature.pubtator import Statement
from ingest.literature.pubtator import read as read_pubtator
from ingest.literature.quoting import place
from ingest.source import Inputs
from kg.records import Deletion, Edge, Evidence, Quarantined, Record, Role

# What annotators say of a relation's novelty is what the sentence is to its paper.
_ROLES: dict[str, Role] = {"novel": "result", "no": "background"}


@dataclass(slots=True)
class _Marked:
    """A document with the relations that were marked in it."""

    document: Document
    statements: list[Statement] = field(default_factory=list)


def read_corpus(inputs: Inputs) -> Iterator[Record]:
    """Every file of a corpus; a relation becomes a `related_to` edge of tier 5 whose qualifier says what was marked,
    with the sentence that names both ends as its evidence.
    """
    held: dict[str, _Marked] = {}

    def documents(path: Path, shown: str) -> Iterator[Document | Deletion | Quarantined]:
        own: dict[str, _Marked] = {}
        try:
            for item in read_pubtator(path, shown):
                if isinstance(item, Statement):
                    own[item.citation].statements.append(item)
                    continue
                if isinstance(item, Document):
                    own[item.citation] = _Marked(item)
                yield item
        finally:
            # The last file is read first, and what it says of a document counts.
            for citation, marked in own.items():
                held.setdefault(citation, marked)

    yield from read_files(inputs, list(inputs.files), documents)
    for marked in held.values():
        if marked.statements:
            yield from _relations(marked)


def _relations(marked: _Marked) -> Iterator[Record]:
    """Edges and evidence of one document. Its title becomes a passage when it is quoted."""
    body, title = list(passages(marked.document)), title_passage(marked.document)
    if all(passage.text != title.text for passage in body):
        body.append(title)
    titled = False
    for statement in marked.statements:
        edge = _edge(statement)
        yield edge
        quotation = place(body, statement.subject, statement.object)
        if quotation is None:
            reason = (
                f"{statement.citation} marks neither {statement.subject} nor {statement.object}, so nothing is quoted"
            )
            yield Quarantined(marked.document.file, None, reason, statement.relation)
            continue
        if quotation.passage is title and not titled:
            titled = True
            yield title
        yield Evidence(
            edge.id,
            statement.citation,
            passage=quotation.passage.id,
            start=quotation.start,
            end=quotation.end,
            quote=quotation.quote,
            directness=quotation.directness,
            role=_ROLES.get(statement.novelty.casefold(), "unknown"),
        )


def _edge(statement: Statement) -> Edge:
    kind = {"CID": "chemical_induces_disease"}.get(statement.relation, statement.relation.lower())
    return Edge(
        statement.subject,
        "related_to",
        statement.object,
        {"relation": kind},
        tier=5,
        knowledge_level="observation",
        publications=(statement.citation,),
    )
