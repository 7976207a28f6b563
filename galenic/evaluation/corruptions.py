"""True claims made false, one small thing at a time: what a verifier must not let pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

from kg.evidence.claims import Claim, EdgeSupport, NodeSupport, PassageSupport, QuerySupport, Support
from kg.schema import schema
from kg.schema.relations import Relation
from llm.ports import Basis


@dataclass(frozen=True, slots=True)
class Told:
    """A true claim with what it rests on."""

    claim: Claim
    basis: Basis

    @property
    def supports(self) -> list[Support]:
        """What the claim names, in its order."""
        return [self.basis.supports[s] for s in self.claim.supports]

    @property
    def edge(self) -> EdgeSupport | None:
        """The first edge that it rests on."""
        first = self.supports[0]
        return first if isinstance(first, EdgeSupport) else None

    @property
    def query(self) -> QuerySupport | None:
        """The first query that it rests on."""
        first = self.supports[0]
        return first if isinstance(first, QuerySupport) else None

    def names(self) -> list[str]:
        """The names of things in its sentence."""
        names: list[str] = []
        for support in self.supports:
            match support:
                case EdgeSupport():
                    names += [support.subject_name, support.object_name]
                case NodeSupport():
                    names.append(support.name)
                case QuerySupport():
                    names += support.names
                case PassageSupport():
                    pass
        return [n for n in dict.fromkeys(names) if _whole(n).search(self.claim.text)]


@dataclass(frozen=True, slots=True)
class Stock:
    """What false sentences are made of: other true claims, and for a name one of a thing close to it."""

    others: Sequence[Told]
    near: Callable[[str], str | None]
    chance: Random


Corruption = Callable[[Told, Stock], Told | None]

_NUMBER = re.compile(r"(?<![\w.⟦])\d[\d,]*(?:\.\d+)?(?![\w⟧])")
_DOSE = re.compile(
    r"(\d(?:[\d.,]*\d)?)( ?)(mg|g|kg|µg|mcg|ml|mL|l|L|%|mmol|nM|mM|h|hours?|days?|weeks?|months?|years?)\b"
)
_UNITS = MappingProxyType(
    {"mg": "g", "g": "mg", "kg": "g", "µg": "mg", "mcg": "mg", "ml": "l", "mL": "L", "l": "ml", "L": "mL"}
    | {"%": " percentage points", "mmol": "mol", "nM": "mM", "mM": "nM", "h": "min", "hour": "day", "hours": "days"}
    | {"day": "week", "days": "weeks", "week": "month", "weeks": "months", "month": "year", "months": "years"}
    | {"year": "month", "years": "months"}
)
_CONDITION = re.compile(
    r" but not those .+?(?=\.$)|, other than .+?(?=\.$)| whose .+?(?=\.$| and )"
    r"| with (?:evidence|a latest|[\w-]+ evidence).*?(?=\.$| and )"
    r"| and (?:that|treated|caused|bound|associated|in|of|up|down|expressed) .+?(?=\.$)"
)
_STRONGER: tuple[tuple[str, str], ...] = (
    ("is associated with", "causes"),
    ("are associated with", "cause"),
    ("associated with", "caused by"),
    ("is chemically similar to", "is the same as"),
    ("has the side effect", "always has the side effect"),
    ("have the side effect", "always have the side effect"),
    ("interacts with", "must not be given with"),
    ("treats", "cures"),
    ("treated by", "cured by"),
    ("treat", "cure"),
    ("palliates", "treats"),
    ("palliate", "treat"),
    ("binds", "inhibits"),
    ("bound by", "inhibited by"),
    ("bind", "inhibit"),
    ("caused by", "always caused by"),
    ("presents", "is proven by"),
    ("upregulates", "switches on"),
    ("upregulated", "switched on"),
    ("downregulates", "silences"),
    ("downregulated", "silenced"),
    ("regulates", "controls"),
    ("participates in", "is essential for"),
    ("expresses", "overexpresses"),
    ("resembles", "is a form of"),
    ("localizes to", "destroys"),
    ("includes", "consists of"),
    ("covaries with", "regulates"),
)


def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def _saying(told: Told, text: str | None) -> Told | None:
    """The claim with another sentence; None where it is the same."""
    if text is None or text == told.claim.text:
        return None
    return replace(told, claim=replace(told.claim, text=text))


def _outside_names(told: Told, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Matches that do not touch a name."""
    taken = [m.span() for n in told.names() for m in _whole(n).finditer(told.claim.text)]
    return [m for m in pattern.finditer(told.claim.text) if all(m.end() <= a or m.start() >= b for a, b in taken)]


