"""The card of a tuned chat model, made of what lies beside it: its base, its data, how it was made, how it does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_NAMES = {
    "loss": "loss of a token",
    "tokens": "tokens said rightly",
    "replies": "replies said rightly as a whole",
    "ends": "ends said rightly",
}
_COLUMNS = {"before": "before", "after": "after", "merged": "merged", "gguf": "as GGUF"}


def write(folder: Path) -> None:
    """Write README.md of `recipe.json`, `figures.json` and `losses.json`, and the losses as a picture."""
    recipe, figures, losses = (
        json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("recipe", "figures", "losses")
    )
    _draw(losses, folder / "losses.png")
    lines = [*_front(recipe, figures), "", *_text(recipe, figures, losses)]
    (folder / "README.md").write_text("\n".join(lines) + "\n", "utf-8")


def _front(recipe: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    """The part that programs read, in the notation of model hubs."""
    lines = ["---", f"base_model: {json.dumps(recipe['base'])}", "library_name: transformers"]
    lines += ["pipeline_tag: text-generation", "model-index:", "- name: tuned-by-galenic", "  results:"]
    for column in ("before", "after"):
        told = f"{_COLUMNS[column]} tuning, {figures[column]['number']} replies kept out"
        lines += [
            "  - task: {type: text-generation, name: replies of a conversation}",
            f"    dataset: {{type: conversations, name: {json.dumps(told)}}}",
            "    metrics:",
            *(_metric(key, figures[column][key]) for key in _NAMES),
        ]
    return [*lines, "---"]


def _metric(key: str, value: float) -> str:
    kind = "loss" if key == "loss" else "accuracy"
    return f"    - {{type: {kind}, name: {_NAMES[key]}, value: {value:.4f}}}"


def _text(recipe: Mapping[str, Any], figures: Mapping[str, Any], losses: Mapping[str, Any]) -> list[str]:
    early = f", stopped early at step {recipe['stopped_at']:,}" if recipe["stopped_at"] else ""
    columns = [c for c in _COLUMNS if c in figures]
    return [
        "# A chat model tuned with Galenic",
        "",
        f"LoRA (rank {recipe['rank']}, all linear layers) on `{Path(recipe['base']).name}`; weights, tokens and "
        f"configuration of the base together have the SHA-256 `{recipe['base_sha256']}`.",
        "",
        f"Made by `{recipe['command']}` with seed {recipe['seed']}.",
        "",
        "## Learnt from",
        "",
        *(f"- `{name}`, SHA-256 `{digest}`" for name, digest in recipe["files"].items()),
        "",
        f"Licences of the data: {', '.join(recipe['licences']) or 'not stated'}.",
        f"{recipe['learnt']:,} replies were learnt from, {recipe['watched']:,} watched to stop in time, "
        f"{recipe['measured']:,} kept for the figures; no question stands in two of these. "
        f"{recipe['repeated']:,} repetitions were left aside.",
        "",
        f"At most {recipe['epochs']} epochs of batches of {recipe['batch']}, rate {recipe['rate']:g}: "
        f"{len(losses['steps']):,} steps{early}. What said the watched replies best was kept.",
        "",
        "![losses](losses.png)",
        "",
        "## Measured",
        "",
        f"On {figures['after']['number']:,} replies of {figures['after']['spoken']:,} tokens, each token after the "
        "right ones before it:",
        "",
        f"| | {' | '.join(_COLUMNS[c] for c in columns)} |",
        f"|---|{'---|' * len(columns)}",
        *(f"| {name} | {' | '.join(f'{figures[c][key]:.4f}' for c in columns)} |" for key, name in _NAMES.items()),
        "",
        "## Limits",
        "",
        "How a reply is liked, or whether it is true, these figures do not say. Galenic believes no chat model: what",
        "it says is checked like any other's.",
    ]


def _draw(losses: Mapping[str, Any], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 3), dpi=120)
    axes.plot(range(1, len(losses["steps"]) + 1), losses["steps"], color="#c9d3e0", linewidth=0.8, label="each step")
    steps, watched = zip(*losses["watched"], strict=True)
    axes.plot(steps, watched, color="#20507f", marker="o", markersize=3, label="watched replies")
    axes.set(xlabel="step", ylabel="loss of a token")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Software": None})
    plt.close(figure)
