"""How far the readings of a parser are to be believed, fitted on questions that it has not learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from galenic.evaluation.questions import Put
from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, AskBackForm
from kg.logic.reading import Asked, Context
from llm.models.calibration import Calibration, Signs
from llm.models.parser import TunedParser, signs

# Of what is answered so much may be wrong; the line is drawn where that is reached.
_WRONG = 0.05
_LOWEST, _HIGHEST = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Judged:
    """What told of a reading's worth, whether it was right, and whether the second reader was."""

    voice: str
    signs: Signs
    right: bool
    second: bool


def judged(parser: TunedParser, asked: Callable[[str, Context | None], Asked], put: Iterable[Put]) -> list[Judged]:
    """The likeliest reading of each question, judged; a question that is to be refused is right where it is."""
    found = []
    for one in put:
        question = asked(one.question, one.context)
        ways, other = parser.ways(question)
        if not ways:
            continue
        refused = isinstance(ways[0].form, AbstainForm)
        right = refused if one.meant is None else same(ways[0].form, one.meant)
        declined = other is None or isinstance(other.form, (AbstainForm, AskBackForm))
        second = declined if one.meant is None else other is not None and same(other.form, one.meant)
        found.append(Judged(one.line.voice, signs(ways, other), right, second))
    return found


def fitted(found: Sequence[Judged]) -> Calibration:
    """The curve over what was judged, and the lowest line above which few enough answers are wrong."""
    curve = Calibration.fitted([j.signs for j in found], [j.right for j in found])
    return Calibration(curve.weights, _line(curve, found))


def _line(curve: Calibration, found: Sequence[Judged]) -> float:
    """The line: answers in the order of their confidence, as far down as the share of wrong ones allows."""
    answered = [j for j in found if not j.signs.abstains]
    if not answered:
        return _HIGHEST
    sure = np.array([curve.confidence(j.signs) for j in answered])
    order = np.argsort(-sure)
    wrong = np.cumsum([not answered[n].right for n in order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(wrong <= _WRONG)
    line = float(sure[order[enough[-1]]]) if len(enough) else _HIGHEST
    return round(min(max(line, _LOWEST), _HIGHEST), 3)
