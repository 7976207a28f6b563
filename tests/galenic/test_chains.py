"""The retriever, the tools and the graph, by LangChain's own standard tests and on the sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import RetrieversIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from galenic.chains.graph import compiled
from galenic.chains.retriever import GalenicRetriever
from galenic.chains.tools import GalenicAsk, GalenicCypher
from galenic.house import House
from galenic.reports.document import answer_schema, document
from galenic.settings import Settings
from kg.evidence.permitted import Permitted
from llm.chat.talk import Talk
from tests.fakes.chat import OpenAIServer, ScriptedChat
from tests.galenic.pipelines import writing

CYPHER = (
    "MATCH (d:Drug)-[:TREATS]->(x:Disease) WHERE x.id = $e1 RETURN d.id AS id, d.name AS name ORDER BY name LIMIT 2"
)
SUMMARY = {
    "sentences": [
        {"text": "Allopurinol and Colchicine treat gout.", "rows": [1, 2]},
        {"text": "Buy it today.", "rows": []},
    ]
}
OPEN_QUESTION = "Compare gout with every other disease"


def plain(document: dict[str, Any]) -> Any:
    """As it comes out of JSON, where a tuple is a list."""
    return json.loads(json.dumps(document))


class OfTheHouse:
    """Gives LangChain's tests the built sample."""

    house: House

    @pytest.fixture(autouse=True)
    def _house(self, house: House) -> None:
        type(self).house = house


class TestRetriever(OfTheHouse, RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return GalenicRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"passages": self.house.passages}

    @property
    def retriever_query_example(self) -> str:
        return "how to read an indication that palliates symptoms"


class TestAskTool(OfTheHouse, ToolsUnitTests):
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return GalenicAsk

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"pipeline": self.house.pipeline}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"question": "What drugs treat gout?"}


class TestCypherTool(OfTheHouse, ToolsUnitTests):
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return GalenicCypher

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"store": lambda: self.house.store}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {
            "query": "MATCH (d:Drug) WHERE d.id = $id RETURN d.name AS name",
            "parameters": {"id": "DRUGBANK:DB00437"},
        }


def test_documents_cite_their_passage_and_keep_to_their_sources(house: House) -> None:
    documents = GalenicRetriever(passages=house.passages, k=2).invoke("how to read an indication")
    assert (
        documents[0].metadata["citation"] == "NOTE:reading-indications"
        and documents[0].page_content
        and documents[0].id == documents[0].metadata["passage"]
    )
    assert {"section", "score", "source", "title", "year", "retracted"} <= documents[0].metadata.keys()
    assert (
        GalenicRetriever(passages=house.passages, sources=frozenset(["hetionet"])).invoke("how to read an indication")
        == []
    )


def test_tools_answer_abstain_and_say_why_a_query_is_refused(house: House) -> None:
    ask, cypher = GalenicAsk(pipeline=house.pipeline), GalenicCypher(store=lambda: house.store)
    answer = json.loads(ask.invoke({"question": "What drugs treat gout?"}))
    jsonschema.validate(plain(answer), answer_schema())
    assert len(answer["results"]) == 9
    assert json.loads(ask.invoke({"question": "Does zorbloxinib treat gout?"}))["reason"] == "unknown_name"
    assert (
        json.loads(
            GalenicAsk(pipeline=house.pipeline, permitted=Permitted(frozenset(["gene_info"]))).invoke(
                {"question": "What drugs treat gout?"}
            )
        )["results"]
        == []
    )
    rows = json.loads(
        cypher.invoke(
            {"query": "MATCH (d:Drug) WHERE d.id = $id RETURN d.name AS name", "parameters": {"id": "DRUGBANK:DB00437"}}
        )
    )
    assert rows["rows"] == [{"name": "Allopurinol"}]
    assert "error" in json.loads(cypher.invoke({"query": "MATCH (n) DETACH DELETE n"}))
    assert (
        "more than 200 rows"
        in json.loads(cypher.invoke({"query": "MATCH (n:Gene), (m:Drug) RETURN n.id AS a, m.id AS b"}))["error"]
    )


def test_the_graph_answers_as_the_asker_does(house: House) -> None:
    graph = compiled(house.pipeline)
    for question in (
        "What drugs treat gout?",
        "How many drugs treat asthma?",
        "Does zorbloxinib treat gout?",
        "",
        "How much allopurinol should I take?",
        OPEN_QUESTION,
    ):
        answer = graph.invoke({"question": question})["answer"]
        jsonschema.validate(plain(answer), answer_schema())
        wanted = document(house.pipeline.ask(question))
        assert {**answer, "seconds": 0} == {**wanted, "seconds": 0}, question


def test_the_graph_asks_a_model_only_for_what_no_form_covers(house: House) -> None:
    model = ScriptedChat(replies=[{"cypher": CYPHER}, SUMMARY], asked=[])
    graph = compiled(writing(house, Talk(model, "fake-model")))
    assert graph.invoke({"question": "What drugs treat gout?"})["answer"]["written"] is None and model.asked == []
    state = graph.invoke({"question": OPEN_QUESTION})
    jsonschema.validate(plain(state["answer"]), answer_schema())
    if state["answer"]["written"] is None:
        pytest.fail(f"no form should cover it: {state['answer']['form']}")
    assert (
        state["answer"]["message"] == "Allopurinol and Colchicine treat gout."
        and state["answer"]["model"] == "fake-model"
    )
    assert [r["name"] for r in state["answer"]["written"]["rows"]] == ["Allopurinol", "Colchicine"] and state["answer"][
        "written"
    ]["dropped"] == 1
    assert [tuple(s["rows"]) for s in state["answer"]["written"]["summary"]] == [(1, 2)]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    opened = OpenAIServer([{"cypher": "MATCH (n) DELETE n"}, {"cypher": CYPHER}, SUMMARY])
    yield opened
    opened.close()


def test_the_whole_way_with_a_real_client_and_server(house: House, server: OpenAIServer) -> None:
    talk = House(Settings(home=house.home, chat_model="fake-model", chat_url=server.url)).chat
    assert talk is not None
    graph = compiled(writing(house, talk))
    state = graph.invoke({"question": OPEN_QUESTION})
    assert (
        len(state["answer"]["written"]["repairs"]) == 1
        and len(state["answer"]["written"]["rows"]) == 2
        and len(server.asked) == 3
    )
    assert state["answer"]["written"]["repairs"][0] in json.dumps(server.asked[1]["messages"], ensure_ascii=False)
