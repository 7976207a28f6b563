"""`galenic finetune chat`: tune any causal language model on conversations."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from galenic.cli.house import open_house, say
from galenic.errors import UsageError


def register(group: typer.Typer) -> None:
    """Add the sub-commands to `galenic finetune`."""
    example = "Example: galenic finetune chat --base models/qwen --data own.jsonl --out tuned"
    group.command("chat", epilog=example)(chat)


def chat(
    data: Annotated[list[Path], typer.Option("--data", help="File of conversations as JSONL (repeatable).")],
    out: Annotated[Path, typer.Option(help="Folder for what is made; a run that was broken off goes on there.")],
    base: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a causal model as safetensors, or a GGUF; else the built-in one.", show_default=False
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often to learn from each reply, at most.")] = 3,
    rate: Annotated[float, typer.Option(min=0, help="How big the first steps are.")] = 3e-4,
    rank: Annotated[int, typer.Option(min=1, help="Rank of the adapter.")] = 16,
    batch: Annotated[int, typer.Option(min=1, help="Replies in a step.")] = 16,
    longest: Annotated[int, typer.Option(min=16, help="The most tokens of a reply with what is before it.")] = 1024,
    hold_out: Annotated[
        float,
        typer.Option(min=0.01, max=0.9, help="Share of the questions not learnt from: half watched, half measured."),
    ] = 0.1,
    gguf: Annotated[
        Literal["f16", "q8_0", "none"], typer.Option(help="Write a GGUF of 16 or 8 bits a weight, or none.")
    ] = "q8_0",
    start: Annotated[
        Path | None, typer.Option(help="Go on from this adapter of the same base.", show_default=False)
    ] = None,
    four_bit: Annotated[
        bool, typer.Option("--four-bit", help="Load the base in four bits a weight (QLoRA); needs a GPU.")
    ] = False,
    data_licence: Annotated[
        list[str] | None, typer.Option("--data-licence", help="Licence of the data, for the card (repeatable).")
    ] = None,
    seed: Annotated[int, typer.Option(help="What parts and batches are drawn by.")] = 0,
) -> None:
    """Tune a causal language model by LoRA on conversations, and export it as safetensors and as GGUF."""
    from galenic.finetuning import causal
    from kg.release.seals import file_sha256
    from llm.causal.learner import Recipe

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the model")
    if lacking := [file for file in data if not file.is_file()]:
        raise UsageError(f"{lacking[0]} is no file; give files of lines of JSON")
    told: dict[str, Any] = {
        "command": shlex.join(["galenic", *sys.argv[1:]]),
        "files": {file.name: file_sha256(file) for file in data},
        "licences": data_licence or [],
    }
    order = causal.Order(base or _built_in(), data, out, None if gguf == "none" else gguf, hold_out, start, told)
    recipe = Recipe(rank, 2 * rank, rate, batch, epochs, longest, seed=seed, four_bit=four_bit)
    figures = causal.tuned(order, recipe, lambda line: say(line, err=True))
    before, after = figures["before"], figures["after"]
    say(
        f"loss of a token {before['loss']:.3f} -> {after['loss']:.3f}, tokens said rightly {before['tokens']:.3f} -> "
        f"{after['tokens']:.3f}, on {after['number']:,} replies that were not learnt from"
    )
    if after["loss"] >= before["loss"]:
        say("nothing was gained: give more conversations, more epochs, or another rate")
    say(f"model in {out / causal.MERGED}; use it with GALENIC_CHAT_MODEL={(out / causal.MERGED).resolve()}")


def _built_in() -> Path:
    from llm.models import smollm
    from llm.models.shelf import BASE

    with open_house() as house:
        return smollm.unpack(house.home / "models" / BASE)
