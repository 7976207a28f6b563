"""Says the form of a question: a beam search over the exported model in which only well-typed tokens are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from llm.models.errors import AdapterError
from llm.models.export import GRAPH, LONGEST, TOKENIZER
from llm.models.grammar import allowed
from llm.models.vocabulary import END, rows, spelled, tokens, words

Array = NDArray[Any]
# The longest form of any question known has 17 tokens.
_MOST_TOKENS = 40
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Said:
    """What a model says, without the end, and the log-probability of saying it."""

    tokens: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _Beam:
    """One unfinished way to go on: what was said, and its score."""

    said: tuple[str, ...]
    score: float


class Decoder:
    """The exported model; opened on first use, one thread."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder, self.threads = folder, threads

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

        return Tokenizer.from_file(str(self.folder / TOKENIZER))

    @cached_property
    def _ids(self) -> Array:
        """The id of each token of the notation in the base's vocabulary."""
        ids = []
        for token, word in words().items():
            coded = [self._tokenizer.token_to_id(_END_OF_TEXT)] if token == END else self._pieces(spelled(word))
            if len(coded) != 1 or coded[0] is None:
                raise AdapterError(f"{self.folder / TOKENIZER} does not know {word!r}; export the model again")
            ids.append(coded[0])
        return np.array(ids, np.int64)

    def _pieces(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def ways(self, text: str, letters: Mapping[str, Sequence[str]], width: int = 4) -> list[Said]:
        """What the question may mean, likeliest first, at most `width`; nothing for one that is too long."""
        prompt = self._pieces(text + "\n")
        if len(prompt) + _MOST_TOKENS > LONGEST:
            return []
        scores, past = self._run(np.array([prompt], np.int64), self._nothing, 0)
        beams, done = [_Beam((), 0.0)], list[Said]()
        at = len(prompt)
        for _ in range(_MOST_TOKENS):
            chosen = _best(beams, scores, letters, width)
            done += [Said(b.said, s) for b, token, s, _ in chosen if token == END]
            going = [(b, token, s, row) for b, token, s, row in chosen if token != END]
            done = sorted(done, key=lambda d: -d.score)[:width]
            # No way to go on becomes likelier: those behind the last that is kept are given up.
            worst = done[-1].score if len(done) == width else _NEVER
            going = [g for g in going if g[2] > worst]
            if not going:
                break
            beams = [_Beam((*b.said, token), s) for b, token, s, _ in going]
            kept = np.array([row for *_, row in going])
            past = {name: array[kept] for name, array in past.items()}
            new = self._ids[[rows()[b.said[-1]] for b in beams]][:, None]
            scores, past = self._run(new, past, at)
            at += 1
        return done

    def says(self, text: str, said: Sequence[str]) -> bool:
        """Whether each token of a form, and the end after it, is the likeliest of all after those before it."""
        ids, past, at = np.array([self._pieces(text + "\n")], np.int64), self._nothing, 0
        for token in (*said, END):
            scores, past = self._run(ids, past, at)
            row, at = rows()[token], at + ids.shape[1]
            if int(scores[0].argmax()) != row:
                return False
            ids = self._ids[[row]][None]
        return True

    @cached_property
    def _nothing(self) -> dict[str, Array]:
        inputs = [i for i in self._session.get_inputs() if i.name.startswith("past.")]
        return {i.name: np.zeros((1, i.shape[1], 0, i.shape[3]), np.float32) for i in inputs}

    @cached_property
    def _outputs(self) -> list[str]:
        return [o.name for o in self._session.get_outputs()]

    def _run(self, ids: Array, past: Mapping[str, Array], at: int) -> tuple[Array, dict[str, Array]]:
        """Log-probabilities of the tokens after `ids`, and what was read so far."""
        whole = at + ids.shape[1]
        ends = np.full(len(ids), whole - 1, np.int32)
        found = self._session.run(None, {"ids": ids, "ends": ends, "total": np.array(whole, np.int32), **past})
        scores = found[0].reshape(len(ids), -1).astype(np.float64)
        scores -= scores.max(1, keepdims=True)
        scores -= np.log(np.exp(scores).sum(1, keepdims=True))
        present = {n.replace("present", "past"): a for n, a in zip(self._outputs[1:], found[1:], strict=True)}
        return scores, present


_END_OF_TEXT = "<|im_end|>"


def _best(
    beams: Sequence[_Beam], scores: Array, letters: Mapping[str, Sequence[str]], width: int
) -> list[tuple[_Beam, str, float, int]]:
    """The likeliest ways to go on by one token that the grammar allows."""
    options = []
    names, at = tokens(), rows()
    for row, beam in enumerate(beams):
        may = [at[t] for t in allowed(beam.said, letters) if t in at]
        likely = sorted(may, key=lambda r: -scores[row, r])[:width]
        options += [(beam, names[r], beam.score + float(scores[row, r]), row) for r in likely]
    return sorted(options, key=lambda o: -o[2])[:width]
