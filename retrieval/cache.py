"""Vectors kept by the hash of their text, so that an unchanged passage is never embedded twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from retrieval.embedder import Encoder, Vectors

_KEY = np.dtype("V16")
_BLOCK = 512


class VectorCache:
    """All vectors of one encoder in two files: sorted keys and their vectors."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder = folder / encoder.name
        self.encoder = encoder

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] = lambda done, total: None
    ) -> tuple[Vectors, int]:
        """Unit vectors of all texts, and how many had to be embedded; every block done is kept, whatever happens
        next.
        """
        keys = np.array([xxhash.xxh3_128_digest(t.encode()) for t in texts], dtype=_KEY)
        known, vectors = self._load()
        missing = [int(n) for n in np.flatnonzero(~np.isin(_text(keys), _text(known)))]
        fresh = list({bytes(keys[n]): n for n in missing}.values())
        for block, done in _blocks(fresh):
            made = self.encoder.encode([texts[n] for n in block])
            known, vectors = np.concatenate([known, keys[block]]), np.concatenate([vectors, made])
            progress(done, len(fresh))
        if fresh:
            self._save(known, vectors)
        order = np.argsort(_text(known), kind="stable")
        place = order[np.searchsorted(_text(known), _text(keys), sorter=order)] if len(keys) else np.array([], int)
        return vectors[place], len(fresh)

    def _load(self) -> tuple[NDArray[np.void], Vectors]:
        try:
            keys = np.load(self.folder / "keys.npy")
            vectors = np.load(self.folder / "vectors.npy")
        except (OSError, ValueError):
            return np.zeros(0, _KEY), np.zeros((0, self.encoder.dimensions), np.float32)
        size = min(len(keys), len(vectors))
        return keys[:size], vectors[:size]

    def _save(self, keys: NDArray[np.void], vectors: Vectors) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Vectors first: a kill between the two leaves fewer keys than vectors, in the same order.
        for name, array in (("vectors", vectors), ("keys", keys)):
            work = self.folder / f".{name}-{os.getpid()}.npy"
            np.save(work, array)
            work.replace(self.folder / f"{name}.npy")


def _text(keys: NDArray[np.void]) -> NDArray[np.bytes_]:
    """Keys as hex, since NumPy does not order raw bytes that end in zeros."""
    return np.array([bytes(k).hex().encode() for k in keys], dtype="S32")


def _blocks(rows: Sequence[int]) -> Iterator[tuple[list[int], int]]:
    for start in range(0, len(rows), _BLOCK):
        block = list(rows[start : start + _BLOCK])
        yield block, start + len(block)
