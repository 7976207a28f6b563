"""With `offline` nothing reaches another machine: sockets to others are blocked, and questions are answered all the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from galenic.errors import Outside, UsageError
from galenic.house import House
from galenic.settings import Settings
from llm.cascade import Cascade
from llm.chat.parser import ChatParser
from tests.fakes.chat import OpenAIServer
from tests.galenic.pipelines import pipeline_of
from tests.galenic.test_cli import run

HERE = ("127.0.0.1", "::1", "localhost")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """No socket to another machine and no look-up of its name; what was tried is kept."""
    tried: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in HERE:
            tried.append(address)
            raise OSError("blocked")
        connect(self, address)

    def look_up_here(host: Any, *rest: Any, **more: Any) -> Any:
        if host not in (*HERE, None):
            tried.append(host)
            raise socket.gaierror("blocked")
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket.socket, "connect_ex", only_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "")
    yield tried


@pytest.mark.parametrize("parser", ["rules", "tuned"])
def test_questions_are_answered_with_every_socket_to_others_blocked(
    sample_home: Path, alone: list[Any], parser: Literal["rules", "tuned"]
) -> None:
    with pytest.raises(OSError, match="blocked"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    alone.clear()
    house = House(Settings(home=sample_home, idle_minutes=2, offline=True, parser=parser))
    try:
        for question in ("What drugs treat gout?", "How are allopurinol and gout connected?"):
            assert house.pipeline.ask(question).status == "answered"
        assert house.pipeline.ask("What does the literature say about gout?").status in ("answered", "abstained")
        assert house.pipeline.ask("Order the planets of the sun by weight").status == "abstained"
    finally:
        house.close()
    assert alone == []


@pytest.mark.parametrize(("op", "status", "choices"), [("count", "abstained", 2), ("list", "answered", 0)])
def test_a_model_of_this_machine_reads_with_every_socket_to_others_blocked(
    sample_home: Path, alone: list[Any], monkeypatch: pytest.MonkeyPatch, op: str, status: str, choices: int
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://192.0.2.1:3128")
    treats = {"op": "hop", "relation": "treats", "direction": "in", "of": {"op": "entity", "id": "A"}}
    # A name may be read once more as the same thing of another kind.
    server = OpenAIServer([{"form": {"op": op, "of": treats}}] * 2)
    model = {"parser": "chat", "chat_model": "fake-model", "chat_url": server.url}
    house = House(Settings.model_validate({"home": sample_home, "idle_minutes": 2, "offline": True, **model}))
    try:
        assert house.chat is not None
        readers = Cascade([ChatParser(house.chat, house.rules)])
        answer = pipeline_of(house, cascade=readers).ask("gout, meds, go")
        assert [type(p) for p in house.models.cascade.parsers] == [ChatParser]
    finally:
        house.close()
        server.close()
    assert (answer.status, answer.model, len(answer.choices)) == (status, "fake-model", choices) and alone == []


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("chat_url", "https://api.openai.com/v1"),
        ("chat_url", "http://127.0.0.1.example.org/v1"),
        ("chat_url", "http://127.0.0.1@example.org/v1"),
        ("chat_url", "http://192.168.0.7:8000/v1"),
        ("chat_url", "http://[::1"),
        ("chat_url", "localhost:8000"),
        ("graph", "bolt://graph.example.org:7687"),
    ],
)
def test_a_setting_that_names_another_machine_is_one_clear_line(
    sample_home: Path, alone: list[Any], setting: str, address: str
) -> None:
    model = {"chat_model": "fake-model"} if setting == "chat_url" else {}
    house = House(Settings(home=sample_home, offline=True, **{setting: address}, **model))  # type: ignore[arg-type]
    with pytest.raises(Outside, match=f"^offline is set, and {setting} names another machine, .*; unset") as problem:
        assert house.pipeline.ask("What drugs treat gout?").status != "failed", "no failure without the line"
        raise AssertionError("answered")
    assert "\n" not in str(problem.value) and alone == []


def test_the_command_says_so_in_one_line(sample_home: Path) -> None:
    done = run(sample_home, "ask", "What drugs treat gout?", GALENIC_OFFLINE="true", GALENIC_CHAT_MODEL="fake-model")
    assert done.returncode == 2 and done.stdout == ""
    assert (
        len(done.stderr.strip().splitlines()) == 1 and "chat_url names another machine, api.openai.com" in done.stderr
    )


def test_a_chat_model_that_is_to_read_must_be_set(sample_home: Path) -> None:
    with pytest.raises(UsageError, match="no chat_model is set"):
        _ = House(Settings(home=sample_home, parser="chat")).models
