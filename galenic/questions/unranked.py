"""Hypotheses that this release does not hold: said plainly, with what is recorded of the pair that was asked about."""

from __future__ import annotations

from galenic.questions import compose
from galenic.questions.wording import called, listed_names
from galenic.questions.work import Outcome, Work
from kg.evidence.claims import Claim
from kg.logic.explain import Explainer
from kg.logic.forms import Entity, Hop, HypothesesForm, HypothesisForm
from kg.schema import schema

_NONE = "This release holds no ranked hypotheses."
_DRUG, _DISEASE = "biolink:Drug", "biolink:Disease"


def unranked(form: HypothesesForm | HypothesisForm, work: Work) -> Outcome:
    """An abstention; of one drug and one disease with every relation that is recorded between them."""
    if isinstance(form, HypothesesForm):
        return Outcome(_NONE, reason="no_evidence")
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
    return Outcome(" ".join(filter(None, (_NONE, recorded, nothing))), (), claims, reason="no_evidence")