def _put(told: Told, match: re.Match[str], text: str) -> Told | None:
    sentence = told.claim.text
    return _saying(told, sentence[: match.start()] + text + sentence[match.end() :])


def swapped_ends(told: Told, stock: Stock) -> Told | None:
    """Subject and object change places, or the two sides of a comparison."""
    edge = told.edge
    if edge is not None:
        relation = schema().relation(edge.relation)
        if relation.passive == relation.says:
            return None
        return _saying(told, _exchanged(told.claim.text, edge.subject_name, edge.object_name))
    compared = [s for s in told.supports if isinstance(s, QuerySupport) and s.count is not None]
    if len(compared) == 2 and compared[0].count != compared[1].count and len(told.names()) == 2:
        return _saying(told, _exchanged(told.claim.text, *told.names()))
    return None


def _exchanged(text: str, name: str, other: str) -> str | None:
    if name == other or name in other or other in name:
        return None
    held = _whole(name).sub("\0", text, count=1)
    return _whole(other).sub(lambda m: name, held, count=1).replace("\0", other)


def _relation_said(told: Told) -> tuple[Relation, str, str] | None:
    """A relation that the sentence says, the words for it, and which of its wordings they are."""
    named = [told.edge.relation] if told.edge else re.findall(r"hop\((\w+)", told.query.form if told.query else "")
    for name in dict.fromkeys(named):
        relation = schema().relation(name)
        for wording in ("plural", "says"):
            words = getattr(relation, wording)
            if _outside_names(told, _whole(words)):
                return relation, words, wording
        if relation.those.endswith(" {}") and _outside_names(told, _whole(relation.those[:-3])):
            return relation, relation.those[:-3], "those"
    return None


def _other_relation(told: Told, stock: Stock, alike: bool) -> Told | None:
    phrasing = _relation_said(told)
    if phrasing is None:
        return None
    relation, words, wording = phrasing
    known = [r for r in schema().relations.values() if r.spoken and r.name != relation.name]
    known = [r for r in known if alike == ((r.subject, r.object) == (relation.subject, relation.object))]
    known = [r for r in known if wording != "those" or r.those.endswith(" {}")]
    choices = sorted(
        {getattr(r, wording).removesuffix(" {}") for r in known} - {words, relation.passive, relation.says}
    )
    if not choices:
        return None
    return _put(told, _outside_names(told, _whole(words))[0], stock.chance.choice(choices))


def other_relation(told: Told, stock: Stock) -> Told | None:
    """Another relation between the same kinds of thing."""
    return _other_relation(told, stock, alike=True)


def foreign_relation(told: Told, stock: Stock) -> Told | None:
    """A relation between other kinds of thing."""
    return _other_relation(told, stock, alike=False)


def negation_added(told: Told, stock: Stock) -> Told | None:
    """What was said is denied."""
    edge = told.edge
    if edge is not None:
        if edge.negated:
            return None
        relation = schema().relation(edge.relation)
        verb = (
            relation.says.replace("is ", "is not ", 1)
            if relation.says.startswith("is ")
            else f"does not {relation.plural}"
        )
        return _saying(told, _whole(relation.says).sub(verb, told.claim.text, count=1))
    if isinstance(told.supports[0], PassageSupport):
        match = re.search(r"\b(?:was|were|is|are|has|have|had|can|may)\b(?! not)", told.claim.text)
        return _put(told, match, f"{match[0]} not") if match else None
    text = re.sub(r"\bthat (?!this release|the permitted|do not)", "that do not ", told.claim.text, count=1)
    return _saying(told, text if text != told.claim.text else text.replace(" is a", " is not a", 1))


def negation_removed(told: Told, stock: Stock) -> Told | None:
    """What was denied is said, or a gap in the records becomes a no."""
    text = told.claim.text
    for denied, affirmed in (
        (" is recorded as not: ", " "),
        ("No: ", "Yes: "),
        ("Not recorded: no source in this release lists", "No: this release records no"),
        (" but not those ", " and those "),
        (", other than ", " and "),
        (" records no ", " records 12 "),
        (" no ", " some "),
        (" not ", " "),
        ("no ", "a "),
    ):
        if denied in text:
            return _saying(told, text.replace(denied, affirmed, 1))
    return None


