"""`galenic finetune`: train the models that read questions, on questions of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from galenic.cli.house import open_house, say
from galenic.errors import UsageError

# Joined, nested and counted questions are rare in what people write down; so many are made by program.
_COMPOSED_ANEW, _COMPOSED = 2_500, 300


def register(app: typer.Typer) -> None:
    """Add the group; each sub-command trains one model."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Train the models that read questions.",
        epilog="Example: galenic finetune parser my-questions.tsv --out my-parser",
    )
    group.callback()(_group)
    group.command("parser", epilog="Example: galenic finetune parser my-questions.tsv --out my-parser")(parser)
    app.add_typer(group, name="finetune")


def _group() -> None:
    """Keeps `parser` a sub-command while it is the only one."""


def parser(
    files: Annotated[list[Path], typer.Argument(help="Files of lines form<TAB>question with slots such as {drug}.")],
    out: Annotated[Path, typer.Option(help="Folder for the adapter; a run that was broken off goes on there.")],
    hold_out: Annotated[
        list[str] | None, typer.Option("--hold-out", help="A file's name to measure on and not to learn from.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often to learn from each question, with other names.")] = 3,
    anew: Annotated[
        bool, typer.Option("--anew", help="Start from the base model and not from the shipped adapter.")
    ] = False,
    composed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Questions made by program each time; 2,500 with --anew, else 300.", show_default=False
        ),
    ] = None,
    data_only: Annotated[bool, typer.Option("--data-only", help="Write what would be learnt from, as JSONL.")] = False,
) -> None:
    """Fine-tune the parser on the release that serves: names for the slots are drawn from it and linked as a user's."""
    from galenic.finetuning.names import Names
    from galenic.finetuning.run import Corpus, Trainer
    from llm.models.shelf import BASE, SHIPPED

    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the adapter")
    made = (_COMPOSED_ANEW if anew else _COMPOSED) if composed is None else composed
    corpus = Corpus.of(files, hold_out or [], made)
    with open_house() as house:
        is_group = house.pipeline.vocabulary.is_group
        trainer = Trainer(corpus, Names(house.release), house.question_linker.marks, is_group, _told)
        if data_only:
            counts = trainer.data(out, epochs)
            say(f"{sum(counts):,} examples in {out}")
            return
        from llm.models import smollm
        from llm.models.training import Recipe

        recipe = Recipe(epochs=epochs)
        whole = smollm.unpack(house.home / "models" / BASE)
        trainer.train(whole, None if anew else SHIPPED, recipe, out)
        for voice, (right, number) in trainer.measured(out, house.home / "models").items():
            say(f"{voice}: {right:,} of {number:,} held-out questions read rightly ({right / max(number, 1):.3f})")
    say(f"adapter in {out}; use it with GALENIC_PARSER=tuned GALENIC_PARSER_ADAPTER={out}")


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")
