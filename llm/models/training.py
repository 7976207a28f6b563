"""Fine-tunes the base model as a parser: LoRA on its upper layers and a head of its own, on a processor or a GPU."""

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
from torch import nn

from llm.models import adapter
from llm.models.errors import AdapterError
from llm.models.smollm import MODEL
from llm.models.vocabulary import END, rows, spelled, words

Tensor = Any
_LEARNING = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a parser is trained; `first_layer` is the lowest layer that learns."""

    rank: int = 16
    alpha: int = 32
    first_layer: int = 10
    rate: float = 8e-4
    batch: int = 32
    epochs: int = 3
    warmup: int = 60
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Coded:
    """An example as numbers: the prompt's ids, then the rows of the head to be said."""

    prompt: tuple[int, ...]
    said: tuple[int, ...]


class Learner:
    """The base model with what is learnt beside it."""

    def __init__(self, base: Path, recipe: Recipe) -> None:
        from peft import LoraConfig, get_peft_model
        from transformers import AutoModelForCausalLM, AutoTokenizer

        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = AutoTokenizer.from_pretrained(base)
        model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16, attn_implementation="sdpa")
        _fuse_norms(model)
        layers = list(range(recipe.first_layer, model.config.num_hidden_layers))
        self.settings: dict[str, Any] = {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": f"HuggingFaceTB/{MODEL}",
            "r": recipe.rank,
            "lora_alpha": recipe.alpha,
            "target_modules": list(_LEARNING),
            "layers_to_transform": layers,
            "bias": "none",
        }
        config = LoraConfig(**self.settings)
        with warnings.catch_warnings():
            # PEFT asks for a property that transformers renamed.
            warnings.simplefilter("ignore", FutureWarning)
            self.model: Any = get_peft_model(model, config, autocast_adapter_dtype=False).to(self.device)
        self.body: Any = self.model.get_base_model().model
        self.ids = torch.tensor([self._id(token, word) for token, word in words().items()], device=self.device)
        self.head = nn.Parameter(self.body.embed_tokens.weight.data[self.ids].float().clone())
        self.small = [p for p in self.model.parameters() if p.requires_grad]
        # Steps too small for bf16 would vanish: what is learnt is kept in fp32 beside it.
        self.exact = [p.detach().float().clone() for p in self.small]

    def _id(self, token: str, word: str) -> int:
        if token == END:
            return int(self.tokenizer.eos_token_id)
        (one,) = self.tokenizer(spelled(word), add_special_tokens=False)["input_ids"]
        return int(one)

    def coded(self, text: str, tokens: Sequence[str]) -> Coded:
        """An example as numbers."""
        prompt = self.tokenizer(text + "\n")["input_ids"]
        return Coded(tuple(prompt), tuple(rows()[t] for t in [*tokens, END]))

    def loss(self, batch: Sequence[Coded]) -> Tensor:
        """How badly the batch is said: the mean over its tokens."""
        said = self.ids.tolist()
        sequences = [[*c.prompt, *(said[r] for r in c.said[:-1])] for c in batch]
        longest = max(map(len, sequences))
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        places: list[tuple[int, int]] = []
        wanted: list[int] = []
        for row, (coded, sequence) in enumerate(zip(batch, sequences, strict=True)):
            ids[row, : len(sequence)] = torch.tensor(sequence)
            places += [(row, len(coded.prompt) - 1 + n) for n in range(len(coded.said))]
            wanted += coded.said
        # Padding stands on the right and attention looks to the left: no mask is needed.
        states = self.body(input_ids=ids.to(self.device), use_cache=False).last_hidden_state
        at = torch.tensor(places, device=self.device)
        scores = states[at[:, 0], at[:, 1]].float() @ self.head.T
        return nn.functional.cross_entropy(scores, torch.tensor(wanted, device=self.device))

    def says(self, coded: Coded) -> bool:
        """Whether each token of a form, and the end after it, is the likeliest of all after those before it."""
        ids = [*coded.prompt, *self.ids[list(coded.said[:-1])].tolist()]
        with torch.no_grad():
            states = self.body(input_ids=torch.tensor([ids], device=self.device), use_cache=False).last_hidden_state
            scores = states[0, len(coded.prompt) - 1 :].float() @ self.head.T
        return bool((scores.argmax(1) == torch.tensor(coded.said, device=self.device)).all())

    def state(self) -> dict[str, Tensor]:
        """What was learnt, by name."""
        named = dict(zip((n for n, p in self.model.named_parameters() if p.requires_grad), self.exact, strict=True))
        return {**{n: t.clone() for n, t in named.items()}, "head": self.head.detach().clone()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take what was learnt before."""
        names = [n for n, p in self.model.named_parameters() if p.requires_grad]
        with torch.no_grad():
            for name, small, exact in zip(names, self.small, self.exact, strict=True):
                exact.copy_(state[name])
                small.copy_(state[name])
            self.head.copy_(state["head"])

    def start_from(self, folder: Path) -> None:
        """Take what an adapter has learnt; raises `AdapterError` where it has another shape."""
        learnt, _ = adapter.load(folder)
        named = {n: n.replace(".default.", ".") for n, p in self.model.named_parameters() if p.requires_grad}
        if set(named.values()) != set(learnt) - {"head"}:
            raise AdapterError(f"{folder} has other layers or another rank than the recipe; train with its own recipe")
        tensors = {name: torch.from_numpy(array) for name, array in learnt.items()}
        self.restore({**{name: tensors[key] for name, key in named.items()}, "head": tensors["head"]})


def _fuse_norms(model: Any) -> None:
    """One kernel for each normalisation."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child).__name__ == "LlamaRMSNorm":
                fused = nn.RMSNorm(child.weight.shape[0], eps=child.variance_epsilon, dtype=child.weight.dtype)
                fused.weight = child.weight
                setattr(module, name, fused)


@dataclass(frozen=True, slots=True)
class Step:
    """How far training is; `seconds` and `done_now` count from where this run began."""

    number: int
    total: int
    loss: float
    seconds: float
    done_now: int


def train(
    learner: Learner,
    epochs: Sequence[Sequence[Coded]],
    told: Callable[[Step], None] = lambda step: None,
    checkpoint: Path | None = None,
    every: int = 200,
) -> list[float]:
    """Learn from each list of examples in turn; the loss of each step. Goes on from a checkpoint that is there."""
    recipe = learner.recipe
    optimiser = torch.optim.AdamW(
        [{"params": learner.exact}, {"params": [learner.head]}], lr=recipe.rate, weight_decay=0.01, betas=(0.9, 0.98)
    )
    plan = [batch for number, coded in enumerate(epochs) for batch in _batches(coded, recipe, number)]
    whole = sha256(repr((recipe, plan)).encode()).hexdigest()
    losses: list[float] = []
    if checkpoint is not None and checkpoint.exists():
        kept = torch.load(checkpoint, weights_only=True)
        if kept["of"] != whole:
            raise AdapterError(f"{checkpoint} is of a run with other questions or another recipe; give another folder")
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
        for small, exact in zip(learner.small, learner.exact, strict=True):
            exact.grad = small.grad.float()
            small.grad = None
        nn.utils.clip_grad_norm_([*learner.exact, learner.head], 1.0)
        optimiser.step()
        optimiser.zero_grad()
        with torch.no_grad():
            for small, exact in zip(learner.small, learner.exact, strict=True):
                small.copy_(exact)
        losses.append(float(loss.detach()))
        told(Step(number + 1, len(plan), losses[-1], time.perf_counter() - started, number + 1 - began))
        if checkpoint is not None and (number + 1) % every == 0:
            work = checkpoint.with_suffix(".part")
            kept = {"of": whole, "state": learner.state(), "optimiser": optimiser.state_dict(), "losses": losses}
            torch.save(kept, work)
            work.replace(checkpoint)
    return losses


def _batches(coded: Sequence[Coded], recipe: Recipe, number: int) -> Iterator[list[Coded]]:
    """Batches of examples of like length, in an order of their own for each epoch."""
    chance = random.Random(recipe.seed * 1000 + number)
    order = sorted(coded, key=lambda c: len(c.prompt) + len(c.said) + chance.random() * 6)
    batches = [order[n : n + recipe.batch] for n in range(0, len(order), recipe.batch)]
    chance.shuffle(batches)
    yield from batches
