"""How well a model says replies that it is shown token by token: what learning betters and an export keeps."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from llm.causal.replies import Reply

Tensor = Any
# So many tokens go through a model at once; more of them would need more memory than most machines have.
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Said:
    """Figures over replies, `spoken` tokens in all.

    The mean loss of a token, and the shares of tokens, whole replies and ends that are said rightly.
    """

    number: int
    spoken: int
    loss: float
    tokens: float
    replies: float
    ends: float


def scores(model: Any, batch: Sequence[Reply]) -> tuple[Tensor, Tensor]:
    """The scores of each token of the replies of a batch, after the right ones before it, and these tokens."""
    sequences = [[*r.before, *r.said[:-1]] for r in batch]
    longest, first = max(map(len, sequences)), min(len(r.before) for r in batch) - 1
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    there = torch.zeros_like(ids)
    places: list[tuple[int, int]] = []
    for row, (reply, sequence) in enumerate(zip(batch, sequences, strict=True)):
        ids[row, : len(sequence)] = torch.tensor(sequence)
        there[row, : len(sequence)] = 1
        places += [(row, len(reply.before) - 1 + n - first) for n in range(len(reply.said))]
    device = model.device
    some = "logits_to_keep" in inspect.signature(model.forward).parameters
    more = {"logits_to_keep": longest - first} if some else {}
    out = model(input_ids=ids.to(device), attention_mask=there.to(device), use_cache=False, **more).logits
    if not some:
        out = out[:, first:]
    at = torch.tensor(places, device=device)
    wanted = torch.tensor([token for reply in batch for token in reply.said], device=device)
    return out[at[:, 0], at[:, 1]].float(), wanted


def pieces(batch: Sequence[Reply]) -> Iterator[list[Reply]]:
    """A batch in pieces that fit into memory, at least one reply in each."""
    piece: list[Reply] = []
    longest = 0
    for reply in sorted(batch, key=lambda r: len(r.before) + len(r.said)):
        longest = max(longest, len(reply.before) + len(reply.said))
        if piece and longest * (len(piece) + 1) > _AT_ONCE:
            yield piece
            piece = []
        piece.append(reply)
    if piece:
        yield piece


def said(model: Any, replies: Sequence[Reply], at_once: int = 16) -> Said:
    """The figures of a model over replies."""
    model.eval()
    loss, tokens, right, whole, ends = 0.0, 0, 0, 0, 0
    ordered = sorted(replies, key=lambda r: len(r.before) + len(r.said))
    with torch.no_grad():
        for n in range(0, len(ordered), at_once):
            for piece in pieces(ordered[n : n + at_once]):
                found, wanted = scores(model, piece)
                loss += float(nn.functional.cross_entropy(found, wanted, reduction="sum"))
                hits = (found.argmax(1) == wanted).split([len(r.said) for r in piece])
                tokens += len(wanted)
                right += sum(int(h.sum()) for h in hits)
                whole += sum(bool(h.all()) for h in hits)
                ends += sum(bool(h[-1]) for h in hits)
    number = max(len(replies), 1)
    mean = loss / max(tokens, 1)
    if not math.isfinite(mean):
        mean = math.inf
    return Said(len(replies), tokens, mean, right / max(tokens, 1), whole / number, ends / number)
