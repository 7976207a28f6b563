"""The HTTP API: the same answers as the command line, as JSON."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from anyio import CapacityLimiter, Semaphore, move_on_after, to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from galenic import __version__
from galenic.api.door import Hosts
from galenic.api.page import page_of
from galenic.api.served import Served, require_there
from galenic.errors import Busy, UsageError
from galenic.house import House
from galenic.questions.earlier import earlier
from galenic.reports.document import AnswerDocument, document
from galenic.reports.plain import json_text, one_line
from kg.cypher.safe import SafeCypher
from kg.errors import FormError
from kg.evidence.permitted import Permitted
from kg.logic.reading import Context
from ontologies.errors import Problem

# Threads for questions, and for Cypher beside them: fewer keep two cores busy, and each holds its rows in memory.
_AT_ONCE, _CYPHER_AT_ONCE = 12, 3
# So long a query waits for others to end.
_WAIT_SECONDS = 10.0
# What one reply of Cypher holds at most: some ten megabytes.
_MOST_VALUES = 100_000
MOST_BYTES = 1_000_000
MOST_PASSED = 64_000_000
_TEXT = Field(min_length=1, max_length=10_000)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sources: list[str] = Field([], description="Count only evidence from these sources.")
    licences: list[str] = Field([], description="Count only evidence under these licences, or 'commercial'.")


class Question(_Body):
    """A question in plain English."""

    question: str = _TEXT
    exact: bool = Field(False, description="Let what is named stand for itself, without its narrower terms.")
    context: str = Field("", max_length=20_000, description="The form of an earlier answer that this follows up on.")


class Search(_Body):
    """Words to look for in the literature."""

    query: str = _TEXT
    top: int = Field(10, ge=1, le=200)


class Cypher(BaseModel):
    """One query that only reads, with its parameters."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=20_000)
    parameters: dict[str, Any] = {}
    rows: int = Field(10_000, ge=1, le=100_000)


class Trouble(BaseModel):
    """Why there is no answer."""

    error: str


class Rows(BaseModel):
    """Rows by the names of their columns, the query that ran, and what was changed in it."""

    rows: list[dict[str, Any]]
    cypher: str
    notes: list[str]


class PlainJson(JSONResponse):
    """JSON in which nothing steers the terminal that it is printed on."""

    def render(self, content: Any) -> bytes:
        """The text in UTF-8."""
        return json_text(content).encode()


_TROUBLES: dict[int | str, str] = {
    400: "What was asked cannot be answered as it stands.",
    404: "There is no such request.",
    405: "The request is asked by another method.",
    413: "The body is too large, or does not say how large it is.",
    421: "The host is no name of this server.",
    422: "The body has another form.",
    500: "A fault of the program.",
    503: "The graph or the release is not there.",
    504: "A limit was reached.",
}


def create_app(served: Served, hosts: Sequence[str] = ()) -> FastAPI:
    """The API of a home: `served` is open before the first request, `hosts` are further names of this server.

    Errors come as {"error": one line}: 400 for what was asked, 404 and 405 for what there is not, 413 for a body that
    is too large, 421 for another host's name, 422 for a body of another form, 500 for a fault of the program, 503 for
    a graph or release that is not there or too many queries, 504 for a limit that was reached.
    """

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
        served.follow()
        yield
        served.close()

    app = FastAPI(
        title="Galenic",
        version=__version__,
        lifespan=opened,
        docs_url=None,
        redoc_url=None,
        default_response_class=PlainJson,
        responses={code: {"model": Trouble, "description": told} for code, told in _TROUBLES.items()},
    )
    app.middleware("http")(_limited)
    app.add_middleware(Hosts, names=tuple(hosts))
    app.add_exception_handler(Problem, _said)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)
    _questions(app, served)
    _state(app, served)
    return app


def _scope(house: House, body: _Body) -> Permitted:
    try:
        return Permitted.of(house.release, body.sources, body.licences)
    except ValueError as problem:
        raise UsageError(str(problem)) from problem


def _context(house: House, form: str) -> Context | None:
    if not form:
        return None
    try:
        return earlier(form, house.question_linker.marks)
    except FormError as problem:
        raise UsageError(f"the context cannot be used: {problem}") from problem


