"""How far the readings of a parser are to be believed, fitted on questions that it has not learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from galenic.evaluation.questions import Put
from kg.logic.canonical import same
from kg.logic.forms import AbstainForm, AskBackForm
from kg.logic.reading import Asked, Context
from llm.models.calibration import Calibration, Signs
from llm.models.parser import TunedParser, signs

# So much of all that is asked may be answered wrongly; the line is drawn where that is reached.
_WRONG = 0.04
_LOWEST, _HIGHEST = 0.5, 0.95
_SHARES, _TENTHS = (50, 70, 80, 90, 100), 10


@dataclass(frozen=True, slots=True)
class Judged:
    """What told of a reading's worth, whether it and that of the second reader were right, whether to be refused."""

    voice: str
    signs: Signs
    right: bool
    second: bool
    barred: bool


def judged(parser: TunedParser, asked: Callable[[str, Context | None], Asked], put: Iterable[Put]) -> list[Judged]:
    """The likeliest reading of each question, judged; a question that is to be refused is right where it is."""
    found = []
    for one in put:
        question = asked(one.question, one.context)
        other = parser.second.read(question)
        ways = parser.ways(question, other)
        if not ways:
            continue
        refused = isinstance(ways[0].form, AbstainForm)
        right = refused if one.meant is None else same(ways[0].form, one.meant)
        declined = other is None or isinstance(other.form, (AbstainForm, AskBackForm))
        second = declined if one.meant is None else other is not None and same(other.form, one.meant)
        found.append(Judged(one.line.voice, signs(ways, other), right, second, one.meant is None))
    return found


def fitted(found: Sequence[Judged]) -> Calibration:
    """The curve over what was judged, and the lowest line above which few enough questions are answered wrongly."""
    curve = Calibration.fitted([j.signs for j in found], [j.right for j in found])
    return Calibration(curve.weights, _line(curve, found))


def _line(curve: Calibration, found: Sequence[Judged]) -> float:
    """The line: answers in the order of their confidence, as far down as the wrong ones allow."""
    answered = [j for j in found if not j.signs.abstains]
    if not answered:
        return _HIGHEST
    sure = np.array([curve.confidence(j.signs) for j in answered])
    order = np.argsort(-sure)
    wrong = np.cumsum([not answered[n].right for n in order]) / len(found)
    enough = np.flatnonzero(wrong <= _WRONG)
    line = float(sure[order[enough[-1]]]) if len(enough) else _HIGHEST
    return round(min(max(line, _LOWEST), _HIGHEST), 3)


def figures(found: Sequence[Judged], curve: Calibration, note: str = "") -> dict[str, Any]:
    """The table of both readers by voice, the error among the surest, what happens at the line of a curve, and how
    many readings were right that were so sure.

    How sure a reading is comes from a curve fitted on the other voices, so that no question judges itself.
    """
    voices = list(dict.fromkeys(j.voice for j in found))
    sure = np.zeros(len(found))
    for voice in voices:
        others = [j for j in found if j.voice != voice] or list(found)
        fit = Calibration.fitted([j.signs for j in others], [j.right for j in others])
        for n, j in enumerate(found):
            if j.voice == voice:
                sure[n] = fit.confidence(j.signs)
    right = np.array([j.right for j in found])
    order = np.argsort(-sure)
    error = {
        f"{share}%": round(float(1 - right[order[: max(len(order) * share // 100, 1)]].mean()), 4) for share in _SHARES
    }
    told: dict[str, Any] = {"note": note, "voices": {v: _row([j for j in found if j.voice == v]) for v in voices}}
    told |= {"all": _row(found), "error": error, "line": _at_line(found, sure, curve.line)}
    return told | {"reliability": _reliability(sure, right)}


def _reliability(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> list[dict[str, float]]:
    """How sure readings were in the mean and which share of them was right, by tenths of sureness."""
    tenth = np.minimum((sure * _TENTHS).astype(int), _TENTHS - 1)
    rows = []
    for n in np.unique(tenth):
        inside = tenth == n
        rows.append(
            {
                "number": int(inside.sum()),
                "sure": round(float(sure[inside].mean()), 4),
                "right": round(float(right[inside].mean()), 4),
            }
        )
    return rows


def _row(found: Sequence[Judged]) -> dict[str, float]:
    alike = [j for j in found if j.signs.alike]
    return {
        "number": len(found),
        "rules": _share(j.second for j in found),
        "model": _share(j.right for j in found),
        "alike": round(len(alike) / max(len(found), 1), 4),
        "alike_right": _share(j.right for j in alike),
    }


def _at_line(found: Sequence[Judged], sure: NDArray[np.float64], line: float) -> dict[str, float]:
    answered = [s >= line and not j.signs.abstains for j, s in zip(found, sure, strict=True)]
    both = list(zip(found, answered, strict=True))
    return {
        "at": line,
        "answered": _share(answered),
        "right": _share(a and j.right for j, a in both),
        "wrong": _share(a and not j.right for j, a in both),
        "declined_rightly": _share(not a for j, a in both if j.barred),
        "declined": _share(not a for j, a in both if not j.barred),
    }


def _share(of: Iterable[bool]) -> float:
    """The share of true ones; 0 of nothing."""
    listed = list(of)
    return round(sum(listed) / max(len(listed), 1), 4)
