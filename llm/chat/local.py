"""A chat model from a folder of this machine at LangChain's port: no server, no key, nothing leaves the process."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from llm.causal.folder import Folder, model_of, tokenizer_of
from llm.chat.errors import ChatUnavailable

_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


class LocalChat(BaseChatModel):
    """The likeliest reply of a model in a folder; it is loaded with the first question.

    `seconds` and `tokens` bound a reply. Structured output is asked for in words alone: what comes back is checked.
    """

    folder: str
    seconds: float = 60.0
    tokens: int = 4096
    _found: Folder = PrivateAttr()
    _loaded: tuple[Any, Any] | None = PrivateAttr(None)
    # Two questions at once would share one model's memory.
    _turn: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    def model_post_init(self, context: Any) -> None:
        """Look at the folder; raises `BaseUnfit` for one that holds no model, before any question waits for it."""
        self._found = Folder.of(Path(self.folder).expanduser())

    @property
    def _llm_type(self) -> str:
        return "local"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._turn:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(self._reply(messages)))])

    def _reply(self, messages: list[BaseMessage]) -> str:
        import torch

        if self._loaded is None:
            self._loaded = model_of(self._found.path).eval(), tokenizer_of(self._found.path)
        model, tokenizer = self._loaded
        told = [{"role": _ROLES.get(m.type, "user"), "content": m.text} for m in messages]
        shown = tokenizer.apply_chat_template(told, tokenize=False, add_generation_prompt=True)
        ids = tokenizer(shown, add_special_tokens=False, return_tensors="pt")
        long, context = ids["input_ids"].shape[1], self._found.context
        if long >= context:
            raise ChatUnavailable(
                f"the prompt has {long:,} tokens and the model in {self.folder} takes {context:,}; use one that takes more"
            )
        most, began = min(self.tokens, context - long), time.monotonic()
        with torch.no_grad():
            out = model.generate(
                input_ids=ids["input_ids"],
                attention_mask=ids["attention_mask"],
                max_new_tokens=most,
                max_time=self.seconds,
                do_sample=False,
                pad_token_id=tokenizer.pad_token_id,
            )
        said = out[0, long:]
        if time.monotonic() - began > self.seconds and len(said) < most and not self._ends(model, said):
            raise ChatUnavailable(f"the model in {self.folder} did not end its reply within {self.seconds:g} seconds")
        return str(tokenizer.decode(said, skip_special_tokens=True))

    @staticmethod
    def _ends(model: Any, said: Any) -> bool:
        """Whether a reply was ended by the model itself."""
        ends = model.generation_config.eos_token_id
        return len(said) > 0 and int(said[-1]) in ({ends} if isinstance(ends, int) else set(ends or ()))
