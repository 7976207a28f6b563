"""`galenic_ask` and `galenic_cypher` as LangChain tools: a model that calls them gets answers with their evidence, or
why not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field

from galenic.questions.pipeline import Pipeline
from galenic.reports.document import document
from galenic.reports.plain import json_text, one_line
from kg.cypher.safe import SafeCypher
from kg.cypher.sizes import Sizes
from kg.errors import GraphError
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.schema import schema
from kg.stores.bolt import GraphStore

_ROWS = 200


class Question(BaseModel):
    """What `galenic_ask` takes."""

    question: str = Field(
        description=(
            "a question in English on drugs, diseases, genes, side effects, symptoms, pathways and how they are tied "
            "together"
        )
    )


class Query(BaseModel):
    """What `galenic_cypher` takes."""

    query: str = Field(
        description="one Cypher query that only reads, with a LIMIT; identifiers are given as parameters"
    )
    parameters: dict[str, Any] = Field(
        default_factory=dict, description='values of $parameters, such as {"id": "DOID:9352"}'
    )


class GalenicAsk(BaseTool):
    """Answers a question from the graph: galenic.answer/2 as JSON; `permitted` restricts the evidence."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = "galenic_ask"
    description: str = (
        "Answers a biomedical question from a knowledge graph and says the evidence of every sentence. Returns JSON in "
        "the form galenic.answer/2: "
        "'status' (answered, abstained, failed), 'results' (all of them), 'claims' with 'supports'. An abstention is "
        "an answer: do not guess instead."
    )
    args_schema: Any = Question
    pipeline: Pipeline
    permitted: Permitted = ALL_SOURCES

    def _run(self, question: str) -> str:
        return json_text(document(self.pipeline.ask(question, self.permitted)))


class GalenicCypher(BaseTool):
    """Runs one Cypher query that only reads: rows as JSON, or the exact reason why it was refused."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = "galenic_cypher"
    description: str = (
        "Runs one read-only Cypher query on the biomedical knowledge graph. Returns JSON: "
        "{'rows': [...], 'cypher', 'notes'} or {'error': why}. "
        "Relationships: "
        + "; ".join(
            f"(:{schema().kind(r.subject).label})-[:{r.type}]->(:{schema().kind(r.object).label})"
            for r in schema().relations.values()
        )
    )
    args_schema: Any = Query
    store: Callable[[], GraphStore]
    sizes: Callable[[], Sizes | None] = lambda: None

    def _run(self, query: str, parameters: dict[str, Any] | None = None) -> str:
        try:
            ran = SafeCypher(self.store(), self.sizes()).run(query, parameters or {}, _ROWS)
        except GraphError as problem:
            return json_text({"error": one_line(str(problem))})
        return json_text({"rows": ran.rows, "cypher": ran.cypher, "notes": list(ran.notes)})
