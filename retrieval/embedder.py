"""Texts to vectors: all-MiniLM-L6-v2 under ONNX Runtime, on a GPU where there is one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.export import MODEL, VERSION, export

DIMENSIONS = 384
_TOKENS = 256
Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Anything that turns texts into unit vectors; `name` identifies it in caches and indexes."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text."""
        ...


class OnnxEncoder:
    """The exported model; texts beyond 256 tokens are cut (passages are made to fit)."""

    name = f"{MODEL}-int8-{VERSION}"

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder, self.threads = folder, threads

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        export(self.folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        gpu = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
        # int8 pays on CPUs alone; a GPU runs the fp32 graph.
        model = "model_fp32.onnx" if gpu else "model.onnx"
        providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if gpu else ["CPUExecutionProvider"]
        return onnxruntime.InferenceSession(str(self.folder / model), options, providers=providers)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        export(self.folder)
        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.enable_truncation(_TOKENS)
        tokenizer.enable_padding()
        return tokenizer

    def encode(self, texts: Sequence[str], batch: int = 16) -> Vectors:
        """Unit vectors of shape (len(texts), 384); texts of like length share a batch, so little is padded."""
        embeddings = np.zeros((len(texts), DIMENSIONS), np.float32)
        order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            coded = self._tokenizer.encode_batch([texts[n] for n in rows])
            ids = np.array([c.ids for c in coded], np.int64)
            mask = np.array([c.attention_mask for c in coded], np.int64)
            embeddings[rows] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return embeddings


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
