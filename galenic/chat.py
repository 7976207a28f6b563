"""The chat model that the settings name, as a connection that opens with its first question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from galenic.outside import require_inside
from galenic.settings import Settings

if TYPE_CHECKING:
    from llm.chat.talk import Talk


# What a name of a model begins with that is a folder of this machine and no name at a server.
FOLDERS = ("/", "./", "../", "~")


def connected(settings: Settings) -> Talk | None:
    """The chat model; None where none is set. Raises `Outside` for one on another machine while `offline` is set."""
    s = settings
    if not s.chat_model:
        return None
    if s.chat_model.startswith(FOLDERS):
        return _of_folder(s.chat_model, s)
    if s.offline:
        require_inside("chat_url", s.chat_url, "unset chat_model, or let chat_url be a server of this machine")
    # These take 0.8 s that a house without a chat model need not wait for.
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    from llm.chat.bounded import Bounded
    from llm.chat.talk import Talk

    model = ChatOpenAI(
        model=s.chat_model,
        base_url=s.chat_url,
        api_key=s.chat_key or SecretStr("none"),
        temperature=0,
        timeout=s.chat_seconds,
        max_tokens=s.chat_tokens,
        max_retries=1,
        # A client of its own is given; these options would only make a second one.
        http_socket_options=(),
        http_client=Bounded(s.chat_seconds, outside=not s.offline),
    )
    return Talk(model, s.chat_model)


def _of_folder(folder: str, settings: Settings) -> Talk:
    from llm.chat.local import LocalChat
    from llm.chat.talk import Talk

    model = LocalChat(folder=folder, seconds=settings.chat_seconds, tokens=settings.chat_tokens)
    return Talk(model, "/".join(Path(folder).parts[-2:]))
