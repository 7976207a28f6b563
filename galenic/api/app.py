"""The HTTP API: the same answers as the command line, as JSON."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from galenic import __version__
from galenic.errors import UsageError
from galenic.house import House
from galenic.reports.document import AnswerDocument, document
from kg.cypher.safe import SafeCypher
from kg.evidence.permitted import Permitted
from ontologies.errors import Problem

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


def create_app(house: House) -> FastAPI:
    """The API of one house. Everything is opened before the first request, so that a broken home is said at the start.

    Errors come as {"error": one line}: 400 for what was asked, 422 for a body of another form, 503 for a graph
    or release that is not there, 504 for a limit that was reached.
    """

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        _open(house)
        yield
        house.close()

    app = FastAPI(title="Galenic", version=__version__, lifespan=opened, docs_url="/docs", redoc_url=None)
    app.middleware("http")(_limited)
    app.add_exception_handler(Problem, _said)
    app.add_exception_handler(RequestValidationError, _malformed)
    _routes(app, house)
    return app


def _open(house: House) -> None:
    assert house.pipeline and house.store and house.passages


def _routes(app: FastAPI, house: House) -> None:
    def scope(body: _Body) -> Permitted:
        try:
            return Permitted.of(house.release, body.sources, body.licences)
        except ValueError as problem:
            raise UsageError(str(problem)) from problem

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether questions are answered: the graph is asked for its release."""
        house.store.require(house.release.id)
        return {"status": "ok", "release": house.release.id, "version": __version__}

    @app.post("/ask", response_model=AnswerDocument)
    def ask(body: Question) -> JSONResponse:
        """An answer in the form galenic.answer/2.

        One that failed comes with 503, or 504 for a limit that was reached.
        """
        answer = house.pipeline.ask(body.question, scope(body))
        status = 200 if answer.status != "failed" else 504 if answer.reason == "timeout" else 503
        return JSONResponse(document(answer), status)

    @app.get("/link")
    def link(name: str, limit: int = 5) -> dict[str, Any]:
        """Identifiers that a name may stand for, best first."""
        return {"name": name, "candidates": [asdict(c) for c in house.linker.link(name)[: max(1, min(limit, 50))]]}

    @app.post("/search")
    def search(body: Search) -> dict[str, Any]:
        """Passages of the literature."""
        from retrieval.passages import Filters

        hits = house.passages.search(body.query, body.top, Filters(sources=scope(body).sources))
        return {"query": body.query, "hits": [asdict(h) for h in hits]}

    @app.post("/cypher")
    def cypher(body: Cypher) -> dict[str, Any]:
        """Rows of a query that only reads."""
        found = SafeCypher(house.cypher_store, house.sizes).run(body.query, body.parameters, rows=body.rows)
        return {"rows": _finite(found.rows), "cypher": found.cypher, "notes": list(found.notes)}


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
        return JSONResponse({"error": f"a request has at most {MOST_BYTES:,} bytes and says how many"}, 413)
    return await proceed(request)


def _finite(value: Any) -> Any:
    """A value for JSON, which has no number for infinity and for what is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def _malformed(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, RequestValidationError)
    wrong = []
    for one in problem.errors():
        # The place is the body or the query and a field's name; of a body that is no JSON it is a number.
        field = ".".join(str(part) for part in one["loc"][1:] if isinstance(part, str))
        why = f" ({one['ctx']['error']})" if one["type"] == "json_invalid" else ""
        wrong.append(f"{field or one['loc'][0]}: {one['msg']}{why}")
    line = f"{'; '.join(wrong)}; /docs shows what a request holds"
    return JSONResponse({"error": " ".join(line.split())}, 422)


def _said(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)
    return JSONResponse({"error": " ".join(str(problem).split())}, problem.http_status)
