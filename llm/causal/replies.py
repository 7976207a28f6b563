"""Replies as numbers: what a model is shown before each, in its own template, and the tokens that it should say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from llm.causal.conversations import Conversation
from llm.models.errors import BaseUnfit

TOO_LONG = "longer than the context"


@dataclass(frozen=True, slots=True)
class Reply:
    """The ids before a reply and those of the reply, the end of a turn last; `at` is its file and line."""

    at: str
    before: tuple[int, ...]
    said: tuple[int, ...]


@dataclass(slots=True)
class Coder:
    """Turns conversations into replies; those that do not fit stand in `left`, with what is wrong with each.

    Each reply is rendered as it is asked for later: what comes before it with the opening of a reply, then the reply
    and the token that ends it. So no token is learnt that is not said, whatever the template does with earlier turns.
    """

    tokenizer: Any
    longest: int
    left: list[tuple[str, str]] = field(default_factory=list)

    def replies(self, found: Iterable[Conversation]) -> Iterator[Reply]:
        """A reply for each turn of the assistant."""
        for conversation in found:
            for number, turn in enumerate(conversation.turns):
                if turn.role == "assistant":
                    reply = self._reply(conversation, number)
                    if len(reply.before) + len(reply.said) > self.longest:
                        much = f"{len(reply.before) + len(reply.said):,} tokens, {TOO_LONG} of {self.longest:,}"
                        self.left.append((reply.at, much))
                    else:
                        yield reply

    def _reply(self, conversation: Conversation, number: int) -> Reply:
        messages = [{"role": t.role, "content": t.content} for t in conversation.turns[: number + 1]]
        opening = self._rendered(messages[:-1], conversation.at, opens=True)
        whole = self._rendered(messages, conversation.at, opens=False)
        if not whole.startswith(opening):
            # Some templates open a reply with more than they keep of one that was given.
            opening = self._rendered(messages[:-1], conversation.at, opens=False)
            if not whole.startswith(opening):
                raise BaseUnfit(f"{conversation.at}: the model's chat template changes what stands before a reply")
        before, said = self._ids(opening), self._ids(whole[len(opening) :].rstrip())
        if not said or said[-1] not in self.ends():
            said = [*said, self.tokenizer.eos_token_id]
        return Reply(conversation.at, tuple(before), tuple(said))

    def ends(self) -> set[int]:
        """The tokens that may end a reply: the special ones."""
        return {int(i) for i, t in self.tokenizer.added_tokens_decoder.items() if t.special}

    def _ids(self, text: str) -> list[int]:
        return [int(i) for i in self.tokenizer(text, add_special_tokens=False)["input_ids"]]

    def _rendered(self, messages: list[dict[str, str]], at: str, *, opens: bool) -> str:
        try:
            return str(self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=opens))
        except Exception as problem:  # A template raises what it likes for turns that it does not take.
            why = " ".join(str(problem).split())[:200]
            raise BaseUnfit(f"{at}: the model's chat template does not take these turns ({why})") from problem
