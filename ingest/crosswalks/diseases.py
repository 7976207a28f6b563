"""From concepts of UMLS, MeSH or OMIM to diseases: the Disease Ontology's where it has the disease, else Mondo's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import SourceError
from ingest.identity import EXACT
from ingest.literature.documents import PLACEHOLDER
from ingest.source import Inputs
from ingest.tables.tsv import Layout, Line, lines
from kg.records import Node, Quarantined
from ontologies.curie import normalise
from ontologies.errors import CurieError, FormatError
from ontologies.formats import sssom
from ontologies.names import normal
from ontologies.term import Problem

PATTERNS = (
    "ontologies/mondo_exactmatch_umls.sssom.tsv*",
    "ontologies/mondo_exactmatch_mesh.sssom.tsv*",
    "ontologies/mondo_exactmatch_doid.sssom.tsv*",
    "ontologies/doid-*-xrefs.tsv*",
    "ontology_names/mondo-*.tsv*",
    "mesh/mesh-descriptors*.tsv*",
)
_MONDO = Layout(("id", "name", "alt_ids", "xrefs"))
_DOID = Layout(("id", "label", "xref"), quoted=True)
_MESH = Layout(("mesh_id", "name", "entry_terms", "tree_numbers"))
# MeSH's trees of diseases and mental disorders, without signs and symptoms.
_ILL, _SIGNS = ("C", "F03"), "C23.888"
_KINDS = ("UMLS", "MESH", "OMIM")


class DiseaseCrosswalk:
    """Looks up the disease that a concept means.

    A concept that Mondo and the Disease Ontology give to different diseases, or one of them to several, has none:
    a wrong disease is worse than none. What Mondo's own mapping files say wins over the references in its terms.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.problems: list[Quarantined] = []
        self.names: dict[str, str] = {}
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._mondo: dict[str, set[str]] = defaultdict(set)
        self._doid: dict[str, set[str]] = defaultdict(set)
        self._exact_doid: dict[str, set[str]] = defaultdict(set)
        self._doid_of: dict[str, set[str]] = defaultdict(set)
        self._named: dict[str, set[str]] = defaultdict(set)
        # MeSH last: its headings are looked up in what the others say.
        for path in sorted(inputs.files, key=lambda f: f.name.startswith("mesh-")):
            try:
                self._read(inputs, path)
            except (SourceError, FormatError) as problem:
                # Fewer concepts find their disease then, and each that does not is told.
                self.problems.append(Quarantined(inputs.shown(path), None, str(problem)))

    def _read(self, inputs: Inputs, path: Path) -> None:
        if ".sssom." in path.name:
            self._read_sssom(inputs, path)
        elif path.name.startswith("mondo-"):
            self._read_mondo(inputs, path)
        elif path.name.startswith("mesh-descriptors"):
            self._read_mesh(inputs, path)
        elif path.name.startswith("doid-") and "xrefs" in path.name:
            self._read_doid(inputs, path)

    def disease(self, concept: str, called: str = "") -> str | None:
        """The disease of a concept such as `UMLS:C0010674`, or of its whole name; None for none or no single one."""
        found = self._mapped(concept) or (self._one(self._named.get(normal.key(called), ())) if called else None)
        if found and called:
            self.names.setdefault(found, called)
        return found

    def _mapped(self, concept: str) -> str | None:
        mondo = self._one(self._exact.get(concept) or self._mondo.get(concept) or ())
        doid = self._one(self._doid.get(concept, ()))
        through = self._one(self._exact_doid.get(mondo) or self._doid_of.get(mondo) or ()) if mondo else None
        if doid and through and doid != through:
            return None
        return doid or through or mondo

    def node(self, disease: str) -> Node:
        """The node that stands in for a disease where no source of the release describes it."""
        return Node(disease, "biolink:Disease", self.names.get(disease, disease), attributes=PLACEHOLDER)

    @staticmethod
    def _one(some: Iterable[str]) -> str | None:
        found = set(some)
        return found.pop() if len(found) == 1 else None

    def _rows(self, inputs: Inputs, path: Path, layout: Layout) -> Iterator[Line]:
        for row in lines(inputs, path, layout):
            if isinstance(row, Quarantined):
                self.problems.append(row)
            else:
                yield row

    def _read_sssom(self, inputs: Inputs, path: Path) -> None:
        for mapping in sssom.read(path):
            if isinstance(mapping, Problem):
                self.problems.append(Quarantined(inputs.shown(path), mapping.line, mapping.reason, mapping.text))
            elif mapping.predicate != EXACT or mapping.negated:
                continue
            elif mapping.object.startswith("DOID:"):
                self._exact_doid[mapping.subject].add(mapping.object)
            else:
                self._exact[mapping.object].add(mapping.subject)

    def _read_mondo(self, inputs: Inputs, path: Path) -> None:
        for row in self._rows(inputs, path, _MONDO):
            self.names[row["id"]] = row["name"] or row["id"]
            self._named[normal.key(row["name"])].add(row["id"])
            for text in filter(None, row["xrefs"].split("|")):
                try:
                    other = normalise(text)
                except CurieError:
                    continue  # databases that Galenic has no address for are of no use here
                if other.startswith("DOID:"):
                    self._doid_of[row["id"]].add(other)
                elif other.split(":")[0] in _KINDS:
                    self._mondo[other].add(row["id"])

    def _read_mesh(self, inputs: Inputs, path: Path) -> None:
        """Headings of diseases: what Mondo has no disease of that name for is found by MeSH's name or entry term."""
        for row in self._rows(inputs, path, _MESH):
            trees = row["tree_numbers"].split("|")
            if not any(t.startswith(_ILL) and not t.startswith(_SIGNS) for t in trees):
                continue
            heading = f"MESH:{row['mesh_id']}"
            own = self._mapped(heading) or heading
            self.names.setdefault(own, row["name"])
            for name in (row["name"], *row["entry_terms"].split("|")):
                if name and not self._named.get(normal.key(name)):
                    self._named[normal.key(name)] = {own}

    def _read_doid(self, inputs: Inputs, path: Path) -> None:
        for row in self._rows(inputs, path, _DOID):
            self.names.setdefault(row["id"], row["label"])
            try:
                other = normalise(row["xref"].replace("UMLS_CUI:", "UMLS:"))
            except CurieError:
                continue
            if other.split(":")[0] in _KINDS:
                self._doid[other].add(row["id"])
