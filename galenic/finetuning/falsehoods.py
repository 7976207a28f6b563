"""Ways to tell edges wrongly, as programs corrupt and as small models err: sentences that their edges do not carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from galenic.finetuning.told import Clause, Facts, Teller, kinds_of
from kg.schema import schema
from kg.schema.relations import ANY, Direction
from llm.checking.letters import LETTERS, Said
from llm.checking.telling import denied

_CONTRADICTED, _NOT_ENOUGH = 1, 2
_OPPOSITE = {
    frozenset(pair)
    for pair in (
        ("drug_upregulates", "drug_downregulates"),
        ("disease_upregulates", "disease_downregulates"),
        ("anatomy_upregulates", "anatomy_downregulates"),
        ("treats", "contraindicated"),
        ("associated_with_resistance_to", "associated_with_sensitivity_to"),
    )
}
# Relations that say nearly the same, or so little that they may be meant where more is recorded.
_NEAR = {
    frozenset(pair)
    for pair in (
        ("binds", "binds_protein"),
        ("binds", "targets"),
        ("targets", "binds_protein"),
        ("presents", "has_phenotype"),
        ("subclass_of", "part_of"),
        ("subclass_of", "includes"),
        ("subclass_of", "form_of"),
    )
}
_STRONGER = tuple(
    (
        "cures|prevents|causes|inhibits|activates|blocks|kills|is the only drug for|is better than|is required for|"
        "is the cause of|destroys|is a marker of|always causes|is safe in|encodes|is the main cause of|"
        "is a mutation of|is a receptor for|protects against|is a symptom of|worsens|is a treatment for|"
        "increases the risk of|is proven to treat|is an inhibitor of|controls|spreads to|is derived from|"
        "is an enzyme of|is a cancer of|is the same as|is a form of|produces|mutates"
    ).split("|")
)
_ADDED = tuple(
    (
        " and other diseases| and other drugs| and its symptoms| in the body| in clinical trials| in the cell|"
        " by regulating gene expression| and other genes| in patients| in children| effectively| in all patients|"
        ", which is a common disease|, and is used to treat many other diseases|, which can cause other diseases|"
        ", and it has no side effects|, a gene involved in the response to drugs| and related processes|"
        ", which is the cause of the disease| by binding to the target| and is safe| at high doses|"
        ", leading to an increase in the expression of other genes|, and may have other side effects|"
        " more than any other|, a protein that plays a role in many processes| through its function in the pathway|"
        " and many others|, which is a type of cancer|, and is also known as a drug|"
        " and is involved in other pathways| as well as others|, which is located in the brain|"
        ", and is a symptom of other conditions| by increasing its expression"
    ).split("|")
)
_BECAUSE = tuple(
    (", which leads to {}| because it {}|, therefore it {}|, and so it {}|, meaning that it {}|, as it {}").split("|")
)


@dataclass(frozen=True, slots=True)
class Untrue:
    """A sentence that edges do not carry, and whether they speak against it."""

    facts: Facts
    sentence: str
    label: int


Falsehood = Callable[[Facts, Teller], Untrue | None]


def _one_changed(
    facts: Facts, teller: Teller, change: Callable[[Said, Clause], Clause | None], label: int
) -> Untrue | None:
    """All edges told, one of them changed."""
    clauses = teller.clauses(facts)
    at = teller.chance.randrange(len(facts))
    changed = change(facts[at], clauses[at])
    if changed is None:
        return None
    clauses[at] = changed
    # What is false may be said alone.
    if len(clauses) > 1 and teller.chance.random() < 0.25:
        clauses = [changed]
    return Untrue(facts, teller.tell(clauses), label)


def another_relation(facts: Facts, teller: Teller) -> Untrue | None:
    """One edge in the words of another relation."""
    label = _NOT_ENOUGH
    known = schema()

    def change(fact: Said, clause: Clause) -> Clause | None:
        nonlocal label
        own = known.relation(fact.relation)
        way: Direction = "out" if clause.first == fact.subject else "in"
        kinds = (own.subject, own.object)
        alike = teller.chance.random() < 0.55
        others = [r for r in known.relations.values() if (r.name, way) in teller.wordings and r.name != fact.relation]
        others = [r for r in others if r.spoken and r.name not in ("related_to", "mentions")]
        others = [r for r in others if frozenset((r.name, fact.relation)) not in _NEAR]
        others = [r for r in others if not alike or (r.subject, r.object) == kinds] or others
        other = teller.chance.choice(others)
        words = teller.chance.choice(teller.wordings[other.name, teller.chance.choice((way, way, "out"))])
        between = [f for f in facts if {f.subject, f.object} == {fact.subject, fact.object}]
        if any(words in teller.wordings[f.relation, w] for f in between for w in ("out", "in")):
            return None
        if frozenset((other.name, fact.relation)) in _OPPOSITE:
            label = _CONTRADICTED
        return replace(clause, words=denied(words) if fact.negated else words)

    made = _one_changed(facts, teller, change, label)
    return None if made is None else replace(made, label=label)


def swapped(facts: Facts, teller: Teller) -> Untrue | None:
    """Subject and object of one edge change places."""

    def change(fact: Said, clause: Clause) -> Clause | None:
        own = schema().relation(fact.relation)
        both = set(teller.wordings[fact.relation, "out"]) & set(teller.wordings[fact.relation, "in"])
        plain = clause.words if not fact.negated else ""
        return None if own.symmetric or plain in both else Clause(clause.second, clause.words, clause.first)

    return _one_changed(facts, teller, change, _NOT_ENOUGH)


def denial(facts: Facts, teller: Teller) -> Untrue | None:
    """What is recorded is denied, or what is denied is said."""
    at = teller.chance.randrange(len(facts))
    changed = [replace(f, negated=f.negated != (n == at)) for n, f in enumerate(facts)]
    clauses = teller.clauses(changed)
    if len(clauses) > 1 and teller.chance.random() < 0.3:
        clauses = [clauses[at]]
    return Untrue(facts, teller.tell(clauses), _CONTRADICTED)


def stronger(facts: Facts, teller: Teller) -> Untrue | None:
    """One edge with a verb that says more, or something else."""

    def change(fact: Said, clause: Clause) -> Clause | None:
        words = teller.chance.choice(_STRONGER)
        known = [*teller.wordings[fact.relation, "out"], *teller.wordings[fact.relation, "in"]]
        return None if words in known or fact.negated else replace(clause, words=words)

    return _one_changed(facts, teller, change, _NOT_ENOUGH)


def exchanged(facts: Facts, teller: Teller) -> Untrue | None:
    """Two edges keep their words and change their objects: each name stands there, with the wrong verb."""
    if len(facts) < 2:
        return None
    one, other = teller.chance.sample(range(len(facts)), 2)
    a, b = facts[one], facts[other]
    alike = (a.relation, a.negated, a.subject) == (b.relation, b.negated, b.subject)
    if a.object == b.object or alike:
        return None
    changed = list(facts)
    changed[one], changed[other] = replace(a, object=b.object), replace(b, object=a.object)
    if a.object in (b.subject, a.subject) or b.object in (a.subject, b.subject) or set(changed) & {a, b}:
        return None
    return Untrue(facts, teller.tell(teller.clauses(changed)), _NOT_ENOUGH)


def one_for_all(facts: Facts, teller: Teller) -> Untrue | None:
    """What is recorded of one thing is said of others: one verb for all objects, or for all subjects."""
    if len({(f.relation, f.negated) for f in facts}) < 2:
        return None
    model = teller.chance.choice(facts)
    way: Direction = teller.chance.choice(("out", "in"))
    words = teller.words(model.relation, way, model.negated)
    if all(words in teller.wordings[f.relation, way] for f in facts):
        return None
    ends = [(f.subject, f.object) if way == "out" else (f.object, f.subject) for f in facts]
    return Untrue(facts, teller.tell([Clause(a, words, b) for a, b in ends]), _NOT_ENOUGH)


def across(facts: Facts, teller: Teller) -> Untrue | None:
    """Two ends that no edge ties are tied: what is said of one thing is said of what it is tied to."""
    letters = sorted({x for f in facts for x in (f.subject, f.object)})
    if len(letters) < 3:
        return None
    tied = {frozenset((f.subject, f.object)) for f in facts}
    free = [(a, b) for a in letters for b in letters if a != b and frozenset((a, b)) not in tied]
    if not free:
        return None
    first, second = teller.chance.choice(free)
    model = teller.chance.choice(facts)
    way: Direction = teller.chance.choice(("out", "in"))
    clauses = teller.clauses([f for f in facts if teller.chance.random() < 0.6])
    clauses.insert(teller.chance.randrange(len(clauses) + 1), Clause(first, teller.words(model.relation, way), second))
    return Untrue(facts, teller.tell(clauses), _NOT_ENOUGH)


def one_taken_away(facts: Facts, teller: Teller) -> Untrue | None:
    """A sentence of several edges, of which one is not among the evidence; its names still are."""
    gone = [f for f in facts if _ends([f]) <= _ends([o for o in facts if o != f])]
    if len(facts) < 2:
        return None
    if gone:
        left = tuple(f for f in facts if f != gone[0])
        return Untrue(left, teller.tell(teller.clauses(facts)), _NOT_ENOUGH)
    # The name that is missing is told of by another edge.
    lost = teller.chance.choice(facts)
    spare = next(x for x in LETTERS if x not in _ends(facts))
    left = tuple(replace(f, subject=spare) if f == lost else f for f in facts)
    return Untrue(left, teller.tell(teller.clauses(facts)), _NOT_ENOUGH)


def _ends(facts: Sequence[Said]) -> set[str]:
    return {x for f in facts for x in (f.subject, f.object)}


def added(facts: Facts, teller: Teller) -> Untrue | None:
    """All is told, and something that nothing says."""
    sentence = teller.tell(teller.clauses(facts)).rstrip(".")
    roll = teller.chance.random()
    if roll < 0.6:
        return Untrue(facts, f"{sentence}{teller.chance.choice(_ADDED)}.", _NOT_ENOUGH)
    kind = schema().kind(teller.chance.choice([c for c in schema().kinds if c != ANY]))
    words = teller.chance.choice(list(teller.wordings.values()))
    other = teller.chance.choice(("", "other ", "a ", "many "))
    noun = kind.singular if other == "a " else kind.plural
    return Untrue(facts, f"{sentence} and {teller.chance.choice(words)} {other}{noun}.", _NOT_ENOUGH)


def because(facts: Facts, teller: Teller) -> Untrue | None:
    """Of two edges one is said to be the reason of the other."""
    if len(facts) < 2 or len({f.subject for f in facts}) != 1:
        return None
    first, *rest = teller.clauses(facts)
    joint = teller.chance.choice(_BECAUSE)
    return Untrue(
        facts,
        f"{first.first} {first.words} {first.second}{joint.format(f'{rest[0].words} {rest[0].second}')}.",
        _NOT_ENOUGH,
    )


def misattached(facts: Facts, teller: Teller) -> Untrue | None:
    """What is recorded of the first thing is said of the second, or a thing is tied to itself."""
    first, *rest = teller.clauses(facts)
    known = {(f.subject, f.object) for f in facts} | {(f.object, f.subject) for f in facts}
    if not rest:
        words = teller.words(facts[0].relation, teller.chance.choice(("out", "in")))
        rest = [Clause(first.second, words, teller.chance.choice((first.second, first.first)))]
        if (rest[0].second == first.first and schema().relation(facts[0].relation).symmetric) or first.words == words:
            return None
        if rest[0].second == first.first:
            return None
    elif rest[0].second == first.second or (first.second, rest[0].second) in known:
        return None
    noun = teller.noun(first.second)
    joint = teller.chance.choice((", which ", f", a {noun} that " if noun else ", which ", " that "))
    sentence = f"{first.first} {first.words} {first.second}{joint}{rest[0].words} {rest[0].second}"
    return Untrue(facts, f"{sentence}.", _NOT_ENOUGH)


def another_kind(facts: Facts, teller: Teller) -> Untrue | None:
    """A thing is said to be of another kind."""
    kinds = kinds_of(facts)
    letter = teller.chance.choice(sorted(k for k, c in kinds.items() if c != ANY) or [""])
    if not letter:
        return None
    near = {"biolink:Disease", "biolink:PhenotypicFeature", "biolink:ClinicalFinding"}
    others = [c for c in schema().kinds if c not in (ANY, kinds[letter]) and not {c, kinds[letter]} <= near]
    others = [c for c in others if not {c, kinds[letter]} <= {"biolink:Gene", "biolink:Protein", "biolink:GeneFamily"}]
    others = [
        c
        for c in others
        if not {c, kinds[letter]} <= {"biolink:Drug", "biolink:ChemicalEntity", "biolink:ChemicalRole"}
    ]
    wrong = schema().kind(teller.chance.choice(others)).singular
    if teller.chance.random() < 0.5:
        return Untrue(facts, teller.tell([Clause(letter, "is", f"a {wrong}"), *teller.clauses(facts)]), _NOT_ENOUGH)
    sentence = teller.tell(teller.clauses(facts))
    at = f" {letter}"
    if sentence.startswith(letter):
        return Untrue(facts, f"The {wrong} {sentence}", _NOT_ENOUGH)
    return Untrue(facts, sentence.replace(at, f" the {wrong} {letter}", 1), _NOT_ENOUGH) if at in sentence else None


FALSEHOODS: tuple[tuple[str, Falsehood], ...] = (
    ("another relation", another_relation),
    ("another relation", another_relation),
    ("ends swapped", swapped),
    ("ends swapped", swapped),
    ("denied", denial),
    ("stronger", stronger),
    ("objects exchanged", exchanged),
    ("one verb for all", one_for_all),
    ("tied across", across),
    ("one edge taken away", one_taken_away),
    ("something added", added),
    ("one the reason of the other", because),
    ("attached to another", misattached),
    ("another kind", another_kind),
)
