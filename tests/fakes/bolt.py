"""A server that speaks just enough Bolt to say what version it is, for versions of Neo4j that no test can start."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

_HELLO, _PULL, _RUN, _GOODBYE = 0x01, 0x3F, 0x10, 0x02


class OldNeo4j:
    """Answers every query with the row of dbms.components() of that version."""

    def __init__(self, version: str, bolt: tuple[int, int]) -> None:
        self._bolt = bytes((0, 0, bolt[1], bolt[0]))
        self._row = ["Neo4j Kernel", version]
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listening.accept()
                threading.Thread(target=self._talk, args=(link,), daemon=True).start()

    def _talk(self, link: socket.socket) -> None:
        with link, contextlib.suppress(OSError, struct.error):
            link.recv(20, socket.MSG_WAITALL)
            link.sendall(self._bolt)
            for tag in _messages(link):
                if tag == _GOODBYE:
                    return
                if tag == _PULL:
                    link.sendall(_message(0x71, self._row))
                more = {
                    _HELLO: {"server": f"Neo4j/{self._row[1]}", "connection_id": "one"},
                    _RUN: {"fields": ["name", "version"]},
                }
                link.sendall(_message(0x70, more.get(tag, {})))


def _messages(link: socket.socket) -> Iterator[int]:
    """The kind of each message that comes in: its second byte, after that of the structure."""
    whole = b""
    while head := link.recv(2, socket.MSG_WAITALL):
        (size,) = struct.unpack(">H", head)
        if size:
            whole += link.recv(size, socket.MSG_WAITALL)
        elif whole:
            yield whole[1]
            whole = b""


def _message(tag: int, body: Any) -> bytes:
    packed = bytes((0xB1, tag)) + _pack(body)
    return struct.pack(">H", len(packed)) + packed + b"\x00\x00"


def _pack(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return bytes((0xD0, len(text))) + text
    if isinstance(value, list):
        return bytes((0x90 + len(value),)) + b"".join(map(_pack, value))
    return bytes((0xA0 + len(value),)) + b"".join(_pack(k) + _pack(v) for k, v in value.items())
