"""Hypotheses are no answers: the command that ranks them is named, with what is recorded of the pair asked about."""

from __future__ import annotations

from galenic.questions import compose
from galenic.questions.wording import called, listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.logic.explain import Explainer
from kg.logic.forms import Entity, Hop, HypothesesForm, HypothesisForm
from kg.schema import schema

_NONE = "No hypothesis is stated as an answer"
_NO_TARGETS = "Targets that nobody has recorded are not ranked yet."
_DRUG, _DISEASE = "biolink:Drug", "biolink:Disease"


def unranked(form: HypothesesForm | HypothesisForm, work: Work) -> Outcome:
    """An abstention; of one drug and one disease with every relation that is recorded between them."""
    if isinstance(form, HypothesesForm):
        option = {"drugs": "--disease", "diseases": "--drug"}.get(form.sought)
        told = f"{_NONE}; `galenic rank {option} {form.of.id}` ranks {form.sought}." if option else _NO_TARGETS
        return Outcome(told, reason="no_evidence")
    claims, said, silent = list[Claim](), list[str](), list[str]()
    for relation, _ in schema().between(_DRUG, _DISEASE):
        hop = Hop(relation.name, "in", Entity(form.disease.id, _DISEASE, form.disease.exact))
        edges = Explainer(work.executor).explain(hop, [form.drug.id])
        claim = compose.fact(work.desk, edges.get(form.drug.id, []))
        if claim is None:
            silent.append(relation.says)
        else:
            said.append(relation.says)
            claims.append(claim)
    drug, disease = called(form.drug, work.names), called(form.disease, work.names)
    recorded = f"Recorded: {drug} {listed_names(said)} {disease}." if said else ""
    nothing = f"Not recorded of {drug} and {disease}: that it {listed_names(silent, 'or')} it." if silent else ""
    ranked = f"{_NONE}; `galenic explain {form.drug.id} {form.disease.id}` gives its rank and paths."
    return Outcome(" ".join(filter(None, (ranked, recorded, nothing))), (), claims, reason="no_evidence")
