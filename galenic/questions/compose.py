"""Results to sentences: every claim is a verbalised edge, a quoted sentence or a count, with its supports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from galenic.questions.answer import Claim, Result
from galenic.questions.supports import Desk
from kg.logic.evidence import EdgeHit, Explainer
from kg.logic.execute import Executor, Found
from kg.logic.forms import (
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Filter,
    Form,
    Having,
    Hop,
    ListForm,
    Minus,
    Or,
    PathsForm,
    TopForm,
    Where,
    category_of,
)
from kg.logic.text import show
from kg.schema import schema

SHOWN = 12
EDGES_IN_A_CLAIM = 8
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(\[])")


def listing(desk: Desk, explainer: Explainer, expr: Expr, found: Sequence[Found]) -> list[Claim]:
    """One claim for each of the best results: the edges that make it an answer."""
    edges = explainer.explain(expr, [f.id for f in found[:SHOWN]])
    return [claim for f in found[:SHOWN] if (claim := fact(desk, edges.get(f.id, [])))]


def fact(desk: Desk, hits: Sequence[EdgeHit]) -> Claim | None:
    """Edges as one sentence."""
    if not hits:
        return None
    chosen = list({h.sentence(): h for h in hits}.values())[:EDGES_IN_A_CLAIM]
    supports = tuple(dict.fromkeys(name for hit in chosen for name in desk.edge(hit)))
    return Claim("; ".join(h.sentence() for h in chosen) + ".", supports) if supports else None


def in_words(form: Form, names: Mapping[str, str]) -> str:
    """A form as a person reads it.

    >>> in_words(CountForm(Entity("DOID:9352", "biolink:Disease")), {"DOID:9352": "gout"})
    'how many: diseases called gout'
    """
    known = dict(names)
    match form:
        case ListForm():
            return described(form.of, known)
        case CountForm():
            return f"how many: {described(form.of, known)}"
        case ExistsForm(of=And(parts=(Entity() as one, rest))):
            return f"whether {names.get(one.id, one.id)} is among the {described(rest, known)}"
        case ExistsForm():
            return f"whether there are {described(form.of, known)}"
        case TopForm():
            target = schema().kind(schema().relation(form.relation).target(form.direction)).plural
            most = "most" if form.most else "fewest"
            counted = ", counted " + " and ".join(_filter(f, known) for f in form.filters) if form.filters else ""
            return (
                f"of the {described(form.of, known)}, the {form.k} with the {most} {target} ({form.relation}){counted}"
            )
        case CompareForm():
            return f"which are more: {described(form.left, known)} or {described(form.right, known)}"
        case PathsForm():
            return (
                f"how {names.get(form.start.id, form.start.id)} and {names.get(form.end.id, form.end.id)} are connected"
            )
        case DescribeForm():
            return f"what is known of {names.get(form.of.id, form.of.id)}"
        case _:
            return show(form)


def described(expr: Expr, names: dict[str, str], number: int = 2) -> str:
    """A set in words: 'drugs that treat hypertension'; `names` are those of nodes and sources, `number` decides between
    singular and plural.
    """
    kind = schema().kind(category_of(expr))
    return f"{kind.singular if number == 1 else kind.plural} {condition(expr, names, number)}".strip()


def condition(expr: Expr, names: dict[str, str], number: int = 2) -> str:
    """What must hold of a node to belong to a set, in words."""
    match expr:
        case Entity():
            return f"called {names.get(expr.id, expr.id)}"
        case Hop():
            relation = schema().relation(expr.relation)
            inner = (
                names.get(expr.of.id, expr.of.id) if isinstance(expr.of, Entity) else f"({described(expr.of, names)})"
            )
            if expr.direction == "out" and not relation.symmetric:
                return relation.those.format(inner)
            return f"that {relation.says if number == 1 else relation.plural} {inner}"
        case And():
            return " and ".join(condition(p, names, number) for p in expr.parts)
        case Or(parts) if all(isinstance(p, Entity) for p in parts):
            return f"called {_listed([p.id for p in parts if isinstance(p, Entity)], names, 'or')}"
        case Or():
            return " or ".join(condition(p, names, number) for p in expr.parts)
        case Minus(right=Entity(id=left_out)):
            return f"{condition(expr.left, names, number)}, other than {names.get(left_out, left_out)}"
        case Minus(right=Or(parts)) if all(isinstance(p, Entity) for p in parts):
            return f"{condition(expr.left, names, number)}, other than {_listed([p.id for p in parts if isinstance(p, Entity)], names, 'and')}"  # noqa: E501
        case Minus(left=kept, right=Where(of=base, filters=filters)) if base in _cores(kept):
            said = {f for part in _cores(kept) if isinstance(part, Where) for f in part.filters}
            return f"{condition(kept, names, number)} but not those {' and '.join(_filter(f, names) for f in filters if f not in said)}".strip()  # noqa: E501
        case Minus():
            left = condition(expr.left, names, number)
            return f"{left} but not those {condition(expr.right, names)}".strip()
        case Having():
            return " and ".join(p for p in (condition(expr.of, names, number), _quantity(expr, names, number)) if p)
        case Where():
            return " ".join(
                p
                for p in (condition(expr.of, names, number), " and ".join(_filter(f, names) for f in expr.filters))
                if p
            )
        case _:
            return ""


def _cores(expr: Expr) -> tuple[Expr, ...]:
    """A set and the sets that it narrows down."""
    match expr:
        case And():
            return (expr, *(c for part in expr.parts for c in _cores(part)))
        case Where():
            return (expr, *_cores(expr.of))
        case Minus():
            return (expr, *_cores(expr.left))
        case _:
            return (expr,)


def _listed(ids: Sequence[str], names: dict[str, str], glue: str) -> str:
    """'A, B or C'; of many the first three and how many more."""
    called = [names.get(i, i) for i in ids]
    if len(called) > 4:
        called = [*called[:3], f"{len(called) - 3:,} more"]
    return f" {glue} ".join(filter(None, (", ".join(called[:-1]), called[-1])))


_TIER_WORDS = {
    1: "guideline or label",
    2: "curated",
    3: "trial",
    4: "observational",
    5: "text-mined",
    6: "spontaneous-report",
    7: "predicted",
}
_BOUNDS = {"=": "", "<=": "at most ", ">=": "at least "}


def _filter(one: Filter, names: dict[str, str]) -> str:
    """'whose approval groups include approved', 'with curated evidence', 'with a publication of 2015 or later'."""
    match one.field:
        case "tier":
            named = f"with {_TIER_WORDS.get(int(one.value), one.value)} evidence"
            return named if one.test == "=" else f"with evidence of tier {one.value} or {_way(one, 'worse', 'better')}"
        case "source":
            return f"with evidence from {names.get(str(one.value), one.value)}"
        case "licence":
            return f"with evidence under {one.value}"
        case "year":
            return f"with a latest publication of {one.value}" + (
                "" if one.test == "=" else f" or {_way(one, 'later', 'earlier')}"
            )
        case _:
            attribute = schema().attributes[one.field]
            verb = ("include" if attribute.says.endswith("s") else "includes") if attribute.list else "is"
            return f"whose {attribute.says} {verb} {_BOUNDS[one.test]}{one.value}"


def _way(one: Filter, up: str, down: str) -> str:
    return up if one.test == ">=" else down


def _quantity(having: Having, names: dict[str, str], number: int) -> str:
    """'that treat at least 2 diseases', 'treated by no drugs', 'that treat exactly 2 of gout, asthma and epilepsy'."""
    relation = schema().relation(having.relation)
    kind = schema().kind(relation.target(having.direction))
    words = (
        "no"
        if (having.comparison, having.number) == ("exactly", 0)
        else f"{having.comparison.replace('_', ' ')} {having.number:,}"
    )
    match having.among:
        case None:
            counted = f"{words} {kind.singular if having.number == 1 else kind.plural}"
        case Or(parts) if all(isinstance(p, Entity) for p in parts):
            listed = [names.get(p.id, p.id) for p in parts if isinstance(p, Entity)]
            counted = f"{words} of {', '.join(listed[:-1])} and {listed[-1]}"
        case among:
            counted = f"{words} {described(among, names, having.number)}"
    if having.direction == "in" and not relation.symmetric:
        return relation.those.format(counted)
    # 'have the side effect' counts as 'have at least 2 side effects'.
    verb = (relation.says if number == 1 else relation.plural).removesuffix(f" the {kind.singular}")
    return f"that {verb} {counted}"


def neighbours(expr: Expr) -> Iterator[Hop]:
    """For an empty single hop, the other relations between the same kinds of node."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return
    relation = schema().relation(expr.relation)
    for other, direction in schema().between(relation.source(expr.direction), relation.target(expr.direction)):
        if other.name != expr.relation:
            yield Hop(other.name, direction, expr.of)  # type: ignore[arg-type]


