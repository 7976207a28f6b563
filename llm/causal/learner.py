"""A causal model that learns beside its frozen weights: LoRA on all of its linear layers, on a processor or a GPU."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from llm.causal import adapter
from llm.causal.folder import Folder, model_of
from llm.causal.replies import Reply
from llm.causal.saying import Said, pieces, said, scores
from llm.models.errors import AdapterError

Tensor = Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is tuned; `watches` are looks at the watched replies in an epoch, `patience` those without a gain."""

    rank: int = 16
    alpha: int = 32
    rate: float = 3e-4
    batch: int = 16
    epochs: int = 3
    longest: int = 1024
    watches: int = 2
    patience: int = 3
    seed: int = 0
    four_bit: bool = False


class Learner:
    """A base model with what is learnt beside it."""

    def __init__(self, base: Folder, recipe: Recipe) -> None:
        from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

        torch.manual_seed(recipe.seed)
        self.base, self.recipe = base, recipe
        model = model_of(base.path, recipe.four_bit)
        self.settings: dict[str, Any] = {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": str(base.path.resolve()),
            "r": recipe.rank,
            "lora_alpha": recipe.alpha,
            "target_modules": "all-linear",
            "bias": "none",
        }
        with warnings.catch_warnings():
            # PEFT asks for a property that transformers renamed, and warns of weights that lie the other way round.
            warnings.simplefilter("ignore")
            if recipe.four_bit:
                model = prepare_model_for_kbit_training(model)
            peft: Any = get_peft_model(model, LoraConfig(**self.settings))
        self.model: Any = peft.get_base_model()
        if not recipe.four_bit:
            self.model.to("cuda" if torch.cuda.is_available() else "cpu")
        self._named = {n: p for n, p in peft.named_parameters() if p.requires_grad}
        self.learning = list(self._named.values())

    def learn(self, batch: Sequence[Reply]) -> float:
        """Add the gradients of a batch; its mean loss."""
        self.model.train()
        whole, tokens = 0.0, sum(len(r.said) for r in batch)
        for piece in pieces(batch):
            found, wanted = scores(self.model, piece)
            loss = nn.functional.cross_entropy(found, wanted, reduction="sum") / tokens
            loss.backward()
            whole += float(loss.detach())
        return whole

    def said(self, replies: Sequence[Reply]) -> Said:
        """How well it says replies."""
        return said(self.model, replies)

    def state(self) -> dict[str, Tensor]:
        """What was learnt, by name."""
        return {name: p.detach().clone().cpu() for name, p in self._named.items()}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take what was learnt before."""
        with torch.no_grad():
            for name, parameter in self._named.items():
                parameter.copy_(state[name])

    def start_from(self, folder: Path) -> None:
        """Take what an adapter has learnt; raises `AdapterError` for one of another base or another rank."""
        learnt = adapter.load(folder, self.base)
        named = {name: name.replace(".default.", ".") for name in self._named}
        fits = set(named.values()) == set(learnt) and all(
            learnt[k].shape == self._named[n].shape for n, k in named.items()
        )
        if not fits:
            raise AdapterError(f"{folder} has other layers or another rank than the recipe; train with its own --rank")
        self.restore({name: learnt[key] for name, key in named.items()})
