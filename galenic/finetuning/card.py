"""The card of an adapter, made of what lies beside it: what it is, what it has learnt from, how well it reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llm.models.smollm import MODEL, SHA256

FIGURES = "figures.json"
_WIDTH = 40


def write(folder: Path) -> None:
    """Write README.md of what `recipe.json`, `losses.json` and `figures.json` say, and the losses as a picture."""
    recipe = _read(folder / "recipe.json")
    figures, losses = _read(folder / FIGURES), _read(folder / "losses.json") or []
    if losses:
        draw(losses, folder / "losses.png")
    if figures.get("reliability"):
        draw_reliability(figures["reliability"], folder / "reliability.png")
    (folder / "README.md").write_text(
        "\n".join([*_front(figures), "", *_text(recipe, losses, figures)]) + "\n", "utf-8"
    )


def measured(folder: Path, figures: Mapping[str, Any]) -> None:
    """Keep figures beside the adapter and write its card anew where it is known how it was made."""
    (folder / FIGURES).write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    if (folder / "recipe.json").exists():
        write(folder)


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def _front(figures: Mapping[str, Any]) -> list[str]:
    """The part that programs read, in the notation of model hubs."""
    lines = ["---", f"base_model: HuggingFaceTB/{MODEL}", "license: apache-2.0", "library_name: peft", "language: en"]
    if figures:
        lines += ["model-index:", "- name: galenic-parser", "  results:"]
    for voice, row in figures.get("voices", {}).items():
        lines += [
            "  - task: {type: text2text-generation, name: question to logical form}",
            f"    dataset: {{type: questions, name: {voice}}}",
            f"    metrics: [{{type: accuracy, name: right form, value: {row['model']}}}]",
        ]
    return [*lines, "---"]


def _text(recipe: Mapping[str, Any], losses: list[float], figures: Mapping[str, Any]) -> list[str]:
    lines = [
        "# Galenic's parser",
        "",
        f"LoRA (rank {recipe['rank']}, from layer {recipe['first_layer']} up) and a head of its own on {MODEL}: a "
        "question with its names marked in, of a follow-up the last form too; a logical form out.",
        f"The base is the file with SHA-256 `{SHA256}`; `made_for.json` holds it and the forms that are spoken.",
        "",
        "## Learnt from",
        "",
        "| questions | |",
        "|---|---|",
        *(f"| {voice} | {number:,} |" for voice, number in recipe.get("questions", {}).items()),
        f"| made by program, others in each epoch | {recipe.get('composed', 0):,} |",
        "",
        f"{recipe['epochs']} epochs, with other names each time ({sum(recipe.get('examples', [])):,} examples), "
        f"{len(losses):,} steps of {recipe['batch']}, seed {recipe['seed']}, rate {recipe['rate']:g}.",
        "Names in the slots: " + _names(recipe),
    ]
    if losses:
        few = sum(losses[-_WIDTH:]) / len(losses[-_WIDTH:])
        lines += [
            "",
            f"Loss at the end (mean of {len(losses[-_WIDTH:])} steps): {few:.3f}.",
            "",
            "![losses](losses.png)",
        ]
    return [*lines, "", "## Measured", "", *_measured(figures), "", *_LIMITS]


def _names(recipe: Mapping[str, Any]) -> str:
    licences = recipe.get("licences", [])
    allowed = f"only of sources under: {', '.join(licences)}" if licences else "of all sources of the release"
    return f"{allowed} (release `{str(recipe.get('release', ''))[:19]}`)."


def _measured(figures: Mapping[str, Any]) -> list[str]:
    if not figures:
        return ["Not measured; `galenic finetune measure` does, on questions that were not learnt from."]
    lines = [
        f"{figures['note']}" if figures.get("note") else "On questions that were not learnt from.",
        "",
        "| voice | questions | rules | model | alike | right where alike |",
        "|---|---|---|---|---|---|",
    ]
    for voice, row in {**figures["voices"], "all": figures["all"]}.items():
        cells = (row["number"], row["rules"], row["model"], row["alike"], row["alike_right"])
        lines.append(f"| {voice} | {' | '.join(map(str, cells))} |")
    risk = ", ".join(f"{error} at {covered}" for covered, error in figures["error"].items())
    line = figures["line"]
    apart = calibration_error(figures.get("reliability", []))
    shown = ["", f"Expected calibration error {apart:.3f}.", "", "![reliability](reliability.png)"] if apart else []
    return [
        *lines,
        "",
        f"Error among the surest: {risk}. At the line {line['at']}: {line['answered']} answered, {line['wrong']} of "
        "all answered wrongly; each voice is judged by a calibration that was fitted on the others.",
        *shown,
    ]


_LIMITS = [
    "## Limits",
    "",
    "English alone. Compositions of three and more steps are read worse than single ones. A condition that no form",
    "can say may be passed over; below the line of the calibration a question is asked back.",
]


def calibration_error(reliability: Sequence[Mapping[str, float]]) -> float:
    """How far sureness and the share of right readings lie apart in the mean (Naeini and others, AAAI 2015).

    >>> calibration_error([{"number": 1, "sure": 0.5, "right": 0.25}, {"number": 1, "sure": 0.75, "right": 0.75}])
    0.125
    """
    number = sum(row["number"] for row in reliability)
    return sum(row["number"] * abs(row["sure"] - row["right"]) for row in reliability) / max(number, 1)


def draw_reliability(reliability: Sequence[Mapping[str, float]], file: Path) -> None:
    """Draw the share of right readings over how sure they were; the size of a point tells how many they are."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4, 4), dpi=120)
    axes.plot([0, 1], [0, 1], color="#9aa5b1", linewidth=0.8, linestyle="--", label="as sure as right")
    sure, right, number = ([row[key] for row in reliability] for key in ("sure", "right", "number"))
    axes.plot(sure, right, color="#20507f", linewidth=1)
    axes.scatter(sure, right, s=[12 + n / 2 for n in number], color="#20507f", zorder=3)
    for row in reliability:
        axes.annotate(
            f"{row['number']:,}", (row["sure"], row["right"]), xytext=(9, -11), textcoords="offset points", fontsize=8
        )
    axes.set(xlabel="how sure", ylabel="share right", xlim=(0, 1.06), ylim=(0, 1.06))
    axes.legend(frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)


def draw(losses: list[float], file: Path) -> None:
    """Draw the loss of each step, and its mean over a few."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(figsize=(6, 3), dpi=120)
    axes.plot(losses, color="#c9d3e0", linewidth=0.8, label="each step")
    if len(losses) > _WIDTH:
        mean = np.convolve(losses, np.ones(_WIDTH) / _WIDTH, "valid")
        axes.plot(np.arange(_WIDTH - 1, len(losses)), mean, color="#20507f", label=f"mean of {_WIDTH} steps")
    axes.set(xlabel="step", ylabel="loss", yscale="log")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)