def contradictions(desk: Desk, executor: Executor, expr: Expr, shown: Sequence[str]) -> list[Claim]:
    """Statements of the release that deny what a single hop found."""
    if not isinstance(expr, Hop) or not isinstance(expr.of, Entity):
        return []
    relation = schema().relation(expr.relation)
    denied = Explainer(executor).edges(relation, expr.direction, [expr.of.id], shown, negated=True)
    claims = []
    for hits in denied.values():
        claim = fact(desk, hits)
        if claim:
            claims.append(Claim(claim.text, claim.supports, "contradicted"))
    return claims


def best_sentence(text: str, words: set[str]) -> tuple[int, int]:
    """Offsets of the sentence of a passage that shares most words with the question."""
    best, place = (-1.0, 0), (0, len(text))
    start = 0
    pieces = _SENTENCE.split(text)
    for number, piece in enumerate(pieces):
        begin = text.index(piece, start)
        start = begin + len(piece)
        seen = {w for w in re.findall(r"[a-z0-9]+", piece.casefold())}
        score = len(seen & words) - 0.002 * len(piece)
        if (score, -number) > best:
            best, place = (score, -number), (begin, begin + len(piece))
    return place


def as_results(found: Sequence[Found]) -> tuple[Result, ...]:
    """Found nodes as results."""
    return tuple(Result(f.id, f.name, f.value) for f in found)
