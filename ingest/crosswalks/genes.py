"""From symbols of human genes, and proteins of UniProt, to NCBI Gene."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ingest.errors import SourceError
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Inputs
from ingest.tables.tsv import Layout, lines
from kg.records import Node, Quarantined

PATTERNS = ("genes/hgnc*.tsv*",)
_HGNC = Layout(("symbol", "previous_symbols", "alias_symbols", "ncbi_gene_id", "uniprot_ids"))


class GeneCrosswalk:
    """Looks up genes by today's symbol, else by a former one that was no other gene's, or by their protein."""

    def __init__(self, inputs: Inputs) -> None:
        self.problems: list[Quarantined] = []
        self.symbols: dict[str, str] = {}
        self._now: dict[str, str] = {}
        self._former: dict[str, set[str]] = defaultdict(set)
        self._proteins: dict[str, set[str]] = defaultdict(set)
        for path in inputs.files:
            if not path.name.startswith("hgnc"):
                continue
            try:
                for row in lines(inputs, path, _HGNC):
                    if isinstance(row, Quarantined):
                        self.problems.append(row)
                    elif row["ncbi_gene_id"]:
                        gene = row["ncbi_gene_id"]
                        self.symbols[gene], self._now[row["symbol"]] = row["symbol"], gene
                        for symbol in _split(row["previous_symbols"]):
                            self._former[symbol].add(gene)
                        for protein in _split(row["uniprot_ids"]):
                            self._proteins[protein].add(gene)
            except SourceError as problem:
                self.problems.append(Quarantined(inputs.shown(path), None, str(problem)))

    def gene(self, symbol: str) -> str | None:
        """The gene of a symbol; None where there is none, or no single one."""
        if symbol in self._now:
            return self._now[symbol]
        return _one(self._former.get(symbol, ()))

    def of_protein(self, accession: str) -> str | None:
        """The gene of a protein of UniProt; None where there is none, or no single one."""
        return _one(self._proteins.get(accession, ()))

    def node(self, gene: str) -> Node:
        """The node that stands in for a gene where no source of the release describes it."""
        return Node(f"NCBIGene:{gene}", "biolink:Gene", self.symbols.get(gene, gene), attributes=PLACEHOLDER)


def _one(found: Iterable[str]) -> str | None:
    some = set(found)
    return some.pop() if len(some) == 1 else None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.replace("|", ",").split(",") if part.strip()]
