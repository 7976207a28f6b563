"""The door on the network: who may call, how long a request may take to arrive, how many may wait at the door."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from galenic.errors import CannotListen
from galenic.reports.plain import json_text

# So long may a whole request take to arrive.
ARRIVAL_SECONDS = 15.0
# So many connections may be open without a whole request; a further one takes the place of the oldest.
_MOST_WAITING = 256
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


def most_waiting() -> int:
    """How many connections may wait: a quarter of the files that this process may open, at most 256."""
    return min(_MOST_WAITING, max(16, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4))


class Door(H11Protocol):
    """A connection that is closed when its request does not arrive whole in time, or too many others wait."""

    waiting: dict[Door, None]
    most: int
    seconds: float

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection waits for its request."""
        super().connection_made(transport)
        self._look()
        while len(self.waiting) > self.most:
            next(iter(self.waiting)).give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """A closed connection waits no more."""
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request; the time runs from its first byte until it is whole."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The next request on the same connection has its own time."""
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY) or self.transport.is_closing():
            self._arrived()
        elif self._timer is None:
            self.waiting[self] = None
            self._timer = self.loop.call_later(self.seconds, self.give_up)

    def _arrived(self) -> None:
        self.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def give_up(self) -> None:
        """Close a connection whose request is not whole; who does not ask is not answered either."""
        self._arrived()
        self.transport.close()


def door(most: int | None = None, seconds: float = ARRIVAL_SECONDS) -> type[Door]:
    """The protocol of one server."""
    return type("Door", (Door,), {"waiting": {}, "most": most or most_waiting(), "seconds": seconds})


class Hosts:
    """Lets through requests whose Host header is a name of this server, so that no page in somebody's browser can
    point a name of its own at it.
    """

    def __init__(self, app: App, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.casefold() for name in (*_LOOPBACK, *names))

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Answer 421 for other names."""
        if scope["type"] == "http" and "*" not in self._names:
            given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
            if len(given) != 1 or host_of(given[0]) not in self._names:
                said = f"{given[0]!r} is no name of this server" if len(given) == 1 else "one Host header is needed"
                text = json_text({"error": f"{said}; the setting `hosts` lists further names"}).encode()
                headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
                await send({"type": "http.response.start", "status": 421, "headers": headers})
                await send({"type": "http.response.body", "body": text})
                return
        await self._app(scope, receive, send)


def host_of(header: str) -> str:
    """The name in a Host header, without its port.

    >>> host_of("LOCALHOST:8765"), host_of("[::1]:8765"), host_of("::1")
    ('localhost', '::1', '::1')
    """
    text = header.strip().casefold()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text if text.count(":") > 1 else text.partition(":")[0]


def taken(host: str, port: int) -> socket.socket:
    """A listening socket; raises `CannotListen` where the address cannot be taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise CannotListen(
            f"cannot listen on {host}:{port} ({problem.strerror or problem}); give another --port, or end what has it"
        ) from problem
    return listener
