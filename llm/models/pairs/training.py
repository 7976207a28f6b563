"""Trains a model of pairs: LoRA on every layer of the base and a head over what it makes of both texts."""

from __future__ import annotations

import math
import random
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from llm.models.errors import AdapterError
from llm.models.pairs import adapter, minilm
from llm.models.pairs.adapter import Shape, Task

_LEARNING = ("query", "key", "value", "dense")
_TYPES = "embeddings.token_type_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and the row of their class."""

    first: str
    second: str
    label: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is trained."""

    epochs: int = 1
    rank: int = 16
    alpha: int = 32
    batch: int = 64
    rate: float = 2e-3
    warmup: int = 20
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Coded:
    """A pair as numbers: ids, which text each belongs to, the row of its class."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    label: int


@dataclass(frozen=True, slots=True)
class Step:
    """How far training is; `seconds` and `done_now` count from where this run began."""

    number: int
    total: int
    loss: float
    seconds: float
    done_now: int


class Reads(nn.Module):  # type: ignore[misc,unused-ignore]
    """The base with its head: ids, mask and types to a score for each class."""

    def __init__(self, body: Any, head: Any, bias: Any) -> None:
        super().__init__()
        self.body, self.head, self.bias = body, head, bias

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """The scores, from the first token's state and the mean of all."""
        given = {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
        states = self.body(input_ids=input_ids, **given).last_hidden_state
        weights = attention_mask.unsqueeze(2).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.cat([states[:, 0], mean], 1) @ self.head.T + self.bias


class Learner:
    """The base model with what is learnt beside it."""

    def __init__(self, task: Task, recipe: Recipe) -> None:
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModel
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        # The base's pooling layer is left aside, which is told at length.
        transformers_logging.set_verbosity_error()
        torch.manual_seed(recipe.seed)
        self.task, self.recipe = task, recipe
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = tokenizer(task.tokens)
        body = AutoModel.from_pretrained(minilm.folder(), local_files_only=True, add_pooling_layer=False)
        config = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(_LEARNING), bias="none")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            peft: Any = get_peft_model(body, config).to(self.device)
        # Which text a token belongs to meant nothing to the base.
        peft.get_base_model().embeddings.token_type_embeddings.weight.requires_grad_(True)
        width = body.config.hidden_size
        head = nn.Parameter(torch.randn(len(task.classes), 2 * width, device=self.device) * 0.02)
        bias = nn.Parameter(torch.zeros(len(task.classes), device=self.device))
        self.model = Reads(peft, head, bias)
        self.model.eval()

    @property
    def learning(self) -> dict[str, Tensor]:
        """What is learnt, by name."""
        named = {n.removeprefix("body."): p for n, p in self.model.named_parameters() if p.requires_grad}
        return {n.replace(".default.", "."): p for n, p in named.items()}

    def coded(self, pair: Pair) -> Coded:
        """A pair as numbers."""
        made = self.tokenizer.encode(pair.first, pair.second)
        return Coded(tuple(made.ids), tuple(made.type_ids), pair.label)

    def scores(self, batch: Sequence[Coded]) -> Tensor:
        """The scores of the classes, a row a pair."""
        longest = max(len(c.ids) for c in batch)
        ids, mask, types = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
        for row, coded in enumerate(batch):
            ids[row, : len(coded.ids)] = torch.tensor(coded.ids)
            types[row, : len(coded.ids)] = torch.tensor(coded.types)
            mask[row, : len(coded.ids)] = 1
        scores: Tensor = self.model(*(t.to(self.device) for t in (ids, mask, types)))
        return scores

    def loss(self, batch: Sequence[Coded]) -> Tensor:
        """How badly a batch is classed."""
        wanted = torch.tensor([c.label for c in batch], device=self.device)
        # Products in bf16 take half the time; what is learnt stays in fp32.
        with torch.autocast(self.device.type, dtype=torch.bfloat16):
            scores = self.scores(batch)
        return nn.functional.cross_entropy(scores.float(), wanted, label_smoothing=0.02)

    def state(self) -> dict[str, Tensor]:
        """A copy of what was learnt."""
        return {name: p.detach().clone() for name, p in self.learning.items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take what was learnt before."""
        with torch.no_grad():
            for name, p in self.learning.items():
                p.copy_(state[name])

    def start_from(self, folder: Path) -> None:
        """Take what an adapter has learnt; raises `AdapterError` where it has another shape."""
        tensors, shape = adapter.load(folder, self.task)
        if shape != Shape(self.recipe.rank, self.recipe.alpha) or set(tensors) != set(self.learning):
            raise AdapterError(f"{folder} has other layers or another rank than the recipe; train with its own recipe")
        self.restore({name: torch.from_numpy(array) for name, array in tensors.items()})


def tokenizer(tokens: int) -> Any:
    """The base's tokenizer for pairs; the longer text is cut where both are too long."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(minilm.folder() / minilm.TOKENIZER))
    made.enable_truncation(tokens, strategy="longest_first")
    made.no_padding()
    return made


def train(
    learner: Learner,
    epochs: Sequence[Sequence[Coded]],
    told: Callable[[Step], None] = lambda step: None,
    checkpoint: Path | None = None,
    every: int = 100,
) -> list[float]:
    """Learn from each list of pairs in turn; the loss of each step. Goes on from a checkpoint that is there."""
    recipe, named = learner.recipe, learner.learning
    optimiser = torch.optim.AdamW(list(named.values()), lr=recipe.rate, weight_decay=0.01, betas=(0.9, 0.98))
    plan = [batch for number, coded in enumerate(epochs) for batch in _batches(coded, recipe, number)]
    whole = sha256(repr((learner.task, recipe, plan)).encode()).hexdigest()
    losses: list[float] = []
    if checkpoint is not None and checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        if kept["of"] != whole:
            raise AdapterError(f"{checkpoint} is of a run with other pairs or another recipe; give another folder")
        learner.restore(kept["state"])
        optimiser.load_state_dict(kept["optimiser"])
        losses = kept["losses"]
    began, started = len(losses), time.perf_counter()
    for number in range(began, len(plan)):
        done = number / len(plan)
        rate = recipe.rate * min(1, (number + 1) / recipe.warmup) * (0.5 * (1 + math.cos(math.pi * done)) * 0.97 + 0.03)
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss = learner.loss(plan[number])
        loss.backward()
        nn.utils.clip_grad_norm_(list(named.values()), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
        told(Step(number + 1, len(plan), losses[-1], time.perf_counter() - started, number + 1 - began))
        if checkpoint is not None and (number + 1) % every == 0:
            work = checkpoint.with_suffix(".part")
            kept = {"of": whole, "state": learner.state(), "optimiser": optimiser.state_dict(), "losses": losses}
            torch.save(kept, work)
            work.replace(checkpoint)
    return losses


def _batches(coded: Sequence[Coded], recipe: Recipe, number: int) -> Iterator[list[Coded]]:
    """Batches of pairs of like length, in an order of their own for each epoch."""
    chance = random.Random(recipe.seed * 1000 + number)
    order = sorted(coded, key=lambda c: len(c.ids) + chance.random() * 6)
    batches = [order[n : n + recipe.batch] for n in range(0, len(order), recipe.batch)]
    chance.shuffle(batches)
    yield from batches
