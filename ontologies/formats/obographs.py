"""OBO Graphs JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ontologies.errors import FormatError
from ontologies.formats.lines import beginning, lines
from ontologies.formats.obo import reference
from ontologies.term import Problem, Scope, Synonym, Term

_IRI = re.compile(r"^http://purl\.obolibrary\.org/obo/([A-Za-z]+)_(\w+)$")
_SCOPES: dict[str, Scope] = {
    "hasExactSynonym": "exact",
    "hasNarrowSynonym": "narrow",
    "hasBroadSynonym": "broad",
    "hasRelatedSynonym": "related",
}
_PART_OF = ("part_of", "http://purl.obolibrary.org/obo/BFO_0000050", "BFO:0000050")
REPLACED = "http://purl.obolibrary.org/obo/IAO_0100001"


def can_read(path: Path) -> bool:
    """Whether the file begins like OBO Graphs."""
    return b'"graphs"' in beginning(path)


def compact(iri: str) -> str:
    """A CURIE for an OBO address; other texts are tried as CURIEs."""
    match = _IRI.match(iri)
    return reference(f"{match[1]}:{match[2]}" if match else iri)


def read(path: Path) -> Iterator[Term | Problem]:
    """Classes of every graph in the document."""
    try:
        document = json.loads("\n".join(text for _, text in lines(path)))
    except ValueError as problem:
        raise FormatError(
            path, getattr(problem, "lineno", None), f"is no valid JSON ({problem}); download the file again"
        ) from problem
    for graph in document.get("graphs", ()):
        parents: dict[str, list[str]] = {}
        parts: dict[str, list[str]] = {}
        for edge in graph.get("edges", ()):
            where = parents if edge.get("pred") == "is_a" else parts if edge.get("pred") in _PART_OF else None
            if where is not None:
                where.setdefault(edge["sub"], []).append(compact(edge["obj"]))
        for node in graph.get("nodes", ()):
            if node.get("type", "CLASS") == "CLASS":
                yield _term(node, parents.get(node.get("id", ""), []), parts.get(node.get("id", ""), []))


def _term(node: Mapping[str, Any], parents: list[str], parts: list[str]) -> Term | Problem:
    meta: Mapping[str, Any] = node.get("meta", {})
    obsolete = bool(meta.get("deprecated"))
    if "id" not in node or (not node.get("lbl") and not obsolete):
        return Problem(None, "a class without id or label", str(node.get("id", "")))
    properties = {p.get("pred", ""): p.get("val", "") for p in meta.get("basicPropertyValues", ())}
    namespace = next((v for k, v in properties.items() if k.endswith("hasOBONamespace")), None)
    replaced = properties.get(REPLACED)
    return Term(
        compact(node["id"]),
        node.get("lbl") or compact(node["id"]),
        tuple(
            Synonym(s["val"], _SCOPES.get(s.get("pred", ""), "related"))
            for s in meta.get("synonyms", ())
            if s.get("val")
        ),
        tuple(reference(x["val"]) for x in meta.get("xrefs", ()) if x.get("val")),
        tuple(parents),
        tuple(parts),
        obsolete,
        (compact(replaced),) if replaced else (),
        namespace,
        meta.get("definition", {}).get("val"),
    )