def other_number(told: Told, stock: Stock) -> Told | None:
    """One of the numbers is another."""
    numbers = _outside_names(told, _NUMBER)
    if not numbers:
        return None
    chosen = stock.chance.choice(numbers)
    value = float(chosen[0].replace(",", ""))
    more = value + stock.chance.choice([1, 2, 10, 100])
    return _put(told, chosen, f"{int(more):,}" if value.is_integer() else f"{more:.1f}")


def other_thing(told: Told, stock: Stock) -> Told | None:
    """A thing close to the one meant: of the same kind and class, or spelled alike."""
    names = told.names()
    stock.chance.shuffle(names)
    for name in names:
        near = stock.near(name)
        if near is not None and near not in told.names():
            return _saying(told, _whole(name).sub(lambda m, near=near: near, told.claim.text))  # type: ignore[misc]
    return None


def condition_dropped(told: Told, stock: Stock) -> Told | None:
    """One of several conditions stays unsaid: a part of "and", an exclusion, a filter, what a finding was found in."""
    if told.query is not None and told.query.form:
        match = _CONDITION.search(told.claim.text)
        return _put(told, match, "") if match else None
    if isinstance(told.supports[0], PassageSupport):
        match = re.search(r"(?:,| in | among | when | if | after | with )[^,]+?(?=\.?$)", told.claim.text)
        return _put(told, match, "") if match else None
    return None


def record_made_proof(told: Told, stock: Stock) -> Told | None:
    """What is recorded is said to be proven."""
    edge, text = told.edge, told.claim.text
    if edge is not None:
        relation = schema().relation(edge.relation)
        return _saying(told, _whole(relation.says).sub(f"is proven to {relation.plural}", text, count=1))
    return _saying(
        told, re.sub(r"\brecord(s|ed)?\b", lambda m: {"s": "proves", "ed": "proven"}.get(m[1], "prove"), text)
    )


def verb_strengthened(told: Told, stock: Stock) -> Told | None:
    """The verb says more than was recorded."""
    for weak, strong in _STRONGER:
        verbs = _outside_names(told, _whole(weak))
        if verbs and not isinstance(told.supports[0], PassageSupport):
            return _put(told, verbs[0], strong)
    return None


def other_unit(told: Told, stock: Stock) -> Told | None:
    """A quantity in another unit."""
    dose = _DOSE.search(told.claim.text)
    return _put(told, dose, f"{dose[1]}{dose[2]}{_UNITS[dose[3]]}") if dose else None


def moved(told: Told, stock: Stock) -> Told | None:
    """The sentence rests on what carries another one."""
    others = [o for o in stock.others if o.claim.text != told.claim.text and not _could_carry(o, told)]
    if not others:
        return None
    other = stock.chance.choice(others)
    return Told(Claim(told.claim.text, other.claim.supports), other.basis)


def _could_carry(other: Told, told: Told) -> bool:
    """Whether another claim's supports are of another kind, or are the same or a record with the same value in it."""
    own, its = told.supports[0], other.supports[0]
    if isinstance(own, NodeSupport) and isinstance(its, NodeSupport):
        return own.id == its.id or told.claim.text.rstrip(".") in {f"{k}: {v}" for k, v in its.facts.items()}
    return own.kind != its.kind or own == its


def clause_invented(told: Told, stock: Stock) -> Told | None:
    """Something is added that nothing says."""
    added = stock.chance.choice(
        [" in all patients", " at any dose", ", as trials have shown", " and is safe", " since 1998", " in children"]
    )
    return _saying(told, f"{told.claim.text.rstrip('.')}{added}.")


CORRUPTIONS: Mapping[str, Corruption] = MappingProxyType(
    {
        "swapped ends": swapped_ends,
        "another relation": other_relation,
        "a relation of other kinds": foreign_relation,
        "negation added": negation_added,
        "negation removed": negation_removed,
        "another number": other_number,
        "another thing": other_thing,
        "condition dropped": condition_dropped,
        "recorded made proven": record_made_proof,
        "verb strengthened": verb_strengthened,
        "another unit": other_unit,
        "moved to other supports": moved,
        "clause invented": clause_invented,
    }
)