def _questions(app: FastAPI, served: Served) -> None:
    waiting, working = Semaphore(_CYPHER_AT_ONCE), CapacityLimiter(_CYPHER_AT_ONCE)

    @app.post("/ask", response_model=AnswerDocument)
    def ask(body: Question) -> Response:
        """An answer in the form galenic.answer/2.

        One that failed comes with 503, or 504 for a limit that was reached.
        """
        with served.house() as house:
            context = _context(house, body.context)
            answer = house.pipeline.ask(body.question, _scope(house, body), context, exact=body.exact)
        status = 200 if answer.status != "failed" else 504 if answer.reason == "timeout" else 503
        return PlainJson(document(answer), status)

    @app.get("/link")
    def link(name: str, limit: int = 5) -> dict[str, Any]:
        """Identifiers that a name may stand for, best first."""
        with served.house() as house:
            candidates = house.linker.link(name)[: max(1, min(limit, 50))]
        return {"name": name, "candidates": [asdict(c) for c in candidates]}

    @app.post("/search")
    def search(body: Search) -> dict[str, Any]:
        """Passages of the literature."""
        from retrieval.passages import Filters

        with served.house() as house:
            hits = house.passages.search(body.query, body.top, Filters(sources=_scope(house, body).sources))
        return {"query": body.query, "hits": [asdict(h) for h in hits]}

    def rows_of(body: Cypher) -> Response:
        with served.house() as house:
            safe = SafeCypher(house.cypher_store, house.sizes)
            ran = safe.run(body.query, body.parameters, rows=body.rows, values=_MOST_VALUES)
        return PlainJson({"rows": _finite(ran.rows), "cypher": ran.cypher, "notes": list(ran.notes)})

    @app.post("/cypher", response_model=Rows)
    async def cypher(body: Cypher) -> Response:
        """Rows of a query that only reads."""
        # These wait for each other, not for ever, and never for questions, nor questions for them.
        with move_on_after(_WAIT_SECONDS) as wait:
            await waiting.acquire()
        if wait.cancelled_caught:
            raise Busy(f"{_CYPHER_AT_ONCE} queries are at work and others wait; ask again in some seconds")
        try:
            return await to_thread.run_sync(rows_of, body, limiter=working)
        finally:
            waiting.release()


def _state(app: FastAPI, served: Served) -> None:
    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether questions are answered: the release is there, and the graph is asked for it."""
        with served.house() as house:
            require_there(house)
            house.store.require(house.release.id)
            return {"status": "ok", "release": house.release.id, "version": __version__}

    @app.get("/ready")
    def ready() -> dict[str, str]:
        """Which release serves, which is the newest of the home, and why that one does not serve yet."""
        newest = served.newest()
        state = "ready" if newest == served.serving else "moving"
        return {"status": state, "serving": served.serving, "newest": newest, "trouble": served.trouble}

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        """What can be asked, as a page that loads nothing else."""
        return HTMLResponse(page_of(app.openapi()))


async def _limited(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse bodies that no question needs, keeping none of them."""
    length = request.headers.get("content-length", "0")
    if request.method == "POST" and (
        not length.isdecimal() or int(length) > MOST_BYTES or "transfer-encoding" in request.headers
    ):
        # A client that is still sending hears of no reply: it is let finish, unless it sends without end.
        passed = 0
        with suppress(ClientDisconnect):
            async for part in request.stream():
                passed += len(part)
                if passed > MOST_PASSED:
                    break
        return PlainJson({"error": f"a request has at most {MOST_BYTES:,} bytes and says how many"}, 413)
    return await proceed(request)


def _finite(value: Any) -> Any:
    """A value for JSON, which has no number for infinity and for what is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _malformed(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    wrong = []
    for one in problem.errors():
        # The place is the body or the query and a field's name; of a body that is no JSON it is a number.
        field = ".".join(str(part) for part in one["loc"][1:] if isinstance(part, str))
        why = f" ({one['ctx']['error']})" if one["type"] == "json_invalid" else ""
        wrong.append(f"{field or one['loc'][0]}: {one['msg']}{why}")
    line = f"{'; '.join(wrong)}; /docs shows what a request holds"
    return PlainJson({"error": one_line(line)}, 422)


def _said(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return PlainJson({"error": one_line(str(problem))}, problem.http_status)


def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    told = {
        404: f"there is no {request.url.path}; /docs shows what there is",
        405: f"{request.url.path} is not asked by {request.method}; /docs shows how",
        400: "the body cannot be read; give JSON that is not nested deeply",
    }.get(problem.status_code, str(problem.detail))
    return PlainJson({"error": one_line(told)}, problem.status_code, dict(problem.headers or {}))


def _broken(request: Request, problem: Exception) -> Response:
    return PlainJson({"error": "a fault of Galenic's own; its log says which"}, 500)
