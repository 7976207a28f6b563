"""The connection to a chat model's server, with an end: a reply has a time limit as a whole and a largest size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
from openai import DefaultHttpxClient

LARGEST_REPLY = 1_000_000


class Bounded(DefaultHttpxClient):
    """A client whose replies end; `outside`: whether a proxy of the environment may be used and a redirect followed."""

    def __init__(self, seconds: float, *, outside: bool = True) -> None:
        super().__init__(timeout=seconds, trust_env=outside, follow_redirects=outside)
        self._seconds = seconds

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """The response; a time limit of the library's own holds for each piece that comes, which need not end."""
        ends = time.monotonic() + self._seconds
        as_stream = options.pop("stream", False)
        response = super().send(request, stream=True, **options)
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = _Limited(response.stream, ends)
        try:
            if not as_stream:
                response.read()
        except BaseException:
            response.close()
            raise
        return response


class _Limited(httpx2.SyncByteStream):
    """A body that is read until a time and up to a size."""

    def __init__(self, body: httpx2.SyncByteStream, ends: float) -> None:
        self._body, self._ends = body, ends

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._body:
            size += len(part)
            if size > LARGEST_REPLY:
                raise httpx2.ReadError(f"the reply is longer than {LARGEST_REPLY:,} bytes")
            if time.monotonic() > self._ends:
                raise httpx2.ReadTimeout("the reply takes too long")
            yield part

    def close(self) -> None:
        """Let go of the connection."""
        self._body.close()
