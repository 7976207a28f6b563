"""Reads pairs by an exported model under ONNX Runtime: a share for each class."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm.models.pairs import minilm
from llm.models.pairs.adapter import Task
from llm.models.pairs.export import GRAPH

Shares = NDArray[np.float32]


class PairModel:
    """An exported model of a task; `line` is from where on its first class is believed."""

    def __init__(self, folder: Path, task: Task, line: float = 0.5, threads: int = 1) -> None:
        self.folder, self.task, self.line, self.threads = folder, task, line, threads

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(self.folder / GRAPH), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / minilm.TOKENIZER))
        tokenizer.enable_truncation(self.task.tokens, strategy="longest_first")
        tokenizer.enable_padding()
        return tokenizer

    def shares(self, pairs: Sequence[tuple[str, str]], batch: int = 16) -> Shares:
        """The shares of the classes, a row a pair; pairs of like length are read together, so little is padded."""
        found = np.zeros((len(pairs), len(self.task.classes)), np.float32)
        order = sorted(range(len(pairs)), key=lambda n: sum(map(len, pairs[n])))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            coded = self._tokenizer.encode_batch([pairs[n] for n in rows])
            given = {
                "input_ids": np.array([c.ids for c in coded], np.int64),
                "attention_mask": np.array([c.attention_mask for c in coded], np.int64),
                "token_type_ids": np.array([c.type_ids for c in coded], np.int64),
            }
            scores = self._session.run(None, given)[0]
            odds = np.exp(scores - scores.max(1, keepdims=True))
            found[rows] = odds / odds.sum(1, keepdims=True)
        return found
