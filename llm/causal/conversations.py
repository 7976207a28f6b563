"""Conversations to learn from: JSONL in the chat format, without repetitions, in parts that share no question."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from llm.models.errors import CorpusError

ROLES = ("system", "user", "assistant")
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order, at least one of them the assistant's; `at` is their file and line."""

    at: str
    turns: tuple[Turn, ...]

    @property
    def asks(self) -> str:
        """What identifies its question: whatever is said before the first reply, without regard to case and spaces."""
        before = [t.content for t in self.turns[: next(n for n, t in enumerate(self.turns) if t.role == "assistant")]]
        return sha256("\n".join(" ".join(text.casefold().split()) for text in before).encode()).hexdigest()


def conversations(file: Path) -> Iterator[Conversation]:
    """Each line of a file; raises `CorpusError` with file and line for one that is no conversation."""
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as problem:
        raise CorpusError(
            f"{file}: is no UTF-8 text ({problem.reason} at byte {problem.start}); save it as such"
        ) from None
    except OSError as problem:
        raise CorpusError(f"{file}: cannot be read ({problem.strerror})") from problem
    for number, line in enumerate(lines, 1):
        if line.strip():
            at = f"{file}:{number}"
            yield Conversation(at, tuple(_turns(line, at)))


def _turns(line: str, at: str) -> Iterator[Turn]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise CorpusError(f"{at}: is no JSON ({problem}); mend or remove the line") from None
    messages = read.get("messages") if isinstance(read, dict) else None
    if not isinstance(messages, list) or not messages:
        raise CorpusError(f'{at}: has no messages; a line is {{"messages": [{{"role": ..., "content": ...}}, ...]}}')
    for number, message in enumerate(messages, 1):
        yield _turn(message, f"{at}: message {number}")
    if not any(m["role"] == "assistant" for m in messages):
        raise CorpusError(f"{at}: nothing in it is said by the assistant; there is nothing to learn from it")
    if messages[0]["role"] == "assistant":
        raise CorpusError(f"{at}: begins with a reply; put what the reply is to before it")


def _turn(message: Any, where: str) -> Turn:
    if not isinstance(message, dict):
        raise CorpusError(f"{where} is no object with role and content")
    role, content = message.get("role"), message.get("content")
    if role not in ROLES:
        raise CorpusError(f"{where} has the unknown role {str(role)[:40]!r}; known: {', '.join(ROLES)}")
    if not isinstance(content, str):
        raise CorpusError(f"{where} has no text as its content; only text is learnt from")
    if role == "assistant" and not content.strip():
        raise CorpusError(f"{where} is an empty reply; write what is to be said, or remove the line")
    return Turn(role, content)


@dataclass(frozen=True, slots=True)
class Parts:
    """Conversations to learn from, to watch while learning, and to measure on: no question stands in two of them."""

    learnt: tuple[Conversation, ...]
    watched: tuple[Conversation, ...]
    measured: tuple[Conversation, ...]
    repeated: int = 0

    @classmethod
    def of(cls, found: Iterable[Conversation], share: float, seed: int) -> Parts:
        """The parts; `share` of all questions is kept out of learning, half of it watched and half measured.

        Raises `CorpusError` where there are fewer than three questions.
        """
        groups: dict[str, dict[tuple[Turn, ...], Conversation]] = {}
        number = 0
        for conversation in found:
            groups.setdefault(conversation.asks, {}).setdefault(conversation.turns, conversation)
            number += 1
        if len(groups) < _FEWEST:
            raise CorpusError(
                f"of {number:,} lines only {len(groups)} ask something of their own; at least {_FEWEST} must: one to "
                "learn from, one to watch, one to measure on"
            )
        drawn = sorted(groups, key=lambda asks: sha256(f"{seed} {asks}".encode()).digest())
        kept_out = min(max(round(len(drawn) * share / 2), 1), (len(drawn) - 1) // 2)
        parts = (drawn[2 * kept_out :], drawn[:kept_out], drawn[kept_out : 2 * kept_out])
        learnt, watched, measured = (tuple(c for asks in part for c in groups[asks].values()) for part in parts)
        return cls(learnt, watched, measured, number - len(learnt) - len(watched) - len(measured))


def read_all(files: Sequence[Path]) -> list[Conversation]:
    """The conversations of several files; raises `CorpusError`."""
    return [conversation for file in files for conversation in conversations(file)]
