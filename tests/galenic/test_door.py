"""Requests that never arrive whole do not make the server deaf."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from galenic.api.door import door, host_of, taken
from galenic.errors import CannotListen

MOST = 8


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body, then answers."""
    if scope["type"] == "lifespan":
        return
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture(params=[0.3, 3600.0], ids=["short", "long"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server of the app; requests may take that many seconds to arrive."""
    listener = taken("127.0.0.1", 0)
    protocol = door(MOST, request.param)
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    server.force_exit = True
    thread.join(timeout=30)
    listener.close()


def asked(port: int) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("POST", "/", body=b"{}")
        return link.getresponse().status
    finally:
        link.close()


def is_closed(link: socket.socket) -> bool:
    """Waits until the other end closes the connection."""
    try:
        return link.recv(1) == b""
    except ConnectionResetError:
        return True


HALVES = (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400\r\n\r\n{")


def test_half_requests_end_and_others_are_answered(port: int, request: pytest.FixtureRequest) -> None:
    halves = []
    for number in range(5 * MOST):
        half = socket.create_connection(("127.0.0.1", port), timeout=60)
        half.sendall(HALVES[number % 3])
        halves.append(half)
    assert [asked(port) for _ in range(3)] == [200, 200, 200]
    short = "short" in request.node.name
    # The oldest had to make room; in time all end.
    for half in halves if short else halves[: -MOST - 3]:
        assert is_closed(half)
    assert asked(port) == 200
    for half in halves:
        half.close()


def test_a_connection_may_ask_again_and_again(port: int) -> None:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(3):
        link.request("POST", "/", body=b"{}")
        reply = link.getresponse()
        assert reply.status == 200 and reply.read() == b"ok"
    link.close()


def test_an_address_that_cannot_be_taken_is_said() -> None:
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        with pytest.raises(CannotListen, match="give another --port"):
            taken("127.0.0.1", first.getsockname()[1])
    with pytest.raises(CannotListen, match="cannot listen on 203"):
        taken("203.0.113.7", 0)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("A.B:1", "a.b"),
        ("[::1]:80", "::1"),
        ("::1", "::1"),
        ("", ""),
        ("[::1].evil", "::1"),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_of(header) == name
