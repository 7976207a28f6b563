"""The card of an adapter for pairs, made of what lies beside it: what it is, what it learnt, how well it judges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from galenic.finetuning.card import draw
from llm.models.pairs.adapter import Task
from llm.models.pairs.minilm import MODEL, SHA256

_LAST = 40
_WHAT = {
    "verifier": (
        "Whether edges, told in plain sentences, carry a sentence of free wording: supported, contradicted, or "
        "not enough. Names are letters, so no name and no content of any source was learnt.",
        "English alone. It reads edges and no quotes, counts or records. Its verdict is asked for after names, "
        "numbers, denials and every word of the sentence have been checked; alone it is no safe judge.",
    ),
    "reranker": (
        "Whether a passage speaks to a question.",
        "English alone; texts beyond 256 tokens are cut. It orders what search has found and finds nothing itself.",
    ),
}


def write(folder: Path, task: Task) -> None:
    """Write README.md of what `recipe.json`, `losses.json` and `figures.json` say, and the losses as a picture."""
    recipe, figures, losses = (_read(folder / f"{name}.json") for name in ("recipe", "figures", "losses"))
    draw(losses, folder / "losses.png")
    what, limits = _WHAT[task.name]
    last = losses[-_LAST:]
    lines = [
        *_front(task, figures),
        "",
        f"# Galenic's {task.name}",
        "",
        f"{what} LoRA (rank {recipe['rank']}, all layers) and a head of {len(task.classes)} classes on {MODEL}.",
        f"The base is the file with SHA-256 `{SHA256}`; `made_for.json` holds it.",
        "",
        "## Learnt from",
        "",
        str(recipe.get("data", "")),
        "",
        f"{sum(recipe['pairs']):,} pairs in {len(losses):,} steps of {recipe['batch']}, seed {recipe['seed']}, rate "
        f"{recipe['rate']:g}. Loss at the end (mean of {len(last)} steps): {sum(last) / max(len(last), 1):.3f}.",
        "",
        "![losses](losses.png)",
        "",
        "## Measured",
        "",
        *_measured(figures),
        "",
        "## Limits",
        "",
        limits,
    ]
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def _front(task: Task, figures: Mapping[str, Any]) -> list[str]:
    """The part that programs read, in the notation of model hubs."""
    return [
        "---",
        f"base_model: sentence-transformers/{MODEL}",
        "license: apache-2.0",
        "language: en",
        "model-index:",
        f"- name: galenic-{task.name}",
        "  results:",
        "  - task: {type: text-classification, name: pairs of texts}",
        "    dataset: {type: held-out, name: held out of training}",
        f"    metrics: [{{type: accuracy, name: classed rightly, value: {figures['classed_rightly']}}}]",
        "---",
    ]


def _measured(figures: Mapping[str, Any]) -> list[str]:
    return [
        f"On {figures['held_out']:,} pairs held out: {figures['classed_rightly']} classed rightly; exported, of the "
        f"first of them, {figures['exported']} where the trained model has {figures['trained']}. At the line of "
        f"{figures['line']}, with all that is checked before the model is asked, {figures['true_kept']} of the true "
        f"ones are kept and {figures['false_caught']} of the false ones caught.",
        "",
        "| kind | number | right at the line |",
        "|---|---|---|",
        *(f"| {kind} | {number} | {right} |" for kind, (number, right) in figures["right_by_kind"].items()),
    ]
