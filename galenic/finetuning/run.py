"""`galenic finetune parser`: questions with forms -> examples -> an adapter with its figures and its card."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from galenic.finetuning.examples import Example, Linker, Maker, after_another, write
from llm.models.compositions import Composer
from llm.models.errors import CorpusError
from llm.models.splices import Splicer
from llm.models.voices import SLOT, Pair, pairs
from llm.models.ways import question_words

if TYPE_CHECKING:
    from galenic.finetuning.names import Names
    from llm.models.training import Recipe, Step

Told = Callable[[str], None]
# A voice that is held out is measured with names that were not drawn for training.
_TESTED_WITH = 1000
# So many questions in a hundred are shown after an answer that they do not follow on.
_AFTER_ANOTHER = 6
# So many in a hundred of the questions made by program are made of those that people wrote.
_SPLICED = 65
# So many questions are read by what was exported too, before it is used.
_COMPARED = 400


@dataclass(frozen=True, slots=True)
class Corpus:
    """The pairs to learn from and those held out, each list by voice (a file's name).

    `composed` questions are made by program beside them in each epoch.
    """

    learnt: dict[str, list[Pair]]
    held_out: dict[str, list[Pair]]
    composed: int = 0

    @classmethod
    def of(cls, files: Sequence[Path], hold_out: Sequence[str] = (), composed: int = 0) -> Corpus:
        """Read the files; raises `CorpusError` for a broken one, or where nothing is left to learn from."""
        voices = {file.stem: file for file in files}
        if len(voices) < len(files):
            raise CorpusError("two files have the same name; a file's name is its voice, name them apart")
        if strange := set(hold_out) - set(voices):
            raise CorpusError(f"no file is called {', '.join(sorted(strange))}; voices: {', '.join(voices)}")
        read = {name: list(pairs(file)) for name, file in voices.items()}
        learnt = {name: rows for name, rows in read.items() if name not in hold_out}
        if not any(learnt.values()):
            raise CorpusError("there is nothing to learn from; give files of lines form<TAB>question")
        return cls(learnt, {name: read[name] for name in hold_out}, composed)

    def words(self) -> frozenset[str]:
        """The words that the questions learnt from are made of, slots aside."""
        texts = (SLOT.sub(" ", pair.question) for rows in self.learnt.values() for pair in rows)
        return frozenset(word for text in texts for word in question_words(text))


class Trainer:
    """Makes examples of a corpus and trains an adapter with them."""

    def __init__(
        self, corpus: Corpus, names: Names, linker: Linker, is_group: Callable[[str], bool], told: Told
    ) -> None:
        self.corpus, self.names, self.linker, self.is_group, self.told = corpus, names, linker, is_group, told

    def learnt(self, epoch: int) -> list[Example]:
        """What is learnt from in an epoch: other names, other compositions, other questions after another answer."""
        rows = [pair for rows in self.corpus.learnt.values() for pair in rows]
        spliced = self.corpus.composed * _SPLICED // 100
        made = [*Composer(epoch).pairs(self.corpus.composed - spliced), *Splicer(rows, epoch).pairs(spliced)]
        return self.examples([*after_another(rows, _AFTER_ANOTHER / 100, epoch), *made], epoch)

    def examples(self, rows: Iterable[Pair], seed: int) -> list[Example]:
        """One example of each pair that can be said, with names drawn by a seed."""
        maker = Maker(self.names, self.linker, self.is_group, seed)
        made = list(maker.make(rows))
        for why, count in maker.lost.items():
            self.told(f"{count:,} pairs left aside: {why}")
        return made

    def data(self, folder: Path, epochs: int) -> list[int]:
        """Write the examples of each epoch as JSONL, and those held out; how many each has."""
        folder.mkdir(parents=True, exist_ok=True)
        counts = [write(self.learnt(n + 1), folder / f"train-{n + 1}.jsonl") for n in range(epochs)]
        if self.corpus.held_out:
            rows = [pair for rows in self.corpus.held_out.values() for pair in rows]
            counts.append(write(self.examples(rows, _TESTED_WITH), folder / "held-out.jsonl"))
        return counts

    def train(
        self, base: Path, start: Path | None, recipe: Recipe, out: Path, told: Mapping[str, Any] | None = None
    ) -> None:
        """Train and save an adapter into `out`; goes on where a run into the same folder was broken off.

        `start`: an adapter to go on from, so that a few questions of one's own are enough; `told`: what its card says
        of where it is from.
        """
        from galenic.finetuning import card
        from llm.models import adapter
        from llm.models.calibration import Calibration
        from llm.models.parity import parity
        from llm.models.shelf import SHIPPED, exported
        from llm.models.training import Learner, train

        learner = Learner(base, recipe)
        if start is not None:
            learner.start_from(start)
        epochs = [self.learnt(n + 1) for n in range(recipe.epochs)]
        coded = [[learner.coded(e.text, e.tokens) for e in made] for made in epochs]
        self.told(f"learning from {len(coded[0]):,} questions, {recipe.epochs} times")
        out.mkdir(parents=True, exist_ok=True)
        checkpoint = out / "checkpoint.pt"
        losses = train(learner, coded, self._shown, checkpoint)
        adapter.save(learner.state(), learner.settings, out)
        before = adapter.familiar(start) if start is not None else frozenset[str]()
        adapter.keep_words(before | self.corpus.words(), out)
        asked = [(e.text, e.tokens) for e in epochs[-1][:: max(len(epochs[-1]) // _COMPARED, 1)]]
        shares = parity(base, out, recipe, exported(out, base.parent), asked)
        self.told(f"of {len(asked):,} forms the adapter says {shares[0]:.3f}, exported {shares[1]:.3f}")
        # How far a reading is to be believed was measured on voices that the shipped adapter had not heard.
        Calibration.load(SHIPPED).save(out)
        counts = {voice: len(rows) for voice, rows in self.corpus.learnt.items()}
        made = {**asdict(recipe), **(told or {}), "questions": counts, "examples": [len(c) for c in coded]}
        (out / "recipe.json").write_text(json.dumps(made, indent=2) + "\n", "utf-8")
        (out / "losses.json").write_text(json.dumps([round(x, 4) for x in losses]) + "\n", "utf-8")
        card.write(out)
        checkpoint.unlink(missing_ok=True)

    def measured(self, folder: Path, models: Path) -> dict[str, tuple[int, int]]:
        """How many held-out questions the exported adapter says the right form of, and how many there are, by voice."""
        from llm.models.decoder import Decoder
        from llm.models.shelf import exported

        if not self.corpus.held_out:
            return {}
        decoder = Decoder(exported(folder, models))
        found = {}
        for voice, rows in self.corpus.held_out.items():
            made = self.examples(rows, _TESTED_WITH)
            said = (decoder.ways(e.text, e.letters) for e in made)
            found[voice] = sum(bool(w) and w[0].tokens == e.tokens for w, e in zip(said, made, strict=True)), len(made)
        return found

    def _shown(self, step: Step) -> None:
        if step.number % 25 == 0 or step.number == step.total:
            rate = step.seconds / max(step.done_now, 1)
            left = (step.total - step.number) * rate / 60
            self.told(f"step {step.number:,} of {step.total:,}, loss {step.loss:.3f}, {left:.0f} minutes left")
