"""OWL in RDF/XML, read class by class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from ontologies.errors import FormatError
from ontologies.formats.lines import beginning, open_bytes
from ontologies.formats.obographs import compact
from ontologies.term import Problem, Scope, Synonym, Term

_OWL, _RDF, _RDFS = (
    "{http://www.w3.org/2002/07/owl#}",
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}",
    "{http://www.w3.org/2000/01/rdf-schema#}",
)
_CLASSES = (f"{_OWL}Class", f"{_RDF}Description")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_OBO, _IN_OWL = "{http://purl.obolibrary.org/obo/}", "{http://www.geneontology.org/formats/oboInOwl#}"
_SYNONYMS: dict[str, Scope] = {
    f"{_IN_OWL}hasExactSynonym": "exact",
    f"{_IN_OWL}hasNarrowSynonym": "narrow",
    f"{_IN_OWL}hasBroadSynonym": "broad",
    f"{_IN_OWL}hasRelatedSynonym": "related",
}


def can_read(path: Path) -> bool:
    """Whether the file begins like OWL in RDF/XML."""
    head = beginning(path)
    return b"<rdf:RDF" in head or (b"owl#" in head and b"RDF" in head)


def read(path: Path) -> Iterator[Term | Problem]:
    """Every named class; entity declarations beyond namespace shorthands are refused."""
    if b"SYSTEM" in beginning(path, 65536) and b"<!ENTITY" in beginning(path, 65536):
        raise FormatError(path, 1, "declares external entities; it is refused")
    has_class = False
    try:
        with open_bytes(path) as stream:
            context = etree.iterparse(
                stream, events=("end",), tag=_CLASSES, no_network=True, load_dtd=False, huge_tree=False
            )
            for _, element in context:
                about = element.get(f"{_RDF}about")
                if about and element.getparent() is not None and element.getparent().tag == f"{_RDF}RDF":
                    if _is_class(element):
                        has_class = True
                        yield _term(element, about)
                    element.clear()
    except etree.XMLSyntaxError as problem:
        raise FormatError(path, problem.lineno, f"broken XML ({problem.msg}); download the file again") from problem
    if not has_class:
        raise FormatError(path, None, "holds no class; give a file whose terms are owl:Class")


def _is_class(element: etree._Element) -> bool:
    """Whether an element is a class by its tag, or as rdflib writes it, by its rdf:type."""
    kinds = (kind.get(f"{_RDF}resource") for kind in element.findall(f"{_RDF}type"))
    return element.tag == f"{_OWL}Class" or f"{_OWL[1:-1]}Class" in kinds


def _texts(element: etree._Element, tag: str) -> list[str]:
    """Texts under a tag, English ones and those of no language first."""
    children = [child for child in element.findall(tag) if child.text and child.text.strip()]
    children.sort(key=lambda child: not (child.get(_LANGUAGE) or "en").casefold().startswith("en"))
    return [(child.text or "").strip() for child in children]


def _part_of(element: etree._Element) -> list[str]:
    wholes = []
    for restriction in element.findall(f"{_RDFS}subClassOf/{_OWL}Restriction"):
        prop, value = restriction.find(f"{_OWL}onProperty"), restriction.find(f"{_OWL}someValuesFrom")
        if prop is not None and value is not None and str(prop.get(f"{_RDF}resource", "")).endswith("BFO_0000050"):
            wholes.append(compact(str(value.get(f"{_RDF}resource", ""))))
    return [p for p in wholes if p]


def _term(element: etree._Element, about: str) -> Term | Problem:
    label = _texts(element, f"{_RDFS}label")
    obsolete = "true" in _texts(element, f"{_OWL}deprecated")
    if not label and not obsolete:
        return Problem(
            element.sourceline if isinstance(element.sourceline, int) else None, "a class without label", about
        )
    parents = [str(p.get(f"{_RDF}resource")) for p in element.findall(f"{_RDFS}subClassOf") if p.get(f"{_RDF}resource")]
    replaced = [str(r.get(f"{_RDF}resource") or r.text) for r in element.findall(f"{_OBO}IAO_0100001")]
    definition = _texts(element, f"{_OBO}IAO_0000115")
    namespace = _texts(element, f"{_IN_OWL}hasOBONamespace")
    return Term(
        compact(about),
        label[0] if label else compact(about),
        (
            *(Synonym(text) for text in label[1:] if text != label[0]),
            *(Synonym(text, scope) for tag, scope in _SYNONYMS.items() for text in _texts(element, tag)),
        ),
        tuple(compact(x) for x in _texts(element, f"{_IN_OWL}hasDbXref")),
        tuple(compact(p) for p in parents),
        tuple(_part_of(element)),
        obsolete,
        tuple(compact(r) for r in replaced),
        namespace[0] if namespace else None,
        definition[0] if definition else None,
        tuple(compact(a) for a in _texts(element, f"{_IN_OWL}hasAlternativeId")),
    )
