"""`galenic finetune verifier` and `reranker`: pairs of texts -> an adapter, compared with its export and measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from llm.models.pairs.adapter import Shape, Task, draw_line, save
from llm.models.pairs.model import PairModel, Shares
from llm.models.pairs.shelf import exported

if TYPE_CHECKING:
    from llm.models.pairs.training import Recipe, Step

Told = Callable[[str], None]
# So many pairs that were not learnt from are judged by what was exported too, before it is used.
_COMPARED = 400
# Of what is false so much may be believed; nothing below even odds is.
_BELIEVED, _LOWEST = 0.03, 0.5


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two texts, the row of their class in the task, and what they are, for figures by kind.

    `asked`: whether a model would be asked; what is refused before is not believed whatever it says.
    """

    first: str
    second: str
    label: int
    kind: str = ""
    asked: bool = True


def write_data(pairs: Sequence[Labelled], task: Task, file: Path) -> int:
    """Write pairs as JSONL with their classes in words, each once; how many there are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    once = list(dict.fromkeys(pairs))
    with file.open("w", encoding="utf-8") as lines:
        for pair in once:
            told = {"first": pair.first, "second": pair.second, "label": task.classes[pair.label], "kind": pair.kind}
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")
    return len(once)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt in each epoch, and what is held out of it."""

    task: Task
    epochs: Sequence[Sequence[Labelled]]
    held_out: Sequence[Labelled]


def train(lesson: Lesson, recipe: Recipe, folder: Path, models: Path, about: Mapping[str, Any], told: Told) -> None:
    """Train and save an adapter into a folder, with its line and its figures; goes on where a run was broken off.

    Raises `AdapterError` where the exported graph judges worse than what was trained.
    """
    from galenic.finetuning import pair_card
    from llm.models.pairs.parity import parity
    from llm.models.pairs.training import Learner, Pair
    from llm.models.pairs.training import train as learn

    learner = Learner(lesson.task, recipe)
    coded = [[learner.coded(Pair(p.first, p.second, p.label)) for p in made] for made in lesson.epochs]
    told(f"learning from {len(coded[0]):,} pairs, {len(coded)} times")
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    losses = learn(learner, coded, lambda step: _shown(step, told), checkpoint)
    save(learner.state(), lesson.task, Shape(recipe.rank, recipe.alpha), folder)
    graph = exported(folder, lesson.task, models)
    asked = [Pair(p.first, p.second, p.label) for p in lesson.held_out[:_COMPARED]]
    trained, kept = parity(learner, graph, lesson.task, asked)
    told(f"of {len(asked):,} pairs the adapter judges {trained:.3f} rightly, exported {kept:.3f}")
    shares = PairModel(graph, lesson.task).shares([(p.first, p.second) for p in lesson.held_out])
    line = line_for(shares, lesson.held_out)
    draw_line(folder, line)
    made = {**asdict(recipe), **about, "pairs": [len(c) for c in coded]}
    (folder / "recipe.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    (folder / "losses.json").write_text(json.dumps([round(x, 4) for x in losses]) + "\n", "utf-8")
    figures = {**measured(shares, lesson, line), "trained": round(trained, 4), "exported": round(kept, 4)}
    (folder / "figures.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    pair_card.write(folder, lesson.task)
    checkpoint.unlink(missing_ok=True)


def line_for(shares: Shares, held_out: Sequence[Labelled]) -> float:
    """The lowest share of the first class from which on few enough pairs of the others are believed.

    >>> line_for(np.array([[0.9, 0.1], [0.7, 0.3]]), [Labelled("", "", 0), Labelled("", "", 1)])
    0.7001
    """
    both = zip(shares, held_out, strict=True)
    false = np.sort(np.array([s[0] * p.asked for s, p in both if p.label], np.float64))
    if not len(false):
        return _LOWEST
    highest = false[len(false) - 1 - int(_BELIEVED * len(false))]
    return max(_LOWEST, round(float(highest) + 0.0001, 4))


def measured(shares: Shares, lesson: Lesson, line: float) -> dict[str, Any]:
    """What the model makes of held-out pairs: the share classed rightly; at the line, true kept and false caught."""
    held = lesson.held_out
    believed = [p.asked and float(s[0]) >= line for s, p in zip(shares, held, strict=True)]
    kinds: dict[str, list[bool]] = {}
    for pair, yes in zip(held, believed, strict=True):
        kinds.setdefault(pair.kind, []).append(yes == (pair.label == 0))
    right = float(np.mean([int(s.argmax()) == p.label for s, p in zip(shares, held, strict=True)]))
    both = list(zip(believed, held, strict=True))
    return {
        "held_out": len(held),
        "classed_rightly": round(right, 4),
        "line": line,
        "true_kept": _share([b for b, p in both if p.label == 0]),
        "false_caught": _share([not b for b, p in both if p.label]),
        "right_by_kind": {kind: [len(found), _share(found)] for kind, found in sorted(kinds.items())},
    }


def _share(of: Sequence[bool]) -> float:
    return round(sum(of) / max(len(of), 1), 4)


def _shown(step: Step, told: Told) -> None:
    if step.number % 25 == 0 or step.number == step.total:
        left = (step.total - step.number) * step.seconds / max(step.done_now, 1) / 60
        told(f"step {step.number:,} of {step.total:,}, loss {step.loss:.3f}, {left:.0f} minutes left")
