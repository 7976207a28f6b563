"""The loop that tunes a causal model: watched on replies it does not learn from, stopped when they gain no more."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch
from torch import nn

from llm.causal import checkpoint
from llm.causal.checkpoint import Standing, Write
from llm.causal.learner import Learner, Recipe
from llm.causal.replies import Reply

# A watched loss must fall by so much to count as a gain.
_GAIN = 1e-3
_WARMUP = 0.06


@dataclass(frozen=True, slots=True)
class Step:
    """How far tuning is; `watched` is the loss on the watched replies where they were just looked at."""

    number: int
    total: int
    loss: float
    seconds: float
    done_now: int
    watched: float | None


@dataclass(frozen=True, slots=True)
class Course:
    """How tuning went: the loss of each step, the watched losses by step, and where it was stopped early."""

    losses: list[float]
    watched: list[tuple[int, float]]
    stopped_at: int | None


def tune(
    learner: Learner,
    learnt: Sequence[Reply],
    watched: Sequence[Reply],
    file: Path,
    told: Callable[[Step], None] = lambda step: None,
    write: Write = checkpoint.write,
) -> Course:
    """Learn, and leave the learner with what said the watched replies best; goes on from a `file` of this run.

    Raises `AdapterError` for a checkpoint of another run, `DiskFull` where nothing more can be kept.
    """
    recipe = learner.recipe
    plan = [batch for number in range(recipe.epochs) for batch in _batches(learnt, recipe, number)]
    of = sha256(repr((recipe, learner.base.digest(), plan, watched)).encode()).hexdigest()
    optimiser = torch.optim.AdamW(learner.learning, lr=recipe.rate, weight_decay=0.0, betas=(0.9, 0.98))
    standing = checkpoint.kept(file, of)
    if standing is None:
        standing = Standing(learner.state(), learner.state(), {}, [], [(0, learner.said(watched).loss)])
    else:
        learner.restore(standing.learnt)
        checkpoint.restored(optimiser, standing.moments)
    every = max(math.ceil(len(plan) / recipe.epochs / recipe.watches), 1)
    began, started = len(standing.losses), time.perf_counter()
    for number in range(began, len(plan)):
        if _waited(standing.watched) >= recipe.patience:
            break
        rate = _rate(recipe.rate, number, len(plan))
        for group in optimiser.param_groups:
            group["lr"] = rate
        standing.losses.append(learner.learn(plan[number]))
        nn.utils.clip_grad_norm_(learner.learning, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        seen = None
        if (number + 1) % every == 0 or number + 1 == len(plan):
            seen = learner.said(watched).loss
            standing.learnt = learner.state()
            if seen < min(loss for _, loss in standing.watched):
                standing.best = learner.state()
            standing.watched.append((number + 1, seen))
            standing.moments = checkpoint.moments(optimiser)
            checkpoint.keep(standing, file, of, write)
        seconds = time.perf_counter() - started
        told(Step(number + 1, len(plan), standing.losses[-1], seconds, number + 1 - began, seen))
    learner.restore(standing.best)
    done = len(standing.losses)
    return Course(standing.losses, standing.watched, done if done < len(plan) else None)


def _waited(watched: Sequence[tuple[int, float]]) -> int:
    """How many looks at the watched replies have brought no gain since the last that did."""
    best, waited = watched[0][1], 0
    for _, loss in watched[1:]:
        best, waited = (loss, 0) if loss < best - _GAIN else (best, waited + 1)
    return waited


def _rate(highest: float, number: int, total: int) -> float:
    """Up in a straight line, then down as a cosine to a thirtieth."""
    warm = max(round(total * _WARMUP), 1)
    return highest * min(1, (number + 1) / warm) * (0.5 * (1 + math.cos(math.pi * number / total)) * 0.97 + 0.03)


def _batches(replies: Sequence[Reply], recipe: Recipe, number: int) -> Iterator[list[Reply]]:
    """Batches of replies of like length, in an order of their own for each epoch."""
    chance = random.Random(recipe.seed * 1000 + number)
    order = sorted(replies, key=lambda r: len(r.before) + len(r.said) + chance.random() * 8)
    batches = [order[n : n + recipe.batch] for n in range(0, len(order), recipe.batch)]
    chance.shuffle(batches)
    yield from batches
