"""`galenic finetune`: train the models that read questions, on questions of one's own; others are beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from galenic.cli import finetune_chat, finetune_pairs
from galenic.cli.house import Json, open_house, permitted_of, say, say_json
from galenic.errors import UsageError

# Joined, nested and counted questions are rare in what people write down; so many are made by program.
_COMPOSED_ANEW, _COMPOSED = 6_000, 300


def register(app: typer.Typer) -> None:
    """Add the group; each sub-command trains one model."""
    group = typer.Typer(
        no_args_is_help=True,
        help="Train the models that read questions, check sentences, order passages and write.",
        epilog="Example: galenic finetune parser my-questions.tsv --out my-parser",
    )
    group.command("parser", epilog="Example: galenic finetune parser my-questions.tsv --out my-parser")(parser)
    example = "Example: galenic finetune measure my-parser held-out.tsv --calibrate"
    group.command("measure", epilog=example)(measure)
    finetune_chat.register(group)
    finetune_pairs.register(group)
    app.add_typer(group, name="finetune")


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
            min=0, help="Questions made by program each time; 6,000 with --anew, else 300.", show_default=False
        ),
    ] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option("--licence", help="Draw names from sources under this licence (repeatable), or 'commercial'."),
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
        names = Names(house.release, permitted_of(house.release, None, licence))
        trainer = Trainer(corpus, names, house.question_linker.marks, is_group, _told)
        if data_only:
            counts = trainer.data(out, epochs)
            say(f"{sum(counts):,} examples in {out}")
            return
        from llm.models import smollm
        from llm.models.training import Recipe

        recipe = Recipe(epochs=epochs)
        whole = smollm.unpack(house.home / "models" / BASE)
        told: dict[str, Any] = {"held_out": hold_out or [], "composed": made, "anew": anew}
        told |= {"licences": licence or [], "release": house.release.id}
        trainer.train(whole, None if anew else SHIPPED, recipe, out, told)
        for voice, (right, number) in trainer.measured(out, house.home / "models").items():
            say(f"{voice}: {right:,} of {number:,} held-out questions read rightly ({right / max(number, 1):.3f})")
    say(f"adapter in {out}; use it with GALENIC_PARSER_ADAPTER={out}")


def measure(
    adapter: Annotated[Path, typer.Argument(help="Folder of an adapter.")],
    files: Annotated[list[Path], typer.Argument(help="Files of questions with forms that it has not learnt from.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Draw so many lines from all files.")] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit on these questions how far its readings are to be believed.")
    ] = False,
    note: Annotated[str, typer.Option(help="What the adapter's card says of these questions.")] = "",
    as_json: Json = False,
) -> None:
    """Read questions by the rules, by the model, and by both, and tell risk from coverage; writes it into the card."""
    from galenic.evaluation.questions import lines_of, put
    from galenic.evaluation.slots import Slots
    from galenic.finetuning import calibrated, card
    from llm.models.shelf import opened

    lines = lines_of(files, [], limit)
    with open_house() as house:
        parser = opened(adapter, house.home / "models", house.rules)
        slots, pipeline = Slots(house.release), house.pipeline
        asked = (one for line in lines if (one := put(slots, line)) is not None)
        found = calibrated.judged(parser, pipeline.asked, asked)
    if not found:
        raise UsageError("nothing in these files can be asked of this release; give files of form<TAB>question")
    curve = calibrated.fitted(found) if calibrate else parser.calibration
    figures = calibrated.figures(found, curve, note)
    if calibrate:
        curve.save(adapter)
    card.measured(adapter, figures)
    say_json(figures) if as_json else _show(figures)


def _show(figures: dict[str, Any]) -> None:
    say(f"{'voice':16}  number  rules  model  alike  right where alike")
    for voice, row in {**figures["voices"], "all": figures["all"]}.items():
        shares = "  ".join(f"{row[k]:5.3f}" for k in ("rules", "model", "alike", "alike_right"))
        say(f"{voice:16}  {row['number']:6,}  {shares}")
    say("")
    say("covered  error")
    for covered, error in figures["error"].items():
        say(f"{covered:>7}  {error:5.3f}")
    at = figures["line"]
    say(f"at the line {at['at']}: answered {at['answered']:.3f}, right {at['right']:.3f}, wrong {at['wrong']:.3f}")
    say(f"not answered: {at['declined_rightly']:.3f} of those to be refused, {at['declined']:.3f} of the others")


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")
