"""A logical form as one Cypher query with its values filled in, to paste into a prompt of either engine.

The answer itself runs small bound statements (`kg.logic.compile`); this query gives the same rows in one go, for people
who want to change it. Sets of a form become tests of a node; a step first collects the identifiers that it leads to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic.compile import arrow, label
from kg.logic.filters import Filter
from kg.logic.forms import (
    All,
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Direction,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    ScreenForm,
    TopForm,
    Where,
    category_of,
)
from kg.logic.restriction import Evidence
from kg.logic.things import counted_as_things, things
from kg.schema import schema
from kg.topology.lineage import Lineage

# Whether a node, given by its variable, is in a set.
Test = Callable[[str], str]
# A relation and the direction in which it leads on from a node that is tested.
Step = tuple[str, Direction]


def pasteable(
    form: Form,
    known: Mapping[str, Mapping[str, Any]],
    permitted: Permitted = ALL_SOURCES,
    most: int | None = None,
    lineage: Lineage | None = None,
) -> str:
    """The query of a form; '' for forms that are no set of nodes (paths, literature, abstentions).

    `known` are the sources of the release, `lineage` says what a named term stands for: the identifiers of those terms
    stand in the query that its relation knows. Of a ranking the first `most` rows are kept, so that ties stay.

    >>> print(pasteable(ListForm(Hop("treats", "in", Entity("DOID:1", "biolink:Disease"))), {}))
    MATCH (a:Entity)<-[r:TREATS]-(n:Drug) WHERE a.id IN ["DOID:1"]
    RETURN DISTINCT n.id AS id, n.name AS name ORDER BY id
    """
    query = _Query(known, Evidence(permitted), lineage)
    match form:
        case ListForm():
            query.node(form.of, "RETURN DISTINCT n.id AS id, n.name AS name ORDER BY id")
        case CountForm():
            query.node(form.of, "RETURN count(DISTINCT n) AS number")
        case ExistsForm():
            query.node(form.of, "RETURN count(DISTINCT n) > 0 AS answer")
        case CompareForm():
            for name, side in (("first", form.left), ("second", form.right)):
                query.counted(side, name)
            query.lines.append("RETURN first, second")
        case TopForm():
            query.ranking(form, most or form.k)
        case ScreenForm():
            ids = _text([drug.id for drug in form.drugs])
            step = arrow(schema().relation("interacts_with_drug"), "out")
            query.lines += [
                f"MATCH (a:Drug){step}(b:Drug) WHERE a.id IN {ids} AND b.id IN {ids} AND a.id < b.id"
                f"{query.condition('r', query.evidence, 'interacts_with_drug')}",
                "RETURN a.id AS first, a.name AS first_name, b.id AS second, b.name AS second_name, "
                "r.sources AS sources ORDER BY first, second",
            ]
        case DescribeForm():
            of = replace(form.of, exact=True)
            query.node(of, "RETURN n.id AS id, n.name AS name, n.category AS category, n.synonyms AS synonyms")
        case _:
            return ""
    return "\n".join(query.lines)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_IN = re.compile(r"\b(\w+)\.id IN (\w+|\[[^\]]*\])")


def _not(test: str) -> str:
    """The negation of a test. Neo4j 5.26 finds nothing where two lists that were collected stand behind NOT and IN, so
    that membership is spelled out there.
    """
    spelled = _IN.sub(r"any(x IN \2 WHERE x = \1.id)", test)
    return f"NOT ({spelled})"


class _Query:
    """The lines of a query, and the lists that it has collected so far."""

    def __init__(self, known: Mapping[str, Mapping[str, Any]], evidence: Evidence, lineage: Lineage | None) -> None:
        self.known, self.evidence, self.lineage = known, evidence, lineage
        self.lines: list[str] = []
        self.carried: list[str] = []

    def node(self, of: Expr, rest: str) -> None:
        """The last lines: the nodes of a set, and what is asked of them.

        A step among them is walked to its end: to look up every node in a long list takes the square of the time.
        """
        parts = of.parts if isinstance(of, And) else (of,)
        last = next((part for part in parts if isinstance(part, Hop)), None)
        if last is not None:
            relation = schema().relation(last.relation)
            others = [self.test(part, _back(last)) for part in parts if part is not last]
            start = self._behind(last.of, (last.relation, last.direction))
            first = "Entity" if not isinstance(last.of, All) else label(last.of.category)
            step, far = arrow(relation, last.direction, "r"), label(relation.target(last.direction))
            tests = " AND ".join((start("a"), *(other("n") for other in others)))
            more = self.condition("r", self.evidence, last.relation)
            self.lines += [f"MATCH (a:{first}){step}(n:{far}) WHERE {tests}{more}", rest]
            return
        test = self.test(of)
        self.lines += [f"MATCH (n:{label(category_of(of))}) WHERE {test('n')}", rest]

    def counted(self, of: Expr, name: str) -> None:
        """How many nodes a set has, under a name."""
        test = self.test(of)
        self.lines.append(f"OPTIONAL MATCH (n:{label(category_of(of))}) WHERE {test('n')}")
        self._carry(f"count(DISTINCT n) AS {name}", name)

    def ranking(self, form: TopForm, most: int) -> None:
        """The nodes of a set with the most or fewest neighbours."""
        test = self.test(form.of)
        relation = schema().relation(form.relation)
        pattern = f"(n:{label(category_of(form.of))}){arrow(relation, form.direction)}"
        more = self.condition("r", self.evidence.narrowed(form.filters, self.known), form.relation)
        far = label(relation.target(form.direction))
        self.lines += [
            f"MATCH {pattern}(m:{far}) WHERE {test('n')}{more}",
            "WITH n, count(DISTINCT m) AS number",
            f"RETURN n.id AS id, n.name AS name, number ORDER BY number{' DESC' if form.most else ''}, id LIMIT {most}",
        ]

    def test(self, expr: Expr, step: Step | None = None) -> Test:
        """The test of a set; the steps that it needs are put before. With `step` it is asked of nodes alone from which
        that leads on.
        """
        match expr:
            case Entity():
                own = self._ids((expr,), step)
                return lambda v: f"{v}.id IN {own}"
            case All():
                return lambda v: "true"
            case Hop():
                return self._hop(expr)
            case And():
                step = step or next((_back(p) for p in expr.parts if isinstance(p, Hop)), None)
                parts = [self.test(p, step) for p in expr.parts]
                return lambda v: " AND ".join(p(v) for p in parts)
            case Or(members) if all(isinstance(p, Entity) for p in members):
                ids = self._ids([p for p in members if isinstance(p, Entity)], step)
                return lambda v: f"{v}.id IN {ids}"
            case Or():
                parts = [self.test(p, step) for p in expr.parts]
                return lambda v: f"({' OR '.join(f'({p(v)})' for p in parts)})"
            case Minus():
                left = self.test(expr.left, step)
                right = self.test(expr.right, _back(expr.left) if isinstance(expr.left, Hop) else step)
                return lambda v: f"{left(v)} AND {_not(right(v))}"
            case Having():
                return self._having(expr, step)
            case Where():
                return self._where(expr, step)

    def _behind(self, expr: Expr, step: Step | None = None) -> Test:
        """The test of a set that stands behind a step, of whose edges no amount is asked."""
        outer, self.evidence = self.evidence, self.evidence.beneath()
        test = self.test(expr, step)
        self.evidence = outer
        return test

    def _terms(self, thing: Entity, step: Step | None = None) -> Sequence[str]:
        """What a thing stands for, or those terms of it from which a step leads on."""
        if thing.exact or self.lineage is None:
            return [thing.id]
        terms = self.lineage.under(thing.id, self.evidence.permitted)
        if step is None or len(terms) == 1:
            return list(terms)
        return self.lineage.tied(terms, self.evidence.permitted, *step)

    def _ids(self, things: Sequence[Entity], step: Step | None) -> str:
        """The identifiers of all that things stand for, as a list of Cypher."""
        return _text(list(dict.fromkeys(node for thing in things for node in self._terms(thing, step))))

    def _hop(self, hop: Hop) -> Test:
        of = self._behind(hop.of, (hop.relation, hop.direction))
        relation, number = schema().relation(hop.relation), len(self.carried) + 1
        start = "Entity" if not isinstance(hop.of, All) else label(hop.of.category)
        step = arrow(relation, hop.direction, f"r{number}")
        more = self.condition(f"r{number}", self.evidence, hop.relation)
        far = label(relation.target(hop.direction))
        self.lines.append(f"OPTIONAL MATCH (a{number}:{start}){step}(b{number}:{far}) WHERE {of(f'a{number}')}{more}")
        name = self._carry(f"collect(DISTINCT b{number}.id) AS s{number}", f"s{number}")
        return lambda v: f"{v}.id IN {name}"

    def _having(self, having: Having, step: Step | None) -> Test:
        of = self.test(having.of, step)
        relation = schema().relation(having.relation)
        near: Step = (having.relation, relation.back(having.direction))
        among = None if having.among is None else self._behind(having.among, near)
        whole = ""
        if having.comparison == "every" and having.among is not None:
            whole = self._whole(having.among)
        match having.comparison:
            case "at_least" if having.number == 0:
                return of
            case "at_least":
                kept = self._counting(having, relation, of, among, f">= {having.number}")
                return lambda v: f"{of(v)} AND {v}.id IN {kept}"
            case "at_most":
                beyond = self._counting(having, relation, of, among, f"> {having.number}")
                return lambda v: f"{of(v)} AND {_not(f'{v}.id IN {beyond}')}"
            case "exactly" if having.number == 0:
                some = self._counting(having, relation, of, among, "> 0")
                return lambda v: f"{of(v)} AND {_not(f'{v}.id IN {some}')}"
            case "exactly":
                kept = self._counting(having, relation, of, among, f"= {having.number}")
                return lambda v: f"{of(v)} AND {v}.id IN {kept}"
            case "every":
                kept = self._counting(having, relation, of, among, f"= {whole} AND {whole} > 0")
                return lambda v: f"{of(v)} AND {v}.id IN {kept}"
            case "only":
                kept = self._counting(having, relation, of, among, "> 0")
                inside = among or (lambda v: "true")
                other = self._counting(having, relation, of, lambda v: _not(inside(v)), "> 0")
                return lambda v: f"{of(v)} AND {v}.id IN {kept} AND {_not(f'{v}.id IN {other}')}"

    def _counting(self, having: Having, relation: Any, of: Test, among: Test | None, compared: str) -> str:
        """The list of nodes of which so many neighbours are counted."""
        number = len(self.carried) + 1
        start = label(category_of(having.of))
        step = arrow(relation, having.direction, f"r{number}")
        inside = "" if among is None else f" AND {among(f'b{number}')}"
        more = self.condition(f"r{number}", self.evidence, having.relation)
        far = label(relation.target(having.direction))
        self.lines.append(
            f"OPTIONAL MATCH (a{number}:{start}){step}(b{number}:{far}) WHERE {of(f'a{number}')}{inside}{more}"
        )
        kept = (*self.carried, f"a{number}")
        counted = self._counted_as(having, f"b{number}", f"n{number}", kept)
        self.lines.append(f"WITH {', '.join((*kept, counted))}")
        return self._carry(f"collect(CASE WHEN n{number} {compared} THEN a{number}.id END) AS s{number}", f"s{number}")

    def _whole(self, among: Expr) -> str:
        """How many there are of what 'every' asks for, nodes or things that are there: a number, or the name of one."""
        each = self._each(things(among))
        single = [terms for terms in each if len(terms) == 1]
        # A thing that stands for more than itself is there.
        many = len(each) - len(single)
        if many and not single:
            return str(many)
        number = len(self.carried) + 1
        of = Or(tuple(Entity(next(iter(t)), exact=True) for t in single)) if single else among
        inside = self._behind(of)
        self.lines.append(f"OPTIONAL MATCH (c:{label(category_of(among))}) WHERE {inside('c')}")
        return self._carry(f"count(DISTINCT c){f' + {many}' if many else ''} AS w{number}", f"w{number}")

    def _each(self, named: Sequence[Entity]) -> dict[frozenset[str], Entity]:
        """Things by what they stand for; those that stand for the same are one."""
        return {frozenset(self._terms(thing)): thing for thing in named}

    def _counted_as(self, having: Having, variable: str, name: str, kept: Sequence[str]) -> str:
        """How many of what is counted among a variable has, under a name: nodes, or things that stand for several.

        Of things, a line before notes of each whether it is there.
        """
        named = () if having.among is None else counted_as_things(having.among, having.comparison)
        each = self._each(named)
        if all(len(terms) == 1 for terms in each):
            return f"count(DISTINCT {variable}) AS {name}"
        near: Step = (having.relation, schema().relation(having.relation).back(having.direction))
        lists = [self._ids((thing,), near) for thing in each.values()]
        there = [
            f"max(CASE WHEN {variable}.id IN {ids} THEN 1 ELSE 0 END) AS {name}_{n}" for n, ids in enumerate(lists)
        ]
        self.lines.append(f"WITH {', '.join((*kept, *there))}")
        return f"{' + '.join(f'{name}_{n}' for n in range(len(lists)))} AS {name}"

    def _where(self, where: Where, step: Step | None) -> Test:
        outer, self.evidence = self.evidence, self.evidence.narrowed(where.evidence, self.known)
        of = self.test(where.of, step)
        self.evidence = outer
        tests = [_attribute(f) for f in where.attributes]
        return lambda v: " AND ".join((of(v), *(t(v) for t in tests)))

    def condition(self, variable: str, evidence: Evidence, relation: str) -> str:
        """Further conditions on an edge of a relation, their values filled in."""
        text = evidence.condition(variable, relation)
        sources = evidence.permitted.sources
        text = text.replace("$sources", _text(sorted(sources or ())))
        amounts = tuple(f.value for f in evidence.amounts)
        for name, values in (("tiers", evidence.tiers), ("years", evidence.years or (0, 0)), ("amounts", amounts)):
            for place, value in enumerate(values):
                text = text.replace(f"${name}[{place}]", str(value))
        return text

    def _carry(self, collected: str, name: str) -> str:
        """Carry on with what was collected before and one thing more."""
        self.lines.append(f"WITH {', '.join((*self.carried, collected))}")
        self.carried.append(name)
        return name


def _back(hop: Hop) -> Step:
    """The step that leads back from the nodes of a hop."""
    return hop.relation, schema().relation(hop.relation).back(hop.direction)


def _attribute(filter_: Filter) -> Test:
    attribute = schema().attributes[filter_.field]
    if attribute.value != "text":
        return lambda v: f"{v}.{attribute.name} {filter_.test} {_text(filter_.value)}"
    value = _text(str(filter_.value).casefold())
    if attribute.list:
        return lambda v: f"any(x IN {v}.{attribute.name} WHERE toLower(x) {filter_.test} {value})"
    return lambda v: f"toLower({v}.{attribute.name}) {filter_.test} {value}"
