"""`galenic finetune chat` and `composer`: tune any causal language model, on conversations or on worded facts."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from galenic.cli.house import open_house, permitted_of, say
from galenic.errors import UsageError
from kg.release.seals import file_sha256


def register(group: typer.Typer) -> None:
    """Add the sub-commands to `galenic finetune`."""
    example = "Example: galenic finetune chat --base models/qwen --data own.jsonl --out tuned"
    group.command("chat", epilog=example)(chat)
    example = "Example: galenic finetune composer --out composer --data-only"
    group.command("composer", epilog=example)(composer)


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


def composer(
    out: Annotated[Path, typer.Option(help="Folder for the data and for the model.")],
    base: Annotated[
        Path | None, typer.Option(help="Folder of a causal model; else the built-in one.", show_default=False)
    ] = None,
    number: Annotated[int, typer.Option(min=10, help="Sets of facts to draw from the release, at most.")] = 2_500,
    epochs: Annotated[int, typer.Option(min=1, help="How often to learn from each, at most.")] = 1,
    measured: Annotated[int, typer.Option(min=1, help="Sets of held-out facts to measure on, at most.")] = 100,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", help="Draw facts from sources under this licence (repeatable), or 'commercial'."),
    ] = None,
    data_only: Annotated[bool, typer.Option("--data-only", help="Write what would be learnt from, as JSONL.")] = False,
    seed: Annotated[int, typer.Option(help="What facts, parts and batches are drawn by.")] = 0,
) -> None:
    """Tune a model to word facts with their marks, and count what the verifier keeps of facts that were held out."""
    from galenic.finetuning import causal, composed
    from galenic.finetuning.verbalised import drawn

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the model")
    with open_house() as house:
        permitted = permitted_of(house.release, None, licence)
        evidence = list(drawn(house.release, permitted, number, seed))
        file, learnt, held = composed.data(evidence, house.release, permitted, out / "data")
        say(f"{learnt:,} conversations to learn from and {held:,} held out in {out / 'data'}")
        if data_only:
            return
        from langchain_core.messages import HumanMessage

        from llm.causal.learner import Recipe
        from llm.chat.local import LocalChat

        told: dict[str, Any] = {
            "command": shlex.join(["galenic", *sys.argv[1:]]),
            "files": {file.name: file_sha256(file)},
            "licences": sorted({str(s["licence"]) for n, s in house.release.sources.items() if permitted.lets_in(n)}),
        }
        order = causal.Order(base or _built_in(), [file], out, "q8_0", 0.06, None, told)
        recipe = Recipe(rate=5e-4, epochs=epochs, longest=384, watches=4, seed=seed)
        causal.tuned(order, recipe, lambda line: say(line, err=True))
        model = LocalChat(folder=str((out / causal.MERGED).resolve()), tokens=256)
        kept_out = [e for e in evidence if e.held_out][:measured]
        found = composed.judged(
            house.release, house.models.verifier, lambda text: model.invoke([HumanMessage(text)]).text, kept_out
        )
    composed.write(found, out / "worded.jsonl")
    say(
        f"{composed.kept_share(found):.3f} of {sum(w.facts for w in found):,} held-out facts are kept by the verifier; "
        f"{sum(w.whole for w in found):,} of {len(found):,} texts say all of theirs and nothing else"
    )
    say(f"what was said beside what the rules say: {out / 'worded.jsonl'}")


def _built_in() -> Path:
    from llm.models import smollm
    from llm.models.shelf import BASE

    with open_house() as house:
        return smollm.unpack(house.home / "models" / BASE)
