"""Texts to vectors: an encoder's graph under ONNX Runtime, on a GPU where there is one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.catalogue import EncoderCard

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors; `name` identifies it in caches and indexes, `share` is the dense
    share of a fused score that serves it best.
    """

    name: str
    dimensions: int
    share: float

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a passage."""
        ...

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of what is searched for."""
        ...


class OnnxEncoder:
    """The encoder of a card, its files in a folder; texts beyond its largest length are cut."""

    def __init__(self, card: EncoderCard, folder: Path, threads: int = 1) -> None:
        self.card, self.folder, self.threads = card, folder, threads
        self.name, self.dimensions, self.share = card.identity, card.dimensions, card.share

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        gpu = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
        # int8 pays on CPUs alone; a GPU runs the fp32 graph where there is one.
        whole = self.folder / "model_fp32.onnx"
        model = whole if gpu and whole.exists() else self.folder / "model.onnx"
        providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if gpu else ["CPUExecutionProvider"]
        return onnxruntime.InferenceSession(str(model), options, providers=providers)

    @cached_property
    def _inputs(self) -> frozenset[str]:
        return frozenset(given.name for given in self._session.get_inputs())

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(self.card.tokens)
        tokenizer.enable_padding()
        return tokenizer

    def encode(self, texts: Sequence[str], batch: int = 16) -> Vectors:
        """Unit vectors, a row a text; texts of like length share a batch, so little is padded."""
        embeddings = np.zeros((len(texts), self.dimensions), np.float32)
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            coded = self._tokenizer.encode_batch([texts[n] for n in rows])
            mask = np.array([c.attention_mask for c in coded], np.int64)
            given = {
                "input_ids": np.array([c.ids for c in coded], np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            }
            hidden = self._session.run(None, {name: given[name] for name in self._inputs})[0]
            embeddings[rows] = pooled(hidden, mask, self.card)
        return embeddings

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a query, which some encoders want to be told from a passage by a prefix."""
        vector: Vectors = self.encode([self.card.prefix + text])[0]
        return vector


def pooled(hidden: NDArray[np.float32], mask: NDArray[np.int64], card: EncoderCard) -> Vectors:
    """One unit vector a text from the vectors of its tokens: their mean, or that of the first.

    >>> from retrieval.catalogue import BGE_SMALL, MINILM
    >>> tokens = np.array([[[3.0, 4.0], [5.0, 12.0], [9.0, 9.0]]], np.float32)
    >>> pooled(tokens, np.array([[1, 1, 0]]), BGE_SMALL).round(2).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    >>> pooled(tokens, np.array([[1, 1, 0]]), MINILM).round(2).tolist()
    [[0.44999998807907104, 0.8899999856948853]]
    """
    if card.pooling == "cls":
        vectors = hidden[:, 0]
    else:
        weights = mask[:, :, None].astype(np.float32)
        vectors = (hidden * weights).sum(1) / np.maximum(weights.sum(1), 1)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
