"""Talking to a chat model through LangChain's port: one JSON object back, and its errors as ours."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from llm.chat.errors import ChatNonsense, ChatUnavailable

logger = logging.getLogger(__name__)
_FENCE = re.compile(r"```(?:json)?\s*(\{.*?\})\s*```", re.DOTALL)


class Talk:
    """A chat model that is asked for JSON objects."""

    def __init__(self, model: BaseChatModel, name: str = "") -> None:
        self.model = model
        self.name = name or str(getattr(model, "model_name", "") or getattr(model, "model", "") or type(model).__name__)
        self._plain = False

    def object(self, messages: Sequence[BaseMessage], schema: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The reply as text and as an object; raises `ChatUnavailable` or `ChatNonsense`."""
        text = self._say(messages, schema)
        return text, as_object(text)

    def _say(self, messages: Sequence[BaseMessage], schema: Mapping[str, Any]) -> str:
        """The reply; a server that does not know structured output is asked again in plain words, once for all."""
        wanted = {"type": "json_schema", "json_schema": {"name": schema["title"], "schema": dict(schema)}}
        try:
            reply = (
                self.model.invoke(list(messages))
                if self._plain
                else self.model.invoke(list(messages), response_format=wanted)
            )
        except ChatUnavailable:
            raise
        except Exception as problem:  # Every provider has an error tree of its own; LangChain has none for all.
            if self._plain or getattr(problem, "status_code", 0) not in (400, 422):
                raise ChatUnavailable(f"the language model {self.name} does not answer: {_why(problem)}") from problem
            logger.info("structured output is refused, asking in plain words: %s", problem)
            self._plain = True
            return self._say(messages, schema)
        return str(reply.text)


def _why(problem: Exception) -> str:
    """A provider's error in one line, with what it came of where it says no more than 'connection error'."""
    if isinstance(problem, (AttributeError, TypeError, ValueError)):
        return "what its server sends is no reply of a chat model; is the address the one up to /v1?"
    first: BaseException = problem
    while (cause := first.__cause__ or first.__context__) is not None:
        first = cause
    message = str(problem) if len(str(problem)) > 40 or str(first) in str(problem) else f"{problem} ({first})"
    return " ".join(message.split())[:200] or type(problem).__name__


def as_object(text: str) -> dict[str, Any]:
    """The JSON object in a reply; raises `ChatNonsense`.

    >>> as_object('Here it is: ```json\\n{"cypher": "RETURN 1"}\\n```')
    {'cypher': 'RETURN 1'}
    """
    fenced = _FENCE.search(text)
    body = fenced.group(1) if fenced else text[text.find("{") : text.rfind("}") + 1]
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise ChatNonsense(f"the reply is no JSON object ({problem})") from problem
    if not isinstance(reply, dict):
        raise ChatNonsense("the reply is no JSON object")
    return reply
