"""`galenic finetune chat`: conversations -> an adapter -> a merged model and a GGUF that say the same -> their card."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llm.causal.conversations import Conversation, Parts, read_all
from llm.causal.folder import Folder, tokenizer_of
from llm.causal.replies import Coder, Reply
from llm.models.errors import CorpusError, ModelError

if TYPE_CHECKING:
    from llm.causal.learner import Learner, Recipe
    from llm.causal.saying import Said
    from llm.causal.tuning import Step

Told = Callable[[str], None]
ADAPTER, MERGED = "adapter", "merged"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: of which base, from which files, into which folder, and in which form of GGUF if any.

    `share` of the questions is kept out of learning; `start` is an adapter to go on from; `said` goes into the card.
    """

    base: Path
    files: Sequence[Path]
    out: Path
    gguf: str | None
    share: float
    start: Path | None
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Data:
    """The replies of each part."""

    learnt: list[Reply]
    watched: list[Reply]
    measured: list[Reply]

    @property
    def ends(self) -> Counter[int]:
        return Counter(r.said[-1] for part in (self.learnt, self.watched, self.measured) for r in part)


def tuned(order: Order, recipe: Recipe, told: Told) -> dict[str, Any]:
    """Tune, export and check a model; the figures before, after, and of what is exported.

    Raises `ModelError`s: `CorpusError` for the data, `BaseUnfit` for the base, `AdapterError` for an export that says
    less than what was trained, `DiskFull`.
    """
    from llm.causal import adapter, gguf_writing, tuning
    from llm.causal.learner import Learner

    base = _base(order, told)
    if order.gguf is not None:
        gguf_writing.require(base)
    tokenizer = tokenizer_of(base.path)
    parts = Parts.of(read_all(order.files), order.share, recipe.seed)
    data = _coded(parts, Coder(tokenizer, min(recipe.longest, base.context)), told)
    learner = Learner(base, recipe)
    if order.start is not None:
        learner.start_from(order.start)
    before = learner.said(data.measured)
    told(f"learning from {len(data.learnt):,} replies; {len(data.watched):,} watched, {len(data.measured):,} measured")
    order.out.mkdir(parents=True, exist_ok=True)
    file = order.out / "checkpoint.safetensors"
    course = tuning.tune(learner, data.learnt, data.watched, file, _shown(told))
    after = learner.said(data.measured)
    adapter.save(learner.state(), learner.settings, base, order.out / ADAPTER)
    exported = _exported(order, learner, tokenizer, data, after)
    figures = {"before": asdict(before), "after": asdict(after), **{k: asdict(v) for k, v in exported.items()}}
    made = {**asdict(recipe), **order.said, "base": str(order.base), "base_sha256": base.digest()}
    made |= {"learnt": len(data.learnt), "watched": len(data.watched), "measured": len(data.measured)}
    made |= {"repeated": parts.repeated, "stopped_at": course.stopped_at, "gguf": order.gguf}
    _kept(order.out, made, figures, {"steps": course.losses, "watched": course.watched})
    file.unlink(missing_ok=True)
    return figures


def _base(order: Order, told: Told) -> Folder:
    """The base as a folder; one that is a GGUF is unpacked beside what is made."""
    from llm.causal import gguf_reading, gguf_writing

    path = order.base
    if path.suffix == ".gguf":
        path = gguf_reading.unpacked(path, order.out / "base", gguf_writing.ARCHITECTURES)
    base = Folder.of(path)
    for name in base.passed_over:
        told(f"{path / name} is a pickle, which may run code, and is not read")
    return base


def _coded(parts: Parts, coder: Coder, told: Told) -> _Data:
    """The parts as numbers; what is too long is told and left aside."""
    if parts.repeated:
        told(f"{parts.repeated:,} conversations are repetitions and left aside")
    coded = [list(coder.replies(part)) for part in (parts.learnt, parts.watched, parts.measured)]
    for at, why in coder.left[:_SHOWN]:
        told(f"{at}: a reply is left aside: with what is before it, it has {why}")
    if len(coder.left) > _SHOWN:
        told(f"{len(coder.left) - _SHOWN:,} more replies are left aside for the same reason")
    if not all(coded):
        raise CorpusError(
            f"nothing is left to learn from, to watch or to measure on: {len(coder.left):,} replies are longer than "
            f"{coder.longest:,} tokens; give shorter ones, or raise --longest if the model takes more"
        )
    return _Data(*coded)


def _exported(order: Order, learner: Learner, tokenizer: Any, data: _Data, after: Said) -> dict[str, Said]:
    """Write what is handed out and let it say the measured replies; what fails the gate is taken away again."""
    from llm.causal import gate, gguf_writing, merged

    folder = order.out / MERGED
    shutil.rmtree(folder, ignore_errors=True)
    wholes = [folder]
    ends = data.ends
    try:
        merged.write(learner.base, order.out / ADAPTER, tokenizer, ends, folder)
        found = {MERGED: gate.merged_says(folder, set(ends), after, data.measured)}
        if order.gguf is not None:
            end = ends.most_common(1)[0][0]
            kind: Any = order.gguf
            file = order.out / f"model-{kind}.gguf"
            wholes.append(file)
            gguf_writing.write(folder, tokenizer, end, kind, file)
            found["gguf"] = gate.gguf_says(file, folder, end, after, data.measured)
    except ModelError:
        for whole in wholes:
            shutil.rmtree(whole) if whole.is_dir() else whole.unlink(missing_ok=True)
        raise
    return found


def _kept(out: Path, made: dict[str, Any], figures: dict[str, Any], losses: dict[str, Any]) -> None:
    from galenic.finetuning import causal_card

    for name, value in (("recipe", made), ("figures", figures), ("losses", losses)):
        (out / f"{name}.json").write_text(json.dumps(value, indent=None if name == "losses" else 2) + "\n", "utf-8")
    causal_card.write(out)


def _shown(told: Told) -> Callable[[Step], None]:
    def show(step: Step) -> None:
        if step.watched is None and step.number % 25:
            return
        left = (step.total - step.number) * step.seconds / max(step.done_now, 1) / 60
        watched = "" if step.watched is None else f", watched {step.watched:.3f}"
        told(f"step {step.number:,} of {step.total:,}, loss {step.loss:.3f}{watched}, {left:.0f} minutes left")

    return show


def in_chat_format(conversations: Sequence[Conversation], file: Path) -> int:
    """Write conversations as lines of JSON that `trl` and transformers read; how many."""
    with file.open("w", encoding="utf-8") as out:
        for conversation in conversations:
            messages = [{"role": t.role, "content": t.content} for t in conversation.turns]
            out.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")
    return len(conversations)
