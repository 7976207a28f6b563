"""Logical forms in plain words: what was asked, as a person would say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.evidence.amounts import percent
from kg.evidence.tiers import TIERS
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
    HypothesesForm,
    HypothesisForm,
    ListForm,
    MechanismForm,
    Minus,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
    Where,
    category_of,
)
from kg.logic.text import show
from kg.schema import schema


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
        case ExistsForm(of=And(parts=(Entity() as subject, rest))):
            return f"whether {called(subject, names)} is among the {described(rest, known)}"
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
        case MechanismForm():
            return f"how {names.get(form.of.id, form.of.id)} works"
        case HypothesesForm():
            return f"which {form.sought} may be of use, for {names.get(form.of.id, form.of.id)}: hypotheses"
        case HypothesisForm():
            drug, disease = (names.get(e.id, e.id) for e in (form.drug, form.disease))
            return f"the hypothesis that {drug} helps against {disease}"
        case ScreenForm():
            return f"which interact with each other: {listed_names([names.get(e.id, e.id) for e in form.drugs])}"
        case _:
            return show(form)


def listed_names(names: Sequence[str], joined: str = "and") -> str:
    """'A, B and C', or joined by another word."""
    return f" {joined} ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def capital(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def described(expr: Expr, names: Mapping[str, str], number: int = 2) -> str:
    """A set in words: 'drugs that treat hypertension'; `names` are those of nodes and sources, `number` decides between
    singular and plural.
    """
    kind = schema().kind(category_of(expr))
    noun = kind.singular if number == 1 else kind.plural
    match expr:
        case And(parts=(Or(members), *rest)) if rest and all(isinstance(p, Entity) for p in members):
            among = [p for p in members if isinstance(p, Entity)]
            held = condition(rest[0] if len(rest) == 1 else And(tuple(rest)), names, number)
            return f"{noun} among {_listed(among, names, 'and')} {held}"
    return f"{noun} {condition(expr, names, number)}".strip()


def condition(expr: Expr, names: Mapping[str, str], number: int = 2) -> str:
    """What must hold of a node to belong to a set, in words."""
    match expr:
        case Entity():
            return f"called {called(expr, names)}"
        case Hop():
            relation = schema().relation(expr.relation)
            inner = called(expr.of, names) if isinstance(expr.of, Entity) else f"({described(expr.of, names)})"
            if expr.direction == "out" and not relation.symmetric:
                return relation.those.format(inner)
            return f"that {relation.says if number == 1 else relation.plural} {inner}"
        case And():
            return " and ".join(condition(p, names, number) for p in expr.parts)
        case Or(parts) if all(isinstance(p, Entity) for p in parts):
            return f"called {_listed([p for p in parts if isinstance(p, Entity)], names, 'or')}"
        case Or():
            return " or ".join(condition(p, names, number) for p in expr.parts)
        case Minus(right=Entity() as left_out):
            return f"{condition(expr.left, names, number)}, other than {called(left_out, names)}"
        case Minus(right=Or(parts)) if all(isinstance(p, Entity) for p in parts):
            return f"{condition(expr.left, names, number)}, other than {_listed([p for p in parts if isinstance(p, Entity)], names, 'and')}"  # noqa: E501
        case Minus(left=kept, right=Where(of=base, filters=filters)) if base in _cores(kept):
            kept_filters = {f for part in _cores(kept) if isinstance(part, Where) for f in part.filters}
            return f"{condition(kept, names, number)} but not those {' and '.join(_filter(f, names) for f in filters if f not in kept_filters)}".strip()  # noqa: E501
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


def called(entity: Entity, names: Mapping[str, str]) -> str:
    """The name of a thing; 'cancer itself' where its narrower terms do not count."""
    return f"{names.get(entity.id, entity.id)}{' itself' if entity.exact else ''}"


def narrower(counts: Mapping[Entity, int], names: Mapping[str, str]) -> str:
    """What things stand for: 'cancer and 2,437 narrower terms; asthma and 1 narrower term'."""
    told = (f"{names.get(e.id, e.id)} and {n:,} narrower term{'' if n == 1 else 's'}" for e, n in counts.items())
    return "; ".join(told)


def _listed(things: Sequence[Entity], names: Mapping[str, str], glue: str) -> str:
    """'A, B or C'; of many the first three and how many more."""
    listed = [called(e, names) for e in things]
    if len(listed) > 4:
        listed = [*listed[:3], f"{len(listed) - 3:,} more"]
    return listed_names(listed, glue)


_BOUNDS = {"=": "", "<=": "at most ", ">=": "at least "}


def _filter(filter_: Filter, names: Mapping[str, str]) -> str:
    """'whose approval groups include approved', 'with curated evidence', 'with a frequency of at least 1%'."""
    match filter_.field:
        case "tier":
            named = f"with {TIERS[int(filter_.value)].kind} evidence"
            return (
                named
                if filter_.test == "="
                else f"with evidence of tier {filter_.value} or {_way(filter_, 'worse', 'better')}"
            )
        case "source":
            return f"with evidence from {names.get(str(filter_.value), filter_.value)}"
        case "licence":
            return f"with evidence under {filter_.value}"
        case "year":
            return f"with a latest publication of {filter_.value}" + (
                "" if filter_.test == "=" else f" or {_way(filter_, 'later', 'earlier')}"
            )
        case _ if filter_.is_amount:
            says, value = schema().amounts[filter_.field].says, percent(float(filter_.value))
            return f"with a {says} of {_BOUNDS[filter_.test]}{value}"
        case _:
            attribute = schema().attributes[filter_.field]
            verb = ("include" if attribute.says.endswith("s") else "includes") if attribute.list else "is"
            return f"whose {attribute.says} {verb} {_BOUNDS[filter_.test]}{filter_.value}"


def _way(filter_: Filter, up: str, down: str) -> str:
    return up if filter_.test == ">=" else down


def _quantity(having: Having, names: Mapping[str, str], number: int) -> str:
    """'that treat at least 2 diseases', 'treated by no drugs', 'that treat exactly 2 of gout, asthma and epilepsy'."""
    relation = schema().relation(having.relation)
    kind = schema().kind(relation.target(having.direction))
    words = _how_many(having)
    match having.among:
        case None:
            counted = f"{words} {kind.singular if having.number == 1 else kind.plural}"
        case Or(parts) if all(isinstance(p, Entity) for p in parts):
            listed = [called(p, names) for p in parts if isinstance(p, Entity)]
            counted = f"{words} {'' if having.comparison == 'only' else 'of '}{_together(listed)}"
        case among:
            of = "of the " if having.comparison == "every" else ""
            counted = f"{words} {of}{described(among, names, having.number or 2)}"
    if having.direction == "in" and not relation.symmetric:
        return relation.those.format(counted)
    # 'have the side effect' counts as 'have at least 2 side effects'.
    verb = (relation.says if number == 1 else relation.plural).removesuffix(f" the {kind.singular}")
    return f"that {verb} {counted}"


def _how_many(having: Having) -> str:
    """'no', 'at least 2', 'only', 'every one'."""
    match having.comparison, having.number:
        case "exactly", 0:
            return "no"
        case "every", _:
            return "every one"
        case "only", _:
            return "only"
        case comparison, number:
            return f"{comparison.replace('_', ' ')} {number:,}"


def _together(names: Sequence[str]) -> str:
    """'A, B and C'."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
