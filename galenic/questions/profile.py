"""What the release holds of a thing: its kind, names, identifiers, facts, and what it is tied to, the best first."""

from __future__ import annotations

import json
from collections.abc import Iterator

from galenic.questions import compose
from galenic.questions.shapes import none_of
from galenic.questions.wording import condition, listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.evidence.results import Found
from kg.logic.explain import Explainer
from kg.logic.forms import CountForm, DescribeForm, Direction, Entity, Hop
from kg.logic.profile import neighbour_totals, node_record
from kg.schema import schema
from kg.schema.relations import Relation
from kg.stores.reads import Row

_FACTS = {"definition", "groups", "atc_codes", "half_life_hours", "type", "location", "categories", "organism"}
_LABELS = {"atc_codes": "ATC codes", "half_life_hours": "Half-life in hours", "groups": "Approval groups"}
_SYNONYMS, _XREFS, _BEST, _TOLD = 6, 8, 3, 5


def profiled(form: DescribeForm, work: Work) -> Outcome:
    """The record of a node, then every relation of it: what curated ones say, and how many the others hold."""
    node = node_record(work.executor, form.of.id)
    if node is None:
        return none_of(form.of, work)
    facts = _facts(node)
    support = work.desk.node(node, facts)
    kind = schema().kind(node["category"])
    article = "an" if kind.singular[0] in "aeiou" else "a"
    claims = [Claim(f"{node['name']} ({node['id']}) is {article} {kind.singular}.", (support,))]
    if node["synonyms"]:
        claims.append(Claim(f"It is also called {', '.join(_called(node))}.", (support,)))
    claims += [Claim(f"{label}: {value}.", (support,)) for label, value in facts.items()]
    told = []
    for relation, direction, number in neighbour_totals(work.executor, node["id"], node["category"]):
        hop = Hop(relation.name, direction, Entity(node["id"], node["category"], bool(kind.narrower)))
        best = _is_asserted(relation)
        claims += _ties(hop, node, number, work, best)
        if best:
            told.append(_told(hop, node, number, work))
    groups = f" ({facts['Approval groups']})" if "Approval groups" in facts else ""
    headline = f"{node['name']} ({node['id']}) is {article} {kind.singular}{groups}."
    return Outcome(" ".join((headline, *told)), (Found(node["id"], node["name"]),), claims)


def _is_asserted(relation: Relation) -> bool:
    """Whether a relation is asserted by curators and says something of the thing itself."""
    return relation.level == "knowledge_assertion" and not relation.wide and not relation.literary


def _ties(hop: Hop, node: Row, number: int, work: Work, best: bool) -> Iterator[Claim]:
    """How many things a relation ties to the node, and of an asserted one the best few with their evidence."""
    target = schema().kind(schema().relation(hop.relation).target(hop.direction))
    noun = target.singular if number == 1 else target.plural
    text = f"{number:,} {noun} {condition(hop, {node['id']: node['name']}, number)}."
    counted = work.desk.total(work.executor.trace.cypher[-1:], CountForm(hop), {node["id"]: node["name"]}, number)
    yield Claim(text, (counted,))
    if best:
        members = list(work.executor.nodes(hop).values())[:_BEST]
        edges = Explainer(work.executor).explain(hop, [f.id for f in members])
        fact = compose.fact(work.desk, [hit for f in members for hit in edges.get(f.id, [])[:1]])
        if fact is not None:
            yield fact


def _told(hop: Hop, node: Row, number: int, work: Work) -> str:
    """A relation in the headline: '1 disease treated by it: epilepsy.'"""
    direction: Direction = hop.direction
    target = schema().kind(schema().relation(hop.relation).target(direction))
    noun = target.singular if number == 1 else target.plural
    names = [f.name for f in list(work.executor.nodes(hop).values())[:_TOLD]]
    listed = f"{', '.join(names)} and {number - len(names):,} more" if number > len(names) else listed_names(names)
    return f"{number:,} {noun} {condition(hop, {node['id']: 'it'}, number)}: {listed}."


def _facts(node: Row) -> dict[str, str]:
    facts = {_label(k): _plain(v) for k, v in json.loads(node["attributes"] or "{}").items() if k in _FACTS}
    others = [x for x in node["xrefs"] or () if x != node["id"]]
    if others:
        more = f" and {len(others) - _XREFS} more" if len(others) > _XREFS else ""
        facts["Other identifiers"] = f"{', '.join(others[:_XREFS])}{more}"
    return facts


def _called(node: Row) -> list[str]:
    """Other names, without scopes, and without those that differ in capitals alone."""
    names: dict[str, str] = {node["name"].casefold(): ""}
    for text in node["synonyms"]:
        name = text.partition("\t")[0]
        names.setdefault(name.casefold(), name)
    return [name for name in names.values() if name][:_SYNONYMS]


def _label(key: str) -> str:
    return _LABELS.get(key, key.replace("_", " ").capitalize())


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value).rstrip(".")
