"""The HTTP API: a real server in a process of its own, asked as any client would."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest


class Api:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def __call__(self, path: str, body: Any = None, raw: bytes | None = None) -> tuple[int, Any]:
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as problem:
            with problem:
                return problem.code, json.load(problem)


def galenic(home: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from galenic.cli.main import run; run()", *words]
    return subprocess.Popen(
        command,
        env={**os.environ, "GALENIC_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def api(sample_home: Path) -> Iterator[Api]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with galenic(sample_home, "serve", "--port", str(port)) as process:
        server = Api(port)
        end = time.monotonic() + 90
        while time.monotonic() < end and process.poll() is None:
            try:
                if server("/health")[0] == 200:
                    break
            except OSError:
                time.sleep(0.3)
        yield server
        process.terminate()
        process.communicate(timeout=30)


def test_it_answers_as_the_command_line_does(api: Api) -> None:
    status, answer = api("/ask", {"question": "What drugs treat gout?"})
    assert (status, answer["schema"], answer["status"]) == (200, "galenic.answer/2", "answered")
    assert "Allopurinol" in {r["name"] for r in answer["results"]} and answer["supports"]
    assert api("/ask", {"question": "What drugs treat gout?", "sources": ["gene_info"]})[1]["results"] == []
    assert api("/link?name=gout")[1]["candidates"][0]["id"] == "DOID:13189"
    assert api("/health")[1]["release"] == answer["release"]
    hits = api("/search", {"query": "indications of drugs", "top": 2})[1]["hits"]
    assert len(hits) <= 2 and all(h["text"] for h in hits)
    query = "MATCH (d:Drug)-[:TREATS]->(x:Disease {id: $id}) RETURN d.name AS name ORDER BY name LIMIT 2"
    assert len(api("/cypher", {"query": query, "parameters": {"id": "DOID:13189"}})[1]["rows"]) == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/cypher", {"query": "MATCH (n) DETACH DELETE n"}, 400, "DETACH writes"),
        ("/cypher", {"query": "MATCH (d:Drug {id: $id}) RETURN d.name"}, 400, "id"),
        ("/ask", {"question": "What drugs treat gout?", "sources": ["nobody"]}, 400, "unknown source nobody"),
        ("/ask", {"question": ""}, 422, "question"),
        ("/ask", {"question": "x", "colour": "red"}, 422, "colour"),
        ("/ask", {"question": "x" * 9_000_000}, 413, "at most"),
        ("/nowhere", None, 404, "there is no /nowhere"),
    ],
)
def test_bad_requests_are_told_why(api: Api, path: str, body: Any, status: int, message: str) -> None:
    code, reply = api(path, body)
    assert code == status and message in json.dumps(reply)


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    for raw in (b"{not json", b"", b"[]"):
        status, reply = api("/ask", raw=raw)
        assert status == 422 and list(reply) == ["error"] and "body" in reply["error"]


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/cypher", {"query": "MATCH (n:Gene) RETURN n.id", "rows": 5}, 400, "more than 5 rows"),
        ("/cypher", {"query": "RETURN $x", "parameters": {"x": [2**63]}}, 400, "beyond 64 bits"),
        ("/cypher", {"query": "RETURN $x", "parameters": {"x": "\ud800"}}, 400, "half a character"),
        ("/cypher", {"query": "RETURN 1/0 AS x"}, 400, "zero"),
        ("/cypher", {"query": "RETURN 1", "rows": 0}, 422, "rows: Input should be greater"),
        ("/link", None, 422, "name: Field required"),
        ("/link?name=x&limit=x", None, 422, "limit: "),
        ("/ask", {"question": "x", "sources": [1]}, 422, "sources: Input should be a valid string"),
        ("/ask", {"question": "x", "colour": 1}, 422, "colour: Extra inputs"),
        ("/ask", {"question": "x", "sources": ["\ud800"]}, 400, "unknown source \\ud800"),
        ("/ask", None, 405, "/ask is not asked by GET"),
        ("/nowhere", None, 404, "there is no /nowhere"),
        (
            "/cypher",
            {"query": "MATCH (n:Entity) RETURN n.id + $t AS t", "parameters": {"t": "x" * 20_000}},
            400,
            "values",
        ),
    ],
)
def test_the_status_says_whose_fault_it_is(api: Api, path: str, body: Any, status: int, message: str) -> None:
    code, reply = api(path, body)
    assert (code, list(reply)) == (status, ["error"]) and message in reply["error"] and "\n" not in reply["error"]


def test_json_nested_too_deeply_is_refused(api: Api) -> None:
    deep = b'{"question": "x", "sources": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    status, reply = api("/ask", raw=deep)
    assert status == 400 and "nested" in reply["error"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("[::1]", 200),
        ("evil.example", 421),
        ("evil.example:8765", 421),
        ("127.0.0.1.evil.example", 421),
    ],
)
def test_only_names_of_the_server_are_answered(api: Api, host: str, status: int) -> None:
    request = urllib.request.Request(api.url + "/health", headers={"host": host})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            assert reply.status == status
    except urllib.error.HTTPError as problem:
        with problem:
            assert problem.code == status and "no name of this server" in json.load(problem)["error"]


def test_ready_says_which_release_serves(api: Api) -> None:
    status, reply = api("/ready")
    assert status == 200 and reply["status"] == "ready" and reply["serving"] == reply["newest"]


def test_the_page_of_the_api_loads_nothing_from_elsewhere(api: Api) -> None:
    with urllib.request.urlopen(api.url + "/docs", timeout=60) as reply:
        page = reply.read().decode()
    assert all(f"<code>{path}</code>" in page for path in ("/ask", "/link", "/search", "/cypher", "/health", "/ready"))
    assert re.findall(r"""(?:src|href)=["']([^"']*)""", page) == ["openapi.json"] and "<script" not in page


def test_a_taken_port_is_said_before_anything_is_announced(api: Api, sample_home: Path) -> None:
    port = api.url.rpartition(":")[2]
    with galenic(sample_home, "serve", "--port", port) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and f"cannot listen on 127.0.0.1:{port}" in err


def test_every_value_of_a_graph_has_a_form_in_json(api: Api) -> None:
    status, reply = api(
        "/cypher",
        {
            "query": "RETURN date('2024-02-01') AS d, datetime('2024-02-01T10:00:00Z') AS t, duration('P1D') AS u, 0.0 / 0.0 AS n, {a: [date('2024-02-01')]} AS m"
        },
    )
    assert status == 200, reply
    [row] = reply["rows"]
    assert (row["d"], row["u"], row["n"], row["m"]) == ("2024-02-01", "P1D", None, {"a": ["2024-02-01"]}) and row[
        "t"
    ].startswith("2024-02-01T10:00:00")
    status, reply = api(
        "/cypher",
        {
            "query": "MATCH p = (d:Drug)-[r:TREATS]->(x:Disease {id: 'DOID:13189'}) RETURN d, r, p ORDER BY d.name LIMIT 1"
        },
    )
    [row] = reply["rows"]
    assert (
        row["d"]["name"] == "Allopurinol"
        and row["r"]["type"] == "TREATS"
        and row["r"]["tier"] == 2
        and "pharmacotherapydb" in row["r"]["sources"]
        and [row["p"][0], row["p"][1]] == [row["d"], row["r"]]
        and row["p"][2]["name"] == "gout"
    )


def test_many_ask_at_once_and_each_gets_its_own_answer(api: Api) -> None:
    names = ["gout", "asthma", "epilepsy syndrome", "migraine"] * 5
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: api("/ask", {"question": f"What drugs treat {n}?"})[1], names))
    alone = {n: api("/ask", {"question": f"What drugs treat {n}?"})[1]["results"] for n in set(names)}
    assert [a["results"] for a in answers] == [alone[n] for n in names]


def test_a_home_without_a_release_is_said_in_one_line(tmp_path: Path) -> None:
    with galenic(tmp_path, "serve") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and "galenic build" in err and err.count("\n") == 1
