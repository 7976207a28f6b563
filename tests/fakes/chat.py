"""Chat models without a model: one at LangChain's port, one behind a real local server that speaks the OpenAI protocol."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult


class ScriptedChat(BaseChatModel):
    """Gives its replies in order, an exception by raising it; `asked` keeps every prompt as text."""

    replies: list[Any]
    asked: list[str]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append("\n".join(f"{m.type}: {m.text}" for m in messages))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


@dataclass(frozen=True)
class Raw:
    """A body as it stands; `endless` repeats it until the client lets go, `pause` seconds apart."""

    body: bytes
    content_type: str = "application/json"
    endless: bool = False
    pause: float = 0.0


@dataclass(frozen=True)
class ToolCall:
    """A message that calls a tool and says nothing."""

    arguments: str = "{}"


class OpenAIServer:
    """Answers POST /v1/chat/completions with its replies in order: an object, a text, a number as an HTTP error, or a `Raw`. `asked` keeps the bodies."""

    def __init__(self, replies: Sequence[Any]) -> None:
        self.replies, self.asked, self.keys = list(replies), list[dict[str, Any]](), list[str]()
        self.closed = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                outer.keys.append(self.headers.get("Authorization", ""))
                reply = outer.replies.pop(0)
                if isinstance(reply, Raw):
                    return self._raw(reply)
                code = reply if isinstance(reply, int) else 200
                self._send(code, {"error": {"message": "no"}} if code != 200 else outer._completion(reply))

            def _raw(self, reply: Raw) -> None:
                self.send_response(200)
                self.send_header("Content-Type", reply.content_type)
                if not reply.endless:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(reply.body)
                    while reply.endless and not outer.closed.wait(reply.pause):
                        self.wfile.write(reply.body)

            def _send(self, code: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @staticmethod
    def _completion(reply: Any) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": reply if isinstance(reply, str) else None}
        if isinstance(reply, ToolCall):
            function = {"name": "run", "arguments": reply.arguments}
            message["tool_calls"] = [{"id": "1", "type": "function", "function": function}]
        elif not isinstance(reply, str):
            message["content"] = json.dumps(reply)
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return {
            "id": "x",
            "object": "chat.completion",
            "created": 0,
            "model": "fake",
            "choices": [choice],
            "usage": usage,
        }

    def close(self) -> None:
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()
