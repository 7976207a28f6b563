"""The pipeline as a LangGraph graph: link -> parse -> run, or Cypher by a chat model where no form covers the question
-> answer.
"""

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from galenic.explore.page import Draft
from galenic.explore.session import OPEN
from galenic.explore.writer import Writer
from galenic.questions.answer import Answer
from galenic.questions.ask import UNSURE, Asker, unreadable
from galenic.questions.rewriting import linked
from galenic.questions.work import Scope
from kg.logic.forms import AbstainForm, AskBackForm
from llm.chat.outcome import Asked, Written
from llm.parser.parser import Parsed
from llm.parser.tokens import Mark


class State(TypedDict, total=False):
    """What goes from node to node; a caller gives `question` and reads `answer`, and `written` where a model wrote
    Cypher.
    """

    question: str
    marks: list[Mark]
    parsed: Parsed
    found: Answer
    draft: Draft | None
    answer: dict[str, Any]
    written: dict[str, Any] | None


def pipeline(
    asker: Asker, writer: Writer | None = None, scope: Scope | None = None
) -> CompiledStateGraph[State, None, State, State]:
    """The compiled graph.

    `invoke({"question": ...})["answer"]` is galenic.answer/1 as a dictionary. Where a model wrote
    the Cypher, `["written"]` holds model, cypher, parameters, rows, repairs and summary, else None.
    """
    within = scope or Scope()

    def link(state: State) -> State:
        question = state["question"]
        return {"marks": [] if unreadable(question) else asker.linker.marks(question)}

    def parse(state: State) -> State:
        problem = unreadable(state["question"])
        return {"parsed": Parsed(problem, {}) if problem else asker.read(state["question"], state["marks"])}

    def run(state: State) -> State:
        parsed = state["parsed"]
        if isinstance(parsed.form, (AbstainForm, AskBackForm)):
            # The asker names the candidates of a name that stands for several things.
            return {"found": asker.ask(state["question"], within)}
        return {"found": asker.answer(state["question"], parsed, linked(state["marks"], parsed), within)}

    def write(state: State) -> State:
        assert writer is not None
        return {"draft": writer.draft(state["question"])}

    def answer(state: State) -> State:
        draft = state.get("draft")
        if draft is None:
            return {"answer": state["found"].to_json(), "written": None}
        made, written = drafted(state["question"], asker, draft)
        return {"answer": made, "written": written}

    def where(state: State) -> str:
        parsed = state["parsed"]
        uncovered = parsed.form.reason in OPEN if isinstance(parsed.form, AbstainForm) else parsed.confidence < UNSURE
        return "write" if uncovered and writer is not None and within.sources is None else "run"

    graph = StateGraph(State)
    for name, node in (("link", link), ("parse", parse), ("run", run), ("write", write), ("answer", answer)):
        graph.add_node(name, node)
    graph.add_edge(START, "link")
    graph.add_edge("link", "parse")
    graph.add_conditional_edges("parse", where, ["run", "write"])
    graph.add_edge("run", "answer")
    graph.add_edge("write", "answer")
    graph.add_edge("answer", END)
    return graph.compile(name="galenic")


def drafted(question: str, asker: Asker, draft: Draft) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A model's draft as an answer and as what it wrote; its rows are no results of a form, so they stand apart."""
    outcome = draft.outcome
    if not isinstance(outcome, Written):
        message = "; ".join(outcome.readings) if isinstance(outcome, Asked) else str(outcome.because)
        return Answer(
            question, "abstained", asker.release.id, "ambiguous_question", message, model=draft.model
        ).to_json(), None
    summary = [{"text": s.text, "rows": list(s.rows)} for s in draft.summary.sentences] if draft.summary else []
    written = {
        "model": draft.model,
        "cypher": outcome.cypher,
        "parameters": outcome.parameters,
        "rows": outcome.rows,
        "repairs": list(outcome.repairs),
        "summary": summary,
        "dropped": draft.summary.dropped if draft.summary else 0,
        "trouble": draft.trouble,
    }
    message = " ".join(str(s["text"]) for s in summary) or f"{len(outcome.rows):,} rows"
    return Answer(
        question, "answered", asker.release.id, message=message, cypher=(outcome.cypher,), model=draft.model
    ).to_json(), written
