"""The pipeline as a LangGraph graph: read -> answer, by a chat model's Cypher where no form covers the question."""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from galenic.questions.pipeline import Pipeline
from galenic.reports.document import document
from kg.evidence.permitted import ALL_SOURCES, Permitted
from kg.logic.reading import Read


class State(TypedDict, total=False):
    """What goes from node to node; a caller gives `question` and reads `answer`."""

    question: str
    read: Read
    answer: dict[str, Any]


def compiled(pipeline: Pipeline, permitted: Permitted = ALL_SOURCES) -> CompiledStateGraph[State, None, State, State]:
    """The compiled graph: `invoke({"question": ...})["answer"]` is galenic.answer/2 as a dictionary.

    A node of your own between `read` and `answer` may change the form.
    """

    def read(state: State) -> State:
        return {"read": pipeline.read(state["question"])}

    def answer(state: State) -> State:
        return {"answer": document(pipeline.answer_or_draft(state["question"], state["read"], permitted))}

    graph = StateGraph(State)
    graph.add_node("read", read)
    graph.add_node("answer", answer)
    graph.add_edge(START, "read")
    graph.add_edge("read", "answer")
    graph.add_edge("answer", END)
    return graph.compile(name="galenic")
